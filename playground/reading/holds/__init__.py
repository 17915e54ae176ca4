"""Who holds what: who had a GIL, from the probe's samples in order (`holders`), with the worker or other thread that
each names (`owners`, `strangers`); who had a lock, from records (`lock_holds`); either way by holds and by columns
(`who_held`), of which a ribbon is drawn (`ribbon`)."""
