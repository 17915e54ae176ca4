"""What a lab has written, as the app reads it: `rings`, headers, prints, pictures, round trips; `states` is the one
table of what a worker can be doing. `lanes` makes segments of records, `holds` says who held what. May import
`catalogue`, `files` and `lab`'s wire; nothing in here starts or stops anything."""
