"""Who held the GIL: the probe's samples, in order, and what follows from them.

NOBODY: the GIL was free. STRANGER: a thread that is no worker held it (a lab's main thread, or the app's UI thread)."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

NOBODY, STRANGER, NOT_SAMPLED = -1, -2, -3
SAMPLE = np.dtype([("t", "<i8"), ("lane", "<i4"), ("target", "<u4")])
KEEP_NS = 130 * 10**9


class HolderStore:
    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.samples = 0
        self.held = np.zeros(lanes, np.int64)  # samples in which each lane held its GIL
        self.free = 0
        self.targets: dict[int, int] = {}  # target → samples taken of it
        self._target_of = np.full(lanes, -1, np.int64)  # in which process each lane was seen to hold the GIL
        self._switches: dict[int, tuple[int, int, int, int]] = {}  # target → first t, count; last t, count
        self._recent: deque[tuple[int, int]] = deque()  # (t, hand-offs of all targets so far)
        self._chunks: deque[npt.NDArray[np.void]] = deque()

    def add(self, records: npt.NDArray[np.void], lane: npt.NDArray[np.int32]) -> None:
        """Take over probe records, and whose each is (owners.py)."""
        if not len(records):
            return
        chunk = np.empty(len(records), SAMPLE)
        chunk["t"], chunk["target"], chunk["lane"] = records["t"], records["target"], lane
        self._count(chunk, records)
        if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
            chunk = np.concatenate((self._chunks.pop(), chunk))
        self._chunks.append(chunk)
        while int(self._chunks[0]["t"][-1]) < int(chunk["t"][-1]) - KEEP_NS:
            self._chunks.popleft()

    def _count(self, chunk: npt.NDArray[np.void], records: npt.NDArray[np.void]) -> None:
        lane = chunk["lane"]
        self.samples += len(chunk)
        self.free += int((lane == NOBODY).sum())
        self.held += np.bincount(lane[lane >= 0], minlength=self.lanes)[: self.lanes]
        for target in np.unique(chunk["target"]):
            own = records[records["target"] == target]
            holders = lane[(chunk["target"] == target) & (lane >= 0)]
            self._target_of[holders] = target
            self.targets[int(target)] = self.targets.get(int(target), 0) + len(own)
            first = self._switches.get(int(target), (int(own["t"][0]), int(own["switches"][0]), 0, 0))
            self._switches[int(target)] = (*first[:2], int(own["t"][-1]), int(own["switches"][-1]))
        total = sum(last - first for _, first, _, last in self._switches.values())
        self._recent.append((int(chunk["t"][-1]), total))
        while len(self._recent) > 2 and self._recent[1][0] < self._recent[-1][0] - 2 * 10**9:
            self._recent.popleft()

    def handoffs_per_s(self, recent: bool = False) -> float | None:
        """Hand-offs by the interpreter's own counter, over the whole run or over the last two seconds."""
        if recent:
            if len(self._recent) < 2 or self._recent[-1][0] == self._recent[0][0]:
                return None
            (begun, before), (ended, after) = self._recent[0], self._recent[-1]
            return (after - before) / (ended - begun) * 1e9
        spans = [(last_t - first_t, last - first) for first_t, first, last_t, last in self._switches.values()]
        longest = max((span for span, _ in spans), default=0)
        return sum(count for _, count in spans) / longest * 1e9 if longest else None

    def held_share(self, lane: int) -> float:
        """Part of the samples of its own process in which a lane held the GIL."""
        return float(self.held[lane]) / self.targets[int(self._target_of[lane])] if self.held[lane] else 0.0

    def between(self, first: int, last: int) -> npt.NDArray[np.void]:
        parts = []
        for chunk in reversed(self._chunks):
            if int(chunk["t"][-1]) < first:
                break
            low, high = np.searchsorted(chunk["t"], (first, last))
            parts.append(chunk[low:high])
        parts.reverse()
        return np.concatenate(parts) if parts else np.empty(0, SAMPLE)

    def longest(self, edges: npt.NDArray[np.int64], target: int | None = None) -> npt.NDArray[np.int32]:
        """For each column the lane that held the GIL (of that target) longest; where no lane did, NOBODY or STRANGER;
        NOT_SAMPLED where nothing was sampled."""
        best = np.full(len(edges) - 1, NOT_SAMPLED, np.int32)
        samples = self.between(int(edges[0]), int(edges[-1]))
        if target is not None:
            samples = samples[samples["target"] == target]
        column = (samples["t"] - int(edges[0])) // int(edges[1] - edges[0])
        # what was seen in which column, and how often; a lane's single sample outweighs any number of nobody's
        seen, count = np.unique(column * (self.lanes + 2) + samples["lane"] + 2, return_counts=True)
        column, lane = seen // (self.lanes + 2), (seen % (self.lanes + 2) - 2).astype(np.int32)
        order = np.lexsort((-abs(lane), count, lane >= 0))
        best[column[order]] = lane[order]  # of several for one column the last stays
        return best

    def slices(self, first: int, last: int, target: int | None = None) -> list[tuple[int, int, int]]:
        """(lane, start, end) of unbroken holds (of that target) within a window, each end known to one sampling
        interval."""
        samples = self.between(first, last)
        if target is not None:
            samples = samples[samples["target"] == target]
        if len(samples) < 2:
            return []
        step = int(np.median(np.diff(samples["t"])))
        changed = np.flatnonzero((np.diff(samples["lane"]) != 0) | (np.diff(samples["t"]) > 5 * step)) + 1
        starts = np.concatenate(([0], changed))
        ends = np.concatenate((changed, [len(samples)])) - 1
        return [
            (int(samples["lane"][a]), int(samples["t"][a]) - step // 2, int(samples["t"][b]) + step // 2)
            for a, b in zip(starts, ends, strict=True)
        ]
