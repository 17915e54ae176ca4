"""How many cores a run has used: its workers, and its lab beside them."""

from __future__ import annotations

from typing import NamedTuple

from playground.reading import states
from playground.reading.header_sums import Totals
from playground.reading.lanes.store import LaneStore
from playground.reading.reading import Reading

MOST_LANES = 2048  # with more workers, the ops that they are in the middle of are not summed up


class Cores(NamedTuple):
    used: float
    workers: float
    lab: float | None  # None: not known


def cores_of(run: Reading, totals: Totals, asked_ns: int, seconds: float, now: int) -> Cores:
    """The cores since the run's first worker began; before that, the cores that starting takes."""
    cpu = run.lab_cpu
    started, end = totals.started_ns, run.ended_ns or now
    told = float(totals.cpu_ns.sum()) / (seconds * 1e9) if seconds else 0.0
    if cpu is None or not cpu.known:
        return Cores(told, told, None)
    if started is None or not seconds:
        taken = cpu.spent_ns(end) / max(1, end - asked_ns)
        return Cores(taken, 0.0, taken)
    whole = (cpu.spent_ns(end) - cpu.spent_ns(started)) / (seconds * 1e9)
    if run.ended:
        return shared_out(whole, told, 0.0)
    if not run.stamped:  # then workers write down their CPU time only when they end
        return Cores(max(whole, told), told, None)
    return shared_out(whole, told, _in_the_middle(run.lanes, now) / (seconds * 1e9))


def shared_out(whole: float, told: float, untold: float) -> Cores:
    """`told`: what workers have written down; `untold`: what they may have taken since. The workers' figure is the
    exact one: the system's figure for the whole lab is read a moment sooner or later."""
    workers = min(told + untold, max(told, whole))
    used = max(whole, workers)
    return Cores(used, workers, used - workers)


def _in_the_middle(lanes: LaneStore, now: int) -> float:
    """ns that workers have been running since they last wrote down their CPU time."""
    if lanes.lanes > MOST_LANES:
        return 0.0
    tails = lanes.tails(now)
    running = tails[tails["state"] == states.RUN]
    return float((running["end"] - running["start"]).sum())
