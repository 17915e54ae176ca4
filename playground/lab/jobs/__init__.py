"""One file per job: its names, `prepare(calibrate, knobs)` that sizes its pieces once per run, and `ops(worker, amount,
**prepared)`, the generator of its ops (amount None = endless).

NAME, TITLE, SUMMARY, CLAIM (what is said of Python that it lets people test), UNIT (what one op makes), ORDER, KNOBS.
Where they apply: WORK and WORK_EACH (what a piece of `size` is made of), TYPICAL (the size of a piece on most
machines), OPS and SHARED (which ops it uses, what its workers share), SOLO = False (its ops are not to be tried before
the start), LOOK (what there is to look at while it runs: picture, rate, order, trips, memory).
`beside(lab, prepared)` starts what a run needs beside its workers, and gives what is to be added to `prepared`.
`answer(results)` makes one answer of what the workers returned; it does not depend on who did what."""
