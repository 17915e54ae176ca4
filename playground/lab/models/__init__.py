"""One file per model: NAME, TITLE, SUMMARY, ORDER, HOSTS (where it can run), SHARED_GIL (do its workers share one?),
ONE_PROCESS (do they live in the lab process itself?), KNOBS, and `run(lab)`, which starts the workers and returns when
all have ended. `lab.work(index)` is a worker's whole life; `lab.work(index, wait)` calls `wait` when the worker is
ready and before it begins; `lab.order` can be sent to another process."""
