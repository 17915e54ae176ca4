"""Who held a GIL, column by column and hold by hold: as the probe saw it or, where it saw nothing, as stamps
say. Of a run that is going on, and of one that is read again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.lab.wire.declaration import Model
from playground.reading import states
from playground.reading.holds.holders import NOBODY, HolderStore
from playground.reading.holds.owners import Gil
from playground.reading.lanes.store import NOT_RUN, LaneStore


class Ribbon:
    model: Model
    lanes: LaneStore
    holders: HolderStore

    @property
    def started_ns(self) -> int | None:
        raise NotImplementedError

    @property
    def gils(self) -> tuple[Gil, ...]:
        raise NotImplementedError

    def ribbon(self, edges: npt.NDArray[np.int64], gil: Gil | None = None) -> npt.NDArray[np.int32]:
        """Per column the lane that held a GIL longest (or holders.NOBODY, STRANGER, NOT_SAMPLED)."""
        if self.holders.samples:
            return self.holders.longest(edges, self._target(gil))
        found = self.lanes.longest_running(edges, None if gil is None else gil.lanes)
        told = (edges[1:] > (self.started_ns or self.lanes.latest)) & (edges[:-1] < self.lanes.latest)
        return np.where((found == NOT_RUN) & told, NOBODY, found).astype(np.int32)

    def _target(self, gil: Gil | None) -> int | None:
        """What the probe calls it: one of its workers, whichever it saw first. One GIL needs not be told apart."""
        if gil is None or not self.model.own_gils:
            return None
        return next((lane for lane in gil.lanes if lane in self.holders.targets), gil.target)

    def gil_slices(self, first: int, last: int, gil: Gil | None = None) -> list[tuple[int, int, int]]:
        """(lane, start, end) of each hold of a GIL that touches the window, NOBODY's too; gaps are not known."""
        if not self.gils:
            return []
        if self.holders.samples:
            return self.holders.slices(first, last, self._target(gil))
        pieces = self.lanes.slices(first, last, last, state=states.RUN)
        ran = [(piece.lane, piece.start, piece.end) for piece in pieces if gil is None or piece.lane in gil.lanes]
        known = max(first, self.started_ns or last), min(last, self.lanes.latest)
        return sorted([*ran, *_gaps(ran, *known)], key=lambda hold: hold[1])


def _gaps(holds: list[tuple[int, int, int]], first: int, last: int) -> list[tuple[int, int, int]]:
    """NOBODY's holds: the time within a window in which none of these was."""
    gaps, told = [], first
    for _, start, end in sorted(holds, key=lambda hold: hold[1]):
        gaps.append((NOBODY, told, min(start, last)))
        told = max(told, end)
    gaps.append((NOBODY, told, last))
    return [gap for gap in gaps if gap[1] < gap[2]]
