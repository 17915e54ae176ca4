"""One file for each model: `run(lab)`, which starts the workers and returns when all have ended (a model of this app
has none: the app carries it out), and last its declaration, MODEL (wire/declaration.py lists what can be said there).

`lab.work(index, carry_out)` is a worker's whole life; a `wait` is called when the worker is ready, before it begins.
`lab.order` can be sent to another process. `lab.turns()` drives workers that take turns."""

from ..wire import added

__path__ += added.folders("models")
