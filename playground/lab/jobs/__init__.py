"""One file per job: its names, `prepare(calibrate, knobs)` that sizes its pieces once per run, and `ops(worker,
amount, **prepared)`, the generator of its ops (amount None = endless), or a function that chooses one of several by
its knobs.

NAME, TITLE, SUMMARY, CLAIM (what is said of Python that it lets people test), UNIT (what one op makes), ORDER, KNOBS.
Where they apply: WORK and WORK_EACH (what a piece of `size` is made of), TYPICAL (the size of a piece on most
machines), OPS (which ops it uses), SHARED, or `shared(lab)` where that depends on how many they are (what its workers
share), SOLO = False (its ops are not to be tried before the start), TOGETHER (its workers wait for each other, so all
must run at once) and IN_A_LOOP (the values of its knobs with which nobody who waits holds up a whole thread), LOOK
(what there is to look at while it runs: picture, rate, order, trips, memory).

`count_ops(amount, **prepared)` tells how many ops so many rounds take, where that is not one each (0: not known); WORK
is then what one round makes. `beside(lab, prepared)` starts what a run needs beside its workers (see `run_site.py`),
and gives what is to be added to `prepared`. `answer(results)` makes one answer of what the workers returned; it does
not depend on who did what."""
