"""Who held a thing that only one worker at a time holds: by holds, and by columns of pixels, whatever the source. A
store gives spans, each with the lane that held the thing; a gap between spans is a time that is not known.

NOBODY: the thing was free. STRANGER: a thread that is no worker held it (a lab's main thread, or the app's UI
thread)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.segments import Numbers

NOBODY, STRANGER, NOT_SAMPLED = -1, -2, -3

Spans = tuple[Numbers, Numbers, Numbers]  # lane, start, end


class WhoHeld:
    def spans(self, first: int, last: int, target: int | None) -> Spans:
        """The unbroken holds (of `target`) that overlap a window, NOBODY's too, oldest first."""
        raise NotImplementedError

    def slices(self, first: int, last: int, target: int | None = None) -> list[tuple[int, int, int]]:
        """(lane, start, end) of each span."""
        return [
            (int(lane), int(start), int(end)) for lane, start, end in zip(*self.spans(first, last, target), strict=True)
        ]

    def longest(self, edges: Numbers, target: int | None = None) -> npt.NDArray[np.int32]:
        """For each column, the holder (of `target`): NOBODY if the thing was free for more than half of the known time,
        STRANGER if threads that are no workers held it for longer than all workers together, else the lane that held it
        longest. NOT_SAMPLED where nothing is known."""
        columns = len(edges) - 1
        column, lane, time = _by_column(self.spans(int(edges[0]), int(edges[-1]), target), edges)
        kinds = (lane == NOBODY, lane == STRANGER, lane >= 0)
        free, strangers, workers = (np.bincount(column, time * kind, columns) for kind in kinds)
        worker = np.full(columns, NOT_SAMPLED, np.int32)
        order = np.lexsort((-lane, time, lane >= 0))
        worker[column[order]] = lane[order]  # the last entry for a column stays
        of_those_who_hold = np.where(strangers > workers, STRANGER, worker)
        return np.where(free > strangers + workers, NOBODY, of_those_who_hold).astype(np.int32)


def _by_column(spans: Spans, edges: Numbers) -> Spans:
    """(column, lane, ns) of each lane in each column that it is in."""
    lane, start, end = spans
    origin, width = int(edges[0]), int(edges[1] - edges[0])
    start, end = np.maximum(start, origin), np.minimum(end, int(edges[-1]))
    first, last = (start - origin) // width, (end - 1 - origin) // width
    parts = last - first + 1
    column = np.repeat(first, parts) + np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    low, high = origin + column * width, origin + (column + 1) * width
    time = np.minimum(np.repeat(end, parts), high) - np.maximum(np.repeat(start, parts), low)
    lanes = np.repeat(lane, parts)
    most = int(lanes.max(initial=0)) + 3
    found, which = np.unique(column * most + lanes + 2, return_inverse=True)
    spent = np.bincount(which.ravel(), time, len(found)).astype(np.int64)
    return found // most, found % most - 2, spent
