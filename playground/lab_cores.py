"""How many cores a run has used: what its workers took, and what its lab took beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playground import states

if TYPE_CHECKING:
    from playground.run import Run

MOST_LANES = 2048  # of more, what they are in the middle of is not summed up


class Cores(NamedTuple):
    used: float
    workers: float
    lab: float | None  # None: not known


def cores_of(run: Run, seconds: float, now: int, stamped: bool) -> Cores:
    """Since its first worker began; before that, what starting takes. `stamped`: do workers tell what they do?"""
    cpu = run.lab_cpu
    started, end = run.started_ns, run.ended_ns or now
    if cpu is None or not cpu.known:
        told = float(run.totals.cpu_ns.sum()) / (seconds * 1e9) if seconds else 0.0
        return Cores(told, told, None)
    if started is None or not seconds:
        taken = cpu.spent_ns(end) / max(1, end - run.asked_ns)
        return Cores(taken, 0.0, taken)
    whole = (cpu.spent_ns(end) - cpu.spent_ns(started)) / (seconds * 1e9)
    told = float(run.totals.cpu_ns.sum()) / (seconds * 1e9)
    if run.ended:
        return shared_out(whole, told, 0.0)
    if not stamped:  # workers tell what they took only when they end
        return Cores(max(whole, told), told, None)
    return shared_out(whole, told, _in_the_middle(run, now) / (seconds * 1e9))


def shared_out(whole: float, told: float, untold: float) -> Cores:
    """`untold`: what workers may have taken that they have not come to tell. Theirs is the exact figure: the system's
    of the whole lab is read a moment sooner or later."""
    workers = min(told + untold, max(told, whole))
    used = max(whole, workers)
    return Cores(used, workers, used - workers)


def _in_the_middle(run: Run, now: int) -> float:
    """ns for which workers have been running since they last told of it."""
    if run.lanes.lanes > MOST_LANES:
        return 0.0
    tails = run.lanes.tails(now)
    running = tails[tails["state"] == states.RUN]
    return float((running["end"] - running["start"]).sum())
