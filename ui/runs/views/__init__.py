"""The Look tab: a view for each kind of picture; a job names its kind by `look` in its declaration."""
