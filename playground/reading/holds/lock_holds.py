"""Who had which lock, from the records of taking it and giving it back. A worker has a lock from the end of its wait
for it to the end of the record in which it gives it back. That record may be written late, when another worker has the
lock already; so whoever takes the lock next ends the hold too.

Nobody has a lock between two holds, unless records are missing: then nothing is claimed about that time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.reading.holds.who_held import NOBODY, Spans, WhoHeld
from playground.reading.lanes.segments import KEEP_NS
from playground.reading.objects import USE, SharedObject, Uses

HOLD = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<i4"), ("object", "<i4")])
REACH_NS = 100_000_000  # a hold so long before a window may still say when another one ended
CHUNK, MOST_HOLDS = 4096, 1_000_000
LOCK = "lock"


class LockHolds(WhoHeld):
    def __init__(self, shared: Sequence[SharedObject]) -> None:
        self._locks = [one.id for one in shared if one.kind == LOCK]
        self._open: Uses = np.empty(0, USE)  # takings of what has not been given back
        self._until = np.empty(0, np.int64)  # how long each of them lasts, so far
        self._chunks: deque[npt.NDArray[np.void]] = deque()
        self._count = self._forgotten = 0  # holds that are kept; up to when some were forgotten
        self.known: tuple[int | None, int] = None, 0  # from when to when all holds are known

    def add(self, uses: Uses) -> None:
        """Take over new uses of shared objects, each worker's oldest first."""
        uses = uses[np.isin(np.abs(uses["object"]), self._locks) & ~uses["failed"]]
        if not len(uses):
            return
        uses = np.concatenate((self._open, uses))
        uses = uses[np.lexsort((uses["end"], uses["lane"], np.abs(uses["object"])))]
        number, lane, taken = np.abs(uses["object"]), uses["lane"], uses["object"] > 0
        goes_on = np.append((number[1:] == number[:-1]) & (lane[1:] == lane[:-1]), False)
        over = np.flatnonzero(taken & goes_on)
        after = uses[over + 1]
        held = np.empty(len(over), HOLD)
        held["start"], held["lane"], held["object"] = uses["end"][over], lane[over], number[over]
        held["end"] = np.where(after["object"] < 0, after["end"], after["start"])  # it may have lost it unrecorded
        self._open = uses[taken & ~goes_on]
        self._until = self._open["end"].copy()
        self._keep(held)

    def look(self, since: int | None, until: int, ended: npt.NDArray[Any]) -> None:
        """All holds are known from `since` (None: records are missing) to `until`. `ended`: by lane, when the worker
        ended, and has no lock any more; 0: it has not."""
        self.known = None if since is None else max(since, self._forgotten), until
        if len(self._open):
            over = ended[self._open["lane"]].astype(np.int64)
            self._until = np.where(over > 0, over, until)

    def _keep(self, held: npt.NDArray[np.void]) -> None:
        self._count += len(held)
        if self._chunks and len(self._chunks[-1]) + len(held) < CHUNK:
            held = np.concatenate((self._chunks.pop(), held))
        self._chunks.append(held)
        oldest = int(held["end"].max(initial=0)) - KEEP_NS
        while len(self._chunks) > 1 and (self._count > MOST_HOLDS or int(self._chunks[0]["end"].max()) < oldest):
            gone = self._chunks.popleft()
            self._count, self._forgotten = self._count - len(gone), int(gone["end"].max())

    def spans(self, first: int, last: int, target: int | None) -> Spans:
        lane, start, end = self._holds(first - REACH_NS, last, target)
        end[:-1] = np.minimum(end[:-1], start[1:])
        if self.known[0] is not None:
            since, until = max(first - REACH_NS, self.known[0]), min(last, self.known[1])
            free_from, free_to = np.append(since, np.maximum(end, since)), np.append(start, until)
            lane = np.append(lane, np.full(len(free_to), NOBODY))
            start, end = np.append(start, free_from), np.append(end, free_to)
        order = np.lexsort((end, start))
        lane, start, end = lane[order], start[order], end[order]
        inside = (start < end) & (start < last) & (end > first)
        return lane[inside], start[inside], end[inside]

    def _holds(self, first: int, last: int, target: int | None) -> Spans:
        """The holds that overlap a window, by their begin."""
        parts = [chunk[(chunk["end"] > first) & (chunk["start"] < last)] for chunk in self._chunks]
        held = np.concatenate(parts) if parts else np.empty(0, HOLD)
        held, still = held[held["object"] == target], self._open["object"] == target
        lane = np.append(held["lane"], self._open["lane"][still]).astype(np.int64)
        start = np.append(held["start"], self._open["end"][still])
        end = np.append(held["end"], np.maximum(self._until, self._open["end"])[still])
        order = np.argsort(start, kind="stable")
        return lane[order], start[order], end[order]
