"""Who holds what: the probe's samples in order (`holders`), whose they were (`owners`, `strangers`), and the ribbon
that is drawn of them."""
