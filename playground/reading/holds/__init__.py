"""Who holds what: the probe's samples in order (`holders`), the worker or other thread that each names (`owners`,
`strangers`), and the ribbon that is drawn from them (`ribbon`)."""
