"""How many lanes were in each state, as a history in bins of a millisecond. The stage shows thousands of lanes as one
band, which is painted from here: that costs what its columns cost, however many lanes there are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BIN_NS = 1_000_000
KEPT = 131_072  # bins: more than the two minutes that can be looked back on
Bins = npt.NDArray[np.float32]  # (bins or columns, states)


class Counts:
    def __init__(self, states: int) -> None:
        self._bins: Bins = np.zeros((KEPT, states), np.float32)  # a ring: bin n is row n % KEPT
        self._head = 0  # the first bin that nothing has reached yet

    def add(self, first: int, new: Bins) -> None:
        """Add to the bins from `first` on."""
        self._reach(first + len(new))
        forgotten = max(0, self._head - KEPT - first)
        first, new = first + forgotten, new[forgotten:]
        place = first % KEPT
        whole = min(len(new), KEPT - place)
        self._bins[place : place + whole] += new[:whole]
        self._bins[: len(new) - whole] += new[whole:]

    def _reach(self, last: int) -> None:
        """Make room up to a bin: what was there a whole turn of the ring ago is forgotten."""
        self._bins[np.arange(max(self._head, last - KEPT), last) % KEPT] = 0.0
        self._head = max(self._head, last)

    def columns(self, edges: npt.NDArray[np.int64]) -> Bins:
        """The mean count over each column."""
        first, last = int(edges[0]) // BIN_NS, -(-int(edges[-1]) // BIN_NS)
        number = np.arange(first, last)
        known = (number < self._head) & (number >= self._head - KEPT)
        bins = np.where(known[:, None], self._bins[number % KEPT], np.float32(0))
        summed = np.zeros((len(bins) + 1, bins.shape[1]))
        np.cumsum(bins, axis=0, out=summed[1:])
        whole, rest = np.divmod(edges - first * BIN_NS, BIN_NS)
        within = bins[np.minimum(whole, len(bins) - 1)] * (rest / BIN_NS)[:, None]
        counts: Bins = (np.diff(summed[whole] + within, axis=0) * (BIN_NS / (edges[1] - edges[0]))).astype(np.float32)
        return counts
