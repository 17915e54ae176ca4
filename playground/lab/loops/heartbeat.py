"""How late a lab's loop is: a heartbeat that each model with a loop keeps going beside its workers. It asks to be woken
after 10 ms and notes by how much that was missed, as the app does for its own window. A worker that does not let the
others go on shows here: everything in the loop waits as long as the heartbeat does.

The heartbeat also tells whether anything else can still wake the loop, as far as its model knows: a timer, a socket, or
a worker that can go on. Without that, a loop in which all workers wait would look alive for ever."""

from __future__ import annotations

import math
from typing import Callable, Optional

from ..wire import clocks, ring

PERIOD_NS = 10_000_000
STEPS_PER_OCTAVE = 4
LONG_IDLE_NS = 1_000_000_000
clock, cpu_clock = clocks.clock, clocks.exact


class Beats:
    """Writes into the control block: when the next beat is due, how many beats there were, how late the worst was, and
    a count for each step of lateness (from which percentiles follow without keeping every beat)."""

    def __init__(self, control: memoryview) -> None:
        self._words = control
        self._used = cpu_clock()
        self.switches = 0  # so far: written with the next beat, which spares each switch a write
        self.idle: Optional[Callable[[], bool]] = None  # can nothing but a beat wake the loop?
        self.note: Callable[[], object] = int  # called when the loop has been idle for long: notes the lines
        self._noted = False

    def begin(self) -> None:
        """The first worker begins, and the CPU time counts from here: making the workers is no part of it."""
        self._used = cpu_clock()

    def next_s(self) -> float:
        """Note the beat that happens now, if one was due; gives how long to sleep until the next."""
        words, now = self._words, clock()
        words[ring.C_LOOP_CPU] = cpu_clock() - self._used
        words[ring.C_SWITCHES] = self.switches
        if words[ring.C_LOOP_DUE]:
            late = max(0, now - words[ring.C_LOOP_DUE])
            words[ring.C_LOOP_BEATS] += 1
            words[ring.C_LOOP_LATE_MAX] = max(words[ring.C_LOOP_LATE_MAX], late)
            words[ring.C_LOOP_COUNTS + step_of(late)] += 1
        words[ring.C_LOOP_DUE] = now + PERIOD_NS
        if self.idle is not None:
            self._tell_idle(now, self.idle())
        return PERIOD_NS / 1e9

    def _tell_idle(self, now: int, idle: bool) -> None:
        since = self._words[ring.C_IDLE]
        if not idle or not since:
            self._words[ring.C_IDLE] = now if idle else 0
            self._noted = False
        elif not self._noted and now - since > LONG_IDLE_NS:
            self._noted = True
            self.note()

    def hold(self, ns: int) -> None:
        """The run was paused for so long, which makes no beat late."""
        if self._words[ring.C_LOOP_DUE]:
            self._words[ring.C_LOOP_DUE] += ns

    def end(self) -> None:
        """The loop is done. A beat that is overdue is noted here, as the loop did not come to it."""
        if clock() > self._words[ring.C_LOOP_DUE]:
            self.next_s()
        self._words[ring.C_LOOP_CPU] = cpu_clock() - self._used
        self._words[ring.C_SWITCHES] = self.switches
        self._words[ring.C_LOOP_DUE] = 0


def step_of(late_ns: int) -> int:
    """The count to which so late a beat belongs: four for each doubling of the microseconds."""
    return min(ring.LOOP_COUNTS - 1, round(STEPS_PER_OCTAVE * math.log2(max(1.0, late_ns / 1000))))


def late_ns_of(step: int) -> float:
    return 1000 * 2.0 ** (step / STEPS_PER_OCTAVE) if step else 0.0
