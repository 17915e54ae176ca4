"""Lanes of threads that are no workers: the probe's samples of them (lab/watching/started_threads.py) → segments, in
rows of their own.

Between two samples the system's own count says how long a thread ran, and how long it waited for a core; the rest was
the wait that one of the two samples saw. While a thread runs, the count may be one scheduler tick old, so a row may run
ahead of it by as much."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.reading import states
from playground.reading.lanes.segments import SEGMENT, Pieces, Segments, pieces_of
from playground.reading.lanes.store import LaneStore
from playground.reading.rings import Records
from playground.reading.worker_name import worker_name

ROWS = 16  # drawn at most; further threads are only counted
TICK_NS = 4_000_000
GONE_NS = 300_000_000  # a thread that has not been seen for so long has ended
FAR_NS = 200_000_000  # two samples so far apart have nothing to say about the time between


@dataclass(frozen=True)
class Born:
    """A thread, from its line in the file `born`."""

    pid: int
    tid: int
    state: int  # its thread state, by which the GIL knows it; 0: not known
    worker: int  # the worker whose code started it; −1: it is the lab's own
    label: str


@dataclass
class Row:
    born: Born
    number: int  # of its line in `born`
    until: int  # the moment of the last sample
    seen: int  # the state at that moment
    cpu: int
    core_wait: int
    ahead: int = 0  # ns that were told as run beyond the system's count
    ahead_wait: int = 0  # ns told as a wait for a core beyond the count, which has such a wait only once it is over
    wait: int = states.UNKNOWN  # the last wait that was seen
    ran: int = 0  # ns in all

    def parts(self, before: int, now: int, length: int, ran: int, waited: int) -> list[tuple[int, int]]:
        """(state, ns) in order, for a time of `length` at whose ends the thread was seen in the states `before` and
        `now`. `ran`, `waited`: the system's count for it."""
        told = max(0, min(ran - self.ahead + (TICK_NS if now == states.RUN else 0), length))
        self.ahead += told - ran
        core = max(0, min(waited - self.ahead_wait, length - told))
        self.ahead_wait += core - waited
        rest = length - told - core
        if before == now == states.RUN:
            if ran and self.wait != states.UNKNOWN:
                return [(states.RUN, told), (states.CORE, core), (self.wait, rest)]
            self.ahead_wait += rest  # it was ready and did not run
            return [(states.RUN, told), (states.CORE, core + rest)]
        if before == states.RUN:  # it ran first
            return [(states.RUN, told), (states.CORE, core), (now, rest)]
        head = rest if now == states.RUN else rest // 2
        first = self.wait if before == states.UNKNOWN else before
        return [(first, head), (states.CORE, core), (states.RUN, told), (now, rest - head)]


class StartedThreads:
    def __init__(self) -> None:
        self._lines: list[Born] = []
        self._of_worker: dict[int, int] = {}
        self.rows: list[Row] = []
        self.lanes = LaneStore(ROWS, shared_gil=False)
        self.hidden = 0  # threads that got no row
        self._row_of: dict[int, int] = {}
        self._without: set[int] = set()

    @property
    def count(self) -> int:
        """The number of rows that are or were in use."""
        return len(self.rows)

    @classmethod
    def of(cls, rows: list[dict[str, Any]], segments: Segments, hidden: int) -> StartedThreads:
        """The threads of a run that is over, from its rows and segments."""
        made = cls()
        made.rows = [Row(**{**row, "born": Born(**row["born"])}) for row in rows]
        made.lanes, made.hidden = LaneStore.of(ROWS, segments, int(segments["end"].max(initial=0))), hidden
        return made

    def take(self, samples: Records, lines: bytes) -> None:
        """Take over samples of these threads, and the new lines of `born`."""
        for line in lines.splitlines():
            told = json.loads(line)
            self._lines.append(Born(told["pid"], told["tid"], told["state"], told["worker"], self._label(told)))
        if not len(samples):
            return
        pieces: Pieces = []
        for t, cpu, core_wait, number, core, said, _ in samples.tolist():
            row = self._row(number, t, cpu, core_wait)
            if row is not None:
                pieces += self._to(row, t, cpu, core_wait, core, states.OF_SEEN.get(said, states.UNKNOWN))
        segments = np.array(pieces, SEGMENT)
        self.lanes.add_segments(segments)
        self.lanes.settle()

    def name_of(self, pid: int, thread_state: int) -> str | None:
        """The name of a thread, by its process and its thread state."""
        found = (one for one in reversed(self._lines) if one.state == thread_state and one.pid == pid)
        return next((one.label for one in found), None)

    # -- inside

    def _label(self, told: dict[str, object]) -> str:
        worker = int(str(told["worker"]))
        if worker < 0:
            return str(told["name"]) or f"thread {told['tid']}"
        self._of_worker[worker] = self._of_worker.get(worker, 0) + 1
        return f"{worker_name(worker)}·{self._of_worker[worker]}"

    def _row(self, number: int, t: int, cpu: int, core_wait: int) -> int | None:
        if number in self._row_of:
            return self._row_of[number]
        if number >= len(self._lines) or number in self._without:
            return None
        row = Row(self._lines[number], number, t, states.UNKNOWN, cpu, core_wait)
        free = next((i for i, one in enumerate(self.rows) if t - one.until > GONE_NS), len(self.rows))
        if free == ROWS:
            self._without.add(number)
            self.hidden += 1
            return None
        if free < len(self.rows):
            del self._row_of[self.rows[free].number]
            self.rows[free] = row
        else:
            self.rows.append(row)
        self._row_of[number] = free
        return free

    def _to(self, place: int, t: int, cpu: int, core_wait: int, core: int, now: int) -> Pieces:
        """The pieces of a row from its last sample to a new one."""
        row = self.rows[place]
        start, before = row.until, row.seen
        counted = (cpu - row.cpu, core_wait - row.core_wait)
        row.cpu, row.core_wait, row.seen, row.until, row.ran = cpu, core_wait, now, t, row.ran + counted[0]
        if now not in (states.RUN, states.UNKNOWN):
            row.wait = now
        if t - start <= 0 or t - start > FAR_NS:
            return []
        return pieces_of(row.parts(before, now, t - start, *counted), start, place, core)
