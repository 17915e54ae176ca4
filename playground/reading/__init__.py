"""A run as it is read: `batch` is all that one look at it brings, `reading` what follows from a stream of them.
`rings`, `printed`, `picture_tiles`, `round_trips` read what a lab has written; `states` is the one table of what a
worker can be doing; `lanes` makes segments of records; `holds` says who held what. Nothing in here asks what time it
is, nothing starts or stops anything. May import `interpreters`, `recipe` and what is below them."""
