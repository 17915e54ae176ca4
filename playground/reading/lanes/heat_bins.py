"""How many lanes were in each state, as a history in bins of a millisecond. The stage shows many lanes as one band,
which is painted from these bins: its cost depends on its columns, not on the number of lanes.

A segment may be as old as its run: a task of a pool that begins after an hour records an hour in the queue. So bins
that would be too old to be kept are never made, and only the two ends of a long segment are handled one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.segments import Numbers

BIN_NS = 1_000_000
KEPT = 131_072  # bins: more than the two minutes of history that are shown
FEW = 16  # so many long segments are added one by one; more of them through their begins and ends
Bins = npt.NDArray[np.float32]  # (bins or columns, states)


class Counts:
    def __init__(self, states: int) -> None:
        self.states = states
        self._bins = np.zeros((states, KEPT), np.float32)  # rings: bin n is in column n % KEPT
        self._head = 0  # the first bin that nothing has reached yet

    def count(self, start: Numbers, end: Numbers, state: npt.NDArray[np.uint8]) -> None:
        """Take in segments, each from `start` to `end`."""
        if not len(end):
            return
        self._reach(-(-int(end.max()) // BIN_NS))
        oldest = (self._head - KEPT) * BIN_NS
        told = (end > np.maximum(start, oldest)) & (state < self.states)
        start, end, row = np.maximum(start[told], oldest), end[told], state[told].astype(np.int64)
        first, last = start // BIN_NS, (end - 1) // BIN_NS
        self._add(row, first, np.minimum(end, (first + 1) * BIN_NS) - start)
        several = last > first
        self._add(row[several], last[several], end[several] - last[several] * BIN_NS)
        whole = last - first > 1
        for one in np.unique(row[whole]):
            own = whole & (row == one)
            self._add_whole(self._bins[one], first[own] + 1, last[own])

    def _add(self, row: Numbers, bins: Numbers, ns: Numbers) -> None:
        np.add.at(self._bins.reshape(-1), row * KEPT + bins % KEPT, (ns / BIN_NS).astype(np.float32))

    def _add_whole(self, ring: npt.NDArray[np.float32], first: Numbers, last: Numbers) -> None:
        """Add segments that fill the bins from `first` up to `last`."""
        if len(first) <= FEW:
            for low, high in zip(first.tolist(), last.tolist(), strict=True):
                for place, _ in _parts(low, high):
                    ring[place] += 1
            return
        low, high = int(first.min()), int(last.max())
        steps = np.bincount(first - low, minlength=high - low + 1) - np.bincount(last - low, minlength=high - low + 1)
        filled = np.cumsum(steps)
        for place, part in _parts(low, high):
            ring[place] += filled[part]

    def _reach(self, last: int) -> None:
        """Make room up to a bin: the bins of one turn of the ring ago are forgotten."""
        for place, _ in _parts(max(self._head, last - KEPT), last):
            self._bins[:, place] = 0.0
        self._head = max(self._head, last)

    def columns(self, edges: Numbers) -> Bins:
        """(columns, states): the mean count over each column."""
        first, last = int(edges[0]) // BIN_NS, -(-int(edges[-1]) // BIN_NS)
        summed = np.zeros((self.states, last - first + 1))
        bins = np.zeros((self.states, last - first), np.float32)
        known = max(first, self._head - KEPT), min(last, self._head)
        for place, part in _parts(*known):
            bins[:, part.start + known[0] - first : part.stop + known[0] - first] = self._bins[:, place]
        np.cumsum(bins, axis=1, out=summed[:, 1:])
        whole, rest = np.divmod(edges - first * BIN_NS, BIN_NS)
        within = bins[:, np.minimum(whole, last - first - 1)] * (rest / BIN_NS)
        means = np.diff(summed[:, whole] + within, axis=1) * (BIN_NS / (edges[1] - edges[0]))
        counts: Bins = np.ascontiguousarray(means.T.astype(np.float32))
        return counts


def _parts(first: int, last: int) -> Iterator[tuple[slice, slice]]:
    """The places of bins [first, last), at most KEPT of them, in a ring, each with the bins that it holds: two parts if
    they go over the ring's end."""
    if last <= first:
        return
    place, count = first % KEPT, last - first
    whole = min(count, KEPT - place)
    yield slice(place, place + whole), slice(0, whole)
    if whole < count:
        yield slice(0, count - whole), slice(whole, count)
