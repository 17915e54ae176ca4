"""Reading a run: `batch` is all that one look at it brings, `stages` change a batch on its way, `reading` keeps what
follows from a stream of batches. `rings`, `printed`, `picture_tiles` and `round_trips` read the files of a lab;
`states` is the one table of what a worker can be doing; `lanes` turns records into segments; `holds` says who held
what. Nothing in here starts or stops anything, or looks at the clock (only `raw_output` stamps what arrives). May
import `interpreters`, `recipe` and what is below."""
