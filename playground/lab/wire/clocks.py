"""The clocks of a lab: `clock` for moments, `cpu_clock` for what a thread has computed.

On Windows, and in some sandboxes, the system counts a thread's CPU time in steps of 10 to 16 ms, whatever resolution
its clock claims. Ops take 0.15 ms: nearly all would seem to have computed nothing, and to have waited for the GIL or a
lock. So the step is measured, once a process; where the clock is fine that takes some microseconds. Where it is coarse,
`cpu_clock` is an estimate: it goes on with the processor's cycles if the system counts them (cycles.py), else with time
itself, but is never behind the system's count, and never more than a step ahead of it. Sums are right to a step; how
much of one op was computing is a guess, and is labelled as one (`lanes_source` is "estimated")."""

from __future__ import annotations

import threading
import time
from typing import Callable, Optional

from . import cycles

clock = time.perf_counter_ns
exact: Callable[[], int] = getattr(time, "thread_time_ns", time.process_time_ns)  # the system's own count

LOST_NS = 30_000  # an op whose wall time exceeds its CPU time by more was kept waiting: find out by what
LOOK_NS = 10_000_000  # look at the core at least this often
SLACK_NS = 50_000  # by which Linux may wake a sleeper late, so as to wake several at once
LATE_NS = 50_000  # a worker that comes back no later than this after its sleep is on time

COARSE_NS = 1_000_000  # a CPU clock with a longer step tells nothing of one op
LONGEST_TRY_NS = 20_000_000  # to find that out
SHORT_NS = 10_000  # between two looks of a thread that has a core
STEPS = 3


def step_of(cpu: Callable[[], int], now: Callable[[], int] = clock, limit_ns: int = LONGEST_TRY_NS) -> int:
    """The step of a CPU clock: the least of a few steps, for a thread that computes all the while. On a full machine
    it does not: only short times between two looks count, as in a long one it had no core, and a fine clock stood
    still."""
    before, last, least = now(), cpu(), limit_ns
    steps = tried_ns = 0
    while steps < STEPS and tried_ns < limit_ns:
        at = now()
        before, tried_ns = at, tried_ns + min(at - before, SHORT_NS)
        used = cpu()
        if used != last:
            least, last, steps = min(least, used - last), used, steps + 1
    return least


class Estimate(threading.local):
    """What the calling thread has computed, estimated from a coarse count and the time that goes by."""

    def __init__(
        self,
        cpu: Callable[[], int],
        step_ns: int,
        now: Callable[[], int] = clock,
        cycling: Optional[Callable[[], int]] = None,
    ) -> None:
        """`cycling`: a clock that goes only while this thread computes, if there is one."""
        self.cpu, self.step_ns, self.now = cpu, step_ns, cycling or now
        self.stands_still = cycling is not None
        self.at, self.told = self.now(), cpu()

    def __call__(self) -> int:
        now, counted = self.now(), self.cpu()
        self.told = max(counted, min(self.told + now - self.at, counted + self.step_ns))
        self.at = now
        return self.told

    def begin(self) -> None:
        """What the thread has computed so far is nobody's affair: a worker begins, and may be ahead by a whole step."""
        self.told, self.at = self.cpu(), self.now()

    def resumed(self) -> int:
        """The same, for a thread that has waited since the last look: time went by, and it did not compute."""
        if self.stands_still:
            return self()
        self.told, self.at = max(self.told, self.cpu()), self.now()
        return self.told


step_ns = step_of(exact)
coarse = step_ns > COARSE_NS
_estimate = Estimate(exact, step_ns, clock, cycles.clock(clock)) if coarse else None
cpu_clock: Callable[[], int] = _estimate or exact
begin: Callable[[], object] = _estimate.begin if _estimate else exact
resumed: Callable[[], int] = _estimate.resumed if _estimate else exact
