"""Speed-up: how many times the work of one worker a run does, and which worker it is compared with. Work is compared,
not ops, because each lab sizes its pieces anew, a few percent apart."""

from __future__ import annotations

from typing import NamedTuple

from playground.reading.batch import Baseline

BEFORE, AFTER, SOLO = "1 worker, run before", "1 worker, run afterwards", "1 worker, timed before the start"


class Speedup(NamedTuple):
    times: float | None = None
    basis: str | None = None  # which worker the run is compared with


def solo(solo_ns: float | None, op_work: float) -> Baseline | None:
    """The baseline from one op that was timed alone."""
    return Baseline(op_work * 1e9 / solo_ns, SOLO) if solo_ns else None


def over(work_per_s: float, workers: int, *baselines: Baseline | None) -> Speedup:
    """The speed-up over the first baseline that did any work. A run of one worker has none."""
    known = next((one for one in baselines if one is not None and one.work_per_s > 0), None)
    if workers == 1 or known is None or not work_per_s:
        return Speedup()
    return Speedup(work_per_s / known.work_per_s, known.basis)
