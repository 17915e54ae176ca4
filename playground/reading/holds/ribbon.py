"""The ribbon: who held what, by columns and by holds. A GIL's holders come from the probe's samples or, if there are
none, from stamps; those of a lock from the records of taking it and giving it back. For live runs and for past ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.lab.wire.declaration import Model
from playground.reading import states
from playground.reading.holds.holders import HolderStore
from playground.reading.holds.lock_holds import LOCK, LockHolds
from playground.reading.holds.owners import GIL, Track
from playground.reading.holds.who_held import NOBODY
from playground.reading.lanes.segments import Numbers
from playground.reading.lanes.store import NOT_RUN, LaneStore
from playground.reading.objects import SharedUse


class Ribbon:
    model: Model
    lanes: LaneStore
    holders: HolderStore  # of GILs
    objects: SharedUse
    locked: LockHolds

    @property
    def started_ns(self) -> int | None:
        raise NotImplementedError

    @property
    def gils(self) -> tuple[Track, ...]:
        raise NotImplementedError

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks that get a ribbon. Those of locks can have one too, but the stage does not show it."""
        return self.gils

    @property
    def locks(self) -> tuple[Track, ...]:
        """The tracks of the locks that the workers share."""
        everybody = range(self.lanes.lanes)
        return tuple(Track(one.id, everybody, LOCK, one.name) for one in self.objects.every if one.kind == LOCK)

    def ribbon(self, edges: Numbers, track: Track | None = None) -> npt.NDArray[np.int32]:
        """For each column, the lane that held the track (the GIL, if none is given) longest; or holders.NOBODY,
        STRANGER, NOT_SAMPLED."""
        if track is not None and track.kind != GIL:
            return self.locked.longest(edges, track.target)
        if self.holders.samples:
            return self.holders.longest(edges, self._target(track))
        found = self.lanes.longest_running(edges, None if track is None else track.lanes)
        told = (edges[1:] > (self.started_ns or self.lanes.latest)) & (edges[:-1] < self.lanes.latest)
        return np.where((found == NOT_RUN) & told, NOBODY, found).astype(np.int32)

    def _target(self, gil: Track | None) -> int | None:
        """The target by which the probe's samples name a GIL: one of its workers. None if there is only one GIL."""
        if gil is None or not self.model.own_gils:
            return None
        return next((lane for lane in gil.lanes if lane in self.holders.targets), gil.target)

    def hold_slices(self, first: int, last: int, track: Track | None = None) -> list[tuple[int, int, int]]:
        """(lane, start, end) of each hold that overlaps the window, NOBODY's too. Gaps are times that are not known."""
        if track is not None and track.kind != GIL:
            return self.locked.slices(first, last, track.target)
        if not self.gils:
            return []
        if self.holders.samples:
            return self.holders.slices(first, last, self._target(track))
        pieces = self.lanes.slices(first, last, last, state=states.RUN)
        ran = [(piece.lane, piece.start, piece.end) for piece in pieces if track is None or piece.lane in track.lanes]
        known = max(first, self.started_ns or last), min(last, self.lanes.latest)
        return sorted([*ran, *_gaps(ran, *known)], key=lambda hold: hold[1])


def _gaps(holds: list[tuple[int, int, int]], first: int, last: int) -> list[tuple[int, int, int]]:
    """NOBODY's holds: the times within a window that no hold covers."""
    gaps, told = [], first
    for _, start, end in sorted(holds, key=lambda hold: hold[1]):
        gaps.append((NOBODY, told, min(start, last)))
        told = max(told, end)
    gaps.append((NOBODY, told, last))
    return [gap for gap in gaps if gap[1] < gap[2]]
