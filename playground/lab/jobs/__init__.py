"""One file per job: NAME, TITLE, SUMMARY, UNIT (what one op makes), ORDER, KNOBS, `prepare(calibrate, knobs)` that
sizes its pieces once per run, and `ops(worker, amount, **prepared)`, the generator of its ops (amount None =
endless)."""
