"""Speed-up: how many times the work of one worker a run does, and which one worker that is. Work is compared, not ops:
each lab sizes its pieces anew, a few percent apart."""

from __future__ import annotations

from typing import NamedTuple

from playground.reading.batch import Baseline

BEFORE, AFTER, SOLO = "1 worker, run before", "1 worker, run afterwards", "1 worker, timed before the start"


class Speedup(NamedTuple):
    times: float | None = None
    basis: str | None = None  # what it compares with


def solo(solo_ns: float | None, op_work: float) -> Baseline | None:
    """One op, timed alone."""
    return Baseline(op_work * 1e9 / solo_ns, SOLO) if solo_ns else None


def over(work_per_s: float, workers: int, *baselines: Baseline | None) -> Speedup:
    """Over the first of these that did any work. One worker is not compared with one."""
    known = next((one for one in baselines if one is not None and one.work_per_s > 0), None)
    if workers == 1 or known is None or not work_per_s:
        return Speedup()
    return Speedup(work_per_s / known.work_per_s, known.basis)
