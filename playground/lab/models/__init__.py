"""One file per model: NAME, TITLE, SUMMARY, ORDER, HOSTS (where it can run), and `run(lab)`, which starts the workers
and returns when all have ended (a model of this app has none: the app carries it out). The rest tells of its workers:
SHARED_GIL (can they wait for each other's GIL?), OWN_GILS (do they have several, which are worth a ribbon each?),
ONE_PROCESS (do they live in the lab process itself?), ONE_LOOP (do they take turns in one thread?), AT_ONCE (False:
one after the other), OPS (what they can do, if not all), EACH_MB (what one takes, where that is special), KNOBS,
AWAITS (can a coroutine be one?), `unavailable()`, which tells why it cannot run here, and `patch(lab)`, called before
the job is looked at.

`lab.work(index, carry_out)` is a worker's whole life; with `wait`, that is called when the worker is ready and before
it begins. `lab.order` can be sent to another process. `lab.turns()` drives workers that take turns."""
