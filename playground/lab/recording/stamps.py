"""Stamps: what a worker did, written into a stream of records where no loop over ops (drive.py) does it: for workers
that take turns, and for code that is not made of ops."""

from __future__ import annotations

import os
from typing import Any, Optional

from ..watching import machine
from ..wire import clocks, ring
from ..wire.clocks import LOOK_NS, LOST_NS

clock = clocks.clock
pack, SIZE = ring.RECORD.pack_into, ring.RECORD.size
TRIES, TRIED = 11, 30  # how often the cost of a stamp is measured, with so many stamps each time


class Stamps:
    def __init__(
        self, command: memoryview, stream: ring.Ring, watch: machine.ThreadWatch, lock: Optional[Any] = None
    ) -> None:
        """`lock`: given where several threads write to this stream."""
        self.core, self.core_wait = ring.CORE_UNKNOWN, watch.core_wait_ns()
        self.lock = lock
        self.command, self._stream, self._words, self._watch = command, stream, stream.words, watch
        if lock is None:
            self.stamp = self._write  # type: ignore[method-assign]  # a call less for each op
        self._naps, self._look_at, self.core_at = watch.naps(), 0, 0

    @property
    def stamping(self) -> bool:
        return not self.command[ring.C_UNSTAMPED]

    def stamp(
        self, task: int, kind: int, start: int, end: int, cpu: int = 0, waited: int = 0, slept: int = 1, thing: int = 0
    ) -> None:
        """Write a record. `thing`: the number of the shared object that was waited for; negative where it was given
        back."""
        if self.lock is None:
            self._write(task, kind, start, end, cpu, waited, slept, thing)
        else:
            with self.lock:
                self._write(task, kind, start, end, cpu, waited, slept, thing)

    def _write(
        self, task: int, kind: int, start: int, end: int, cpu: int = 0, waited: int = 0, slept: int = 1, thing: int = 0
    ) -> None:
        stream, words = self._stream, self._words
        head = words[ring.W_HEAD]
        place = stream.first + head % stream.capacity * SIZE
        pack(stream.block, place, start, end, cpu, waited, task, self.core, kind, slept, thing)
        words[ring.W_HEAD] = head + 1

    def stamp_call(self, task: int, kind: int, start: int, end: int, cpu: int, flags: int = 0) -> None:
        """Stamp a call. One that took longer than it computed was kept waiting: find out by what (see drive.py)."""
        waited = slept = 0
        if end - start - cpu > LOST_NS or end >= self._look_at:
            core_wait, naps = self._watch.core_wait_ns(), self._watch.naps()
            waited, slept = core_wait - self.core_wait, int(naps != self._naps) | self._watch.doubt
            self.core_wait, self._naps, self.core = core_wait, naps, self._watch.core()
            self._look_at = end + LOOK_NS
        self.stamp(task, kind, start, end, cpu, waited, slept | flags)

    def note_core(self, now: int) -> None:
        """Look at the core, for the records of ops that are too short to be looked into: when `core_at` has come."""
        self.core, self.core_at = self._watch.core(), now + LOOK_NS

    def held(self, ns: int) -> None:
        """The run was paused for so long, and with it whoever writes here."""


def measure_stamp_ns(directory: str) -> float:
    """What one stamp costs here: the figure behind `recorder_cost`. The median of a few tries, as whoever loses the
    core or the GIL meanwhile, for some milliseconds, would make a stamp ten times as dear."""
    path = os.path.join(directory, "stamps.ring")
    ring.create(path, TRIED)
    rings = ring.Rings(path)
    scratch = rings.ring(0)
    try:
        costs = sorted(_stamp_ns(scratch) for _ in range(TRIES))
    finally:
        scratch.words.release()
        rings.words.release()
        rings.block.close()  # Windows does not remove a mapped file
        os.unlink(path)
    return costs[TRIES // 2]


def _stamp_ns(scratch: ring.Ring) -> float:
    words, block, first, begun = scratch.words, scratch.block, scratch.first, clock()
    for head in range(TRIED):
        end, used = clock(), clocks.cpu_clock()
        pack(block, first + head * SIZE, begun, end, used, 0, 0, 1, ring.RUN, 0, 0)
        words[ring.W_HEAD] = words[ring.W_OPS] = head
        words[ring.W_CPU] = used
    return (clock() - begun) / TRIED
