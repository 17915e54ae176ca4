"""Lanes of threads that are no workers: what the probe saw of them (lab/started.py) → segments, in rows of their own.

Between two samples the system's own count says how long a thread ran, and how long it waited for a core; the rest was
the wait that a sample saw at one of its ends. That count may be a scheduler's tick old while a thread runs, so a row
may run ahead of it by as much."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground import states
from playground.figures import worker_name
from playground.lab import born, threads
from playground.lanes import LaneStore
from playground.rings import RingReader
from playground.samples import SAMPLE
from playground.sightings import SEGMENT

ROWS = 16  # that are drawn at most; of more threads the others are counted
TICK_NS = 4_000_000
GONE_NS = 300_000_000  # a thread of which nothing has been seen for so long has ended
FAR_NS = 200_000_000  # between two samples: nobody has looked
STATE = {
    threads.RUNS: states.RUN,
    threads.SLEEPS: states.SLEEP,
    threads.IO: states.IO,
    threads.LOCK: states.LOCK,
    threads.GIL: states.GIL,
}


@dataclass(frozen=True)
class Born:
    """A line of `born`."""

    pid: int
    tid: int
    state: int  # by which the GIL knows it; 0: not known
    worker: int  # whose code started it; −1: it is the lab's own
    label: str


@dataclass
class Row:
    born: Born
    number: int  # of its line
    until: int  # the last sample
    seen: int  # what it was doing then
    cpu: int
    core_wait: int
    ahead: int = 0  # ns that were told as run beyond the system's count
    wait: int = states.UNKNOWN  # what it waited for last
    ran: int = 0  # ns in all


class StartedThreads:
    def __init__(self, directory: Path) -> None:
        self._reader = RingReader(directory / "started.ring", SAMPLE)
        self._path = directory / born.FILE
        self._lines: list[Born] = []
        self._place = 0
        self._of_worker: dict[int, int] = {}
        self.rows: list[Row] = []
        self.lanes = LaneStore(ROWS, shared_gil=False)
        self.hidden = 0  # threads for which there was no row
        self._row_of: dict[int, int] = {}
        self._without: set[int] = set()

    @property
    def count(self) -> int:
        """Rows that are in use, or were."""
        return len(self.rows)

    def pull(self) -> None:
        samples = self._reader.pull()
        if not len(samples):
            return
        self._read_lines()
        pieces: list[tuple[int, int, int, int, int]] = []
        for t, cpu, core_wait, number, core, said, _ in samples.tolist():
            row = self._row(number, t, cpu, core_wait)
            if row is not None:
                pieces += self._to(row, t, cpu, core_wait, core, STATE.get(said))
        segments = np.array(pieces, SEGMENT)
        self.lanes.add_sampled(segments)
        self.lanes.settle()

    def name_of(self, pid: int, thread_state: int) -> str | None:
        """Of the thread that the GIL knows by this."""
        found = (one for one in reversed(self._lines) if one.state == thread_state and one.pid == pid)
        return next((one.label for one in found), None)

    def close(self) -> None:
        self._reader.close()

    # -- inside

    def _read_lines(self) -> None:
        with open(self._path, "rb") as file:
            file.seek(self._place)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._place += len(whole)
        for line in whole.splitlines():
            told = json.loads(line)
            self._lines.append(Born(told["pid"], told["tid"], told["state"], told["worker"], self._label(told)))

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

    def _to(
        self, place: int, t: int, cpu: int, core_wait: int, core: int, state: int | None
    ) -> Sequence[tuple[int, int, int, int, int]]:
        """It has come so far: what it did since the sample before."""
        row, length = self.rows[place], t - self.rows[place].until
        before, now = row.seen, states.UNKNOWN if state is None else state
        counted, waited = cpu - row.cpu, core_wait - row.core_wait
        row.cpu, row.core_wait, row.seen, row.until, row.ran = cpu, core_wait, now, t, row.ran + counted
        if now not in (states.RUN, states.UNKNOWN):
            row.wait = now
        if length <= 0 or length > FAR_NS:
            return ()
        slack = TICK_NS if now == states.RUN else 0
        ran = max(0, min(counted - row.ahead + slack, length))
        row.ahead += ran - counted
        waited = min(max(0, waited), length - ran)
        rest = length - ran - waited
        first, last = (before, now) if before not in (states.RUN, states.UNKNOWN) else (row.wait, row.wait)
        head = rest if now == states.RUN else rest // 2
        if before == states.RUN:  # it ran first
            parts = ((states.RUN, ran), (states.CORE, waited), (last if now == states.RUN else now, rest))
        else:
            tail = now if now != states.RUN else first
            parts = ((first, head), (states.CORE, waited), (states.RUN, ran), (tail, rest - head))  # type: ignore[assignment]
        pieces, start = [], t - length
        for kind, ns in parts:
            if ns > 0:
                pieces.append((start, start + ns, place, core, kind))
                start += ns
        return pieces
