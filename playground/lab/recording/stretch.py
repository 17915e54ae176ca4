"""Records a worker whose code is not made of ops: a function that is called as it is, or coroutines.

A stretch is such a worker's time, cut into pieces where something is known: at each `checkpoint()`, where a coroutine
stops and goes on, where one greenlet leaves and another enters. Each piece is stamped as an op is. What happens within
a piece cannot be told from here: so the worker is marked as WATCHED meanwhile, and the probe looks at it
(`thread_looks.py`)."""

from __future__ import annotations

import sys
from _thread import get_ident  # bound now: gevent may replace it later
from typing import Any, Dict, List, Optional

from ..wire import clocks, current_worker, ring
from ..wire.clocks import LATE_NS
from .stamps import Stamps

clock, cpu_clock = clocks.clock, clocks.cpu_clock

_of: Dict[int, Stretch] = {}  # worker → its stretch, in this process or interpreter


class Stretch:
    """`begin` and `end` around the whole, in the thread that is the worker; `leave` and `enter` around each wait."""

    __slots__ = ("_before", "_control", "_count", "_kind", "_ring", "_seen", "_since", "_stamps", "_used", "thread")

    def __init__(self, own_ring: ring.Ring, control: Any, stamps: Stamps) -> None:
        self._ring, self._control, self._stamps = own_ring, control, stamps
        self._seen: Optional[int] = None
        self._kind, self._before = ring.RUN, ring.LOCK
        self._count = own_ring.words[ring.W_OPS]
        self.thread = get_ident()
        self._since, self._used = clock(), cpu_clock()

    def begin(self) -> None:
        now, words = clock(), self._ring.words
        if words[ring.W_STATE] == ring.TURN:  # a loop asked for it, and another thread takes it now
            self._tell(ring.TURN, words[ring.W_SINCE], now)
        self._attend()
        self._run_from(clock(), cpu_clock())
        _of[self._ring.index] = self

    def end(self) -> None:
        """The call has ended. Its last piece counts as an op."""
        _of.pop(self._ring.index, None)
        if self._kind == ring.RUN:
            self._piece()
        else:
            self._waited()
        self._ring.words[ring.W_FLAGS] = 0
        self._count_one()

    def leave(self, kind: Optional[int] = None) -> None:
        """The worker stops here, and waits. `kind` None: for the same as before, as only a part of it had gone on."""
        self._piece()
        self._kind = self._before if kind is None else kind
        self._ring.words[ring.W_FLAGS] = 0
        self._ring.enter(self._kind, self._since)

    def enter(self, over: Optional[int] = None) -> None:
        """What the worker waited for is there, since just now or since `over`, if that is known. It goes on."""
        self._waited(over)
        self._attend()
        self._run_from(clock(), cpu_clock())

    @property
    def running(self) -> bool:
        return self._kind == ring.RUN

    def checkpoint(self, line: int) -> None:
        if get_ident() != self.thread or self._kind != ring.RUN:  # in a helper thread of the user's, which is no lane
            return
        self._ring.words[ring.W_LINE] = line
        self._piece()
        self._count_one()
        self._attend()
        self._run_from(self._since, self._used)

    def at_line(self, line: int) -> None:
        self._ring.words[ring.W_LINE] = line

    # -- inside

    def _run_from(self, now: int, used: int) -> None:
        words = self._ring.words
        self._kind, self._since, self._used = ring.RUN, now, used
        words[ring.W_BASE_CPU], words[ring.W_BASE_CORE_WAIT] = used, self._stamps.core_wait
        words[ring.W_SINCE], words[ring.W_STATE] = now, ring.RUN
        words[ring.W_FLAGS] = ring.WATCHED

    def _piece(self) -> None:
        """Stamp what it ran since the piece began; the next begins now."""
        used, now = cpu_clock(), clock()
        cpu, words = used - self._used, self._ring.words
        words[ring.W_CPU] += cpu
        if self._stamps.stamping:
            self._stamps.stamp_call(self._ring.index, ring.RUN, self._since, now, cpu)
            words[ring.W_CORE] = self._stamps.core
        self._since, self._used = now, used

    def _waited(self, over: Optional[int] = None) -> None:
        now = clock()
        over = now if over is None or now < over + LATE_NS else max(self._since, over)
        self._tell(self._kind, self._since, over)
        if over < now:
            self._tell(ring.TURN, over, now)
        self._since, self._before = now, self._kind

    def _tell(self, kind: int, start: int, end: int) -> None:
        if self._stamps.stamping:
            self._stamps.stamp(self._ring.index, kind, start, end)

    def _count_one(self) -> None:
        self._count += 1
        self._ring.words[ring.W_OPS] = self._count

    def _attend(self) -> None:
        if self._control.words[ring.C_BELL] == self._seen:
            return
        begun, self._ring.words[ring.W_FLAGS] = clock(), 0  # the probe must not look at a pause
        self._seen = self._control.attend(self._ring)
        if self._ring.words[ring.W_STATE] == ring.PAUSED:
            self._since, self._used = clock(), cpu_clock()
            self._tell(ring.PAUSED, begun, self._since)
            self._stamps.held(self._since - begun)


def running() -> List[Stretch]:
    """The stretches that run just now: the others noted their line when they stopped."""
    return [one for one in list(_of.values()) if one.running]


def of(worker: int) -> Optional[Stretch]:
    return _of.get(worker)


def checkpoint() -> None:
    """Tell how far your code is: what it did since the last checkpoint becomes a piece of its lane, with the line. Here
    it also stops and pauses. Outside a run it does nothing."""
    stretch = _of.get(current_worker.worker.get())
    if stretch is not None:
        stretch.checkpoint(sys._getframe(1).f_lineno)
