"""The heartbeats of the UI: how late each was, kept for two minutes, and the worst in each column of the pulse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ui.loop.lateness import with_missed
from ui.stage.time_window import REACH

LATE_MS, BAD_MS = 16.0, 100.0


class UiBeats:
    """The heartbeats of the last two minutes."""

    def __init__(self, size: int = 16384) -> None:
        self._size = size
        self.known = np.zeros(self._size, np.int64)  # from when on a beat says something: the moment of the one before
        self.start = np.zeros(self._size, np.int64)  # … and from when on it was late; for one on time, the same moment
        self.end = np.zeros(self._size, np.int64)
        self.late = np.zeros(self._size, np.float32)
        self.count = 0

    def add(self, moment: int, lateness_ms: float) -> int:
        """Adds a beat. Returns the moment from which on the pulse has changed."""
        if self.count == self._size:
            self._shift()
        before = int(self.end[self.count - 1]) if self.count else moment - 1
        # On time: the window was fine since the last beat. Late: it was not since the beat was due.
        start = before if lateness_ms < LATE_MS else moment - int(lateness_ms * 1e6)
        while lateness_ms >= LATE_MS and self.count and start <= self.start[self.count - 1]:
            self.count -= 1  # the last beat was about the same freeze, before that was over
            before = int(self.known[self.count])
        start, known = (min(max(since, moment - REACH), moment - 1) for since in (start, before))
        self.known[self.count], self.start[self.count] = min(known, start), start
        self.end[self.count], self.late[self.count] = moment, lateness_ms
        self.count += 1
        return min(known, start)

    def _shift(self) -> None:
        half = self._size // 2
        for values in (self.known, self.start, self.end, self.late):
            values[:half] = values[half:]
        self.count = half

    def per_column(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The largest lateness in each column; −1 where nothing is known."""
        worst = np.full(len(edges) - 1, -1.0, np.float32)
        part = slice(int(np.searchsorted(self.end[: self.count], int(edges[0]), "right")), self.count)
        known, start, end = (values[part] for values in (self.known, self.start, self.end))
        held_up = known < start  # beats due at `start`: until then the window was on time
        if held_up.any():
            _raise(worst, edges, known[held_up], start[held_up], np.zeros(int(held_up.sum()), np.float32))
        _raise(worst, edges, start, end, self.late[part])
        return worst

    def since(self, moment: int, until: int | None = None) -> npt.NDArray[np.float32]:
        end = self.end[: self.count]
        last = self.count if until is None else int(np.searchsorted(end, until, "right"))
        return self.late[int(np.searchsorted(end, moment)) : last]

    def part(self, first: int, last: int) -> UiBeats:
        """The beats between two moments, to be kept."""
        end = self.end[: self.count]
        own = slice(int(np.searchsorted(end, first)), min(self.count, int(np.searchsorted(end, last)) + 1))
        return UiBeats.of(self.known[own], self.start[own], end[own], self.late[own])

    @staticmethod
    def of(*values: npt.NDArray[Any]) -> UiBeats:
        """Beats made of their `known`, `start`, `end` and `late`."""
        made = UiBeats(max(2, len(values[0])))
        made.count = len(values[0])
        for name, own in zip(("known", "start", "end", "late"), values, strict=True):
            getattr(made, name)[: made.count] = own
        return made


def _raise(
    worst: npt.NDArray[np.float32],
    edges: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    late: npt.NDArray[np.float32],
) -> None:
    """Raises the columns that each span touches to its lateness."""
    columns, origin, width = len(worst), int(edges[0]), int(edges[1] - edges[0])
    touching = (start < int(edges[-1])) & (end > origin)
    first = np.maximum((start[touching] - origin) // width, 0)
    last = np.minimum((end[touching] - 1 - origin) // width, columns - 1)
    counts = last - first + 1
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    np.maximum.at(worst, np.repeat(first, counts) + offsets, np.repeat(late[touching], counts))


def lateness_of(late: npt.NDArray[np.float32]) -> tuple[float, float, float] | None:
    if not len(late):
        return None
    p50, p99 = np.percentile(with_missed(late), (50, 99))
    return float(p50), float(p99), float(late.max())
