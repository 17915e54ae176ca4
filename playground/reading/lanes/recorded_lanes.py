"""Records → segments.

A record says how long an op took, how much of that was CPU time, and how long the worker was ready without a core. In
the rest of the time it waited, for what it had asked for or afterwards for the GIL; sightings of its thread tell which
(sightings.py). When a wait began within a call is not recorded: it is drawn in the middle of the call, so an edge is
off by at most half a piece (75 µs). In other ops the wait is drawn first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.reading.lanes.segments import NEVER, SEGMENT, Numbers, Segments, Spent, Told, merged
from playground.reading.lanes.sightings import Parts, Sightings, unobserved
from playground.reading.rings import Records
from playground.reading.states import CORE, EMPTY, GIL, OF_KIND, RUN, UNKNOWN

UNSEEN_NS = 30_000  # a shorter wait within a call is not drawn on its own; the figures still count it

_KIND_STATE = np.array(OF_KIND, np.uint8)
_LATE = np.zeros(len(_KIND_STATE), np.bool_)  # kinds of records that can change what was drawn before
_LATE[[ring.RUN, ring.TURN, ring.PAUSED, ring.AFTER]] = True


HeldByOthers = Callable[[Numbers, Numbers, Numbers], Numbers]  # of a lane, from when to when: ns, each


class Recorded:
    def __init__(self, lanes: int) -> None:
        self.sightings = Sightings(lanes)
        self._nothing = np.full(lanes, EMPTY, np.uint8)
        self._usual, self.shared_gil, self.observed = self._nothing, False, False
        self._by_others_ns: HeldByOthers | None = None
        self._alone = False

    def told(
        self,
        records: Records,
        shared_gil: bool,
        observed: bool,
        usual: npt.NDArray[np.uint8] | None = None,
        by_others_ns: HeldByOthers | None = None,
        alone: bool = False,
    ) -> Told:
        """What follows from new records, each lane's oldest first. Two thousand lanes cost little more than two.
        `observed`: does the probe look at the workers' threads? `usual`: by lane, what was seen to be waited for within
        a call. `by_others_ns`: asked where the system does not say what kept a thread waiting. `alone`: each worker
        has a GIL to itself, so that a call of Python waits for nothing but a core."""
        self._by_others_ns, self._alone = by_others_ns, alone
        self._usual = self._nothing if usual is None else usual
        self.shared_gil, self.observed = shared_gil, observed
        lane, end = records["task"].astype(np.int64), records["end"].astype(np.int64)
        segments, spent = self._expand(lane, records)
        changed = records["start"][_LATE[records["kind"]]]
        return Told(lane, end, segments, spent, int(changed.min()) if len(changed) else NEVER)

    def _expand(self, lane: Numbers, records: Records) -> tuple[Segments, tuple[Spent, ...]]:
        start, end = records["start"].astype(np.int64), records["end"].astype(np.int64)
        wall = end - start
        cpu = np.minimum(records["cpu"].astype(np.int64), wall)
        lost = wall - cpu
        kinds = records["kind"]
        called, alive = kinds == ring.RUN, (kinds != ring.PAUSED) & (kinds != ring.TURN)
        core = np.where(alive, np.minimum(records["core_wait"].astype(np.int64), lost), 0)
        slept = (records["flags"] & ring.SLEPT).astype(bool)
        doubtful = (called | (kinds == ring.AFTER)) & (records["flags"] & ring.DOUBT != 0)  # kept waiting: by what?
        if self._alone:
            doubtful &= ~called
        core = np.where(called & ~slept & ~doubtful, lost, core)
        seen_in = self.sightings.parts(records) if self.observed else unobserved(len(records))
        if (kinds == ring.AFTER).any():
            self._put_before_sleep(records, core, lost, wall - lost, seen_in.ready)
        gil, unknown, own, seen = self._waits(lane, records, lost - core, seen_in)
        if not (self.observed and self.shared_gil):
            rest = lost - core
            gil = np.where(doubtful, np.minimum(self._for_gil(lane, start, end, doubtful), rest), gil)
            unknown, own = np.where(doubtful, rest - gil, unknown), np.where(doubtful, 0, own)
        own_state = np.where(called, seen, _KIND_STATE[kinds]).astype(np.uint8)
        own_state[(kinds == ring.TURN) & (records["flags"] & ring.DOUBT != 0)] = UNKNOWN
        spent = _spent(lane, kinds, (RUN, cpu), (CORE, core), (GIL, gil), (UNKNOWN, unknown), (own_state, own))
        unseen = called & (lost < UNSEEN_NS)
        cpu = np.where(unseen, wall, cpu)
        core, gil, unknown, own = (np.where(unseen, 0, part) for part in (core, gil, unknown, own))
        before = np.where(called, cpu // 2, 0)
        late = called | (kinds == ring.SLEEP)  # here the wait for a core comes before the op's own wait
        parts = (before, np.where(late, 0, own), core, np.where(late, own, 0), unknown, gil, cpu - before)
        bounds = start[:, None] + np.cumsum(np.stack(parts, axis=1), axis=1)
        segments = np.zeros((len(records), len(parts)), SEGMENT)
        segments["start"], segments["end"] = np.concatenate((start[:, None], bounds[:, :-1]), axis=1), bounds
        segments["lane"] = lane[:, None]
        segments["core"] = records["core"][:, None]
        segments["state"][:, (0, 6)] = np.where(kinds == ring.PAUSED, EMPTY, RUN)[:, None]
        segments["state"][:, (1, 3)] = own_state[:, None]
        segments["state"][:, (2, 4, 5)] = CORE, UNKNOWN, GIL
        flat = segments.ravel()
        return merged(flat[flat["end"] > flat["start"]]), spent

    def _for_gil(self, lane: Numbers, start: Numbers, end: Numbers, doubtful: npt.NDArray[np.bool_]) -> Numbers:
        """For how long others had the GIL meanwhile, for the doubtful records of workers that share it."""
        gil = np.zeros(len(lane), np.int64)
        if self.shared_gil and self._by_others_ns is not None and doubtful.any():
            gil[doubtful] = self._by_others_ns(lane[doubtful], start[doubtful], end[doubtful])
        return gil

    def _put_before_sleep(self, records: Records, core: Any, lost: Any, cpu: Any, ready: Any) -> None:
        """Move waits for a core from after a sleep to before it; changes `core`. Python calculates a sleep's end before
        it releases the GIL, so the thread may lose its core before it sleeps. The wait for a core is known only for
        both times together, and is recorded after the sleep. The part that does not fit there, by how much of that
        time the thread was seen ready, was before the sleep."""
        kinds, lane = records["kind"], records["task"]
        follows = (kinds[1:] == ring.AFTER) & (kinds[:-1] == ring.SLEEP) & (lane[1:] == lane[:-1])
        after = np.flatnonzero(follows & (records["start"][1:] == records["end"][:-1])) + 1
        fits = lost[after]
        if self.shared_gil and self.observed:
            part = ready[after]
            wanted = np.rint(part * (lost[after] + cpu[after])) - cpu[after]
            fits = np.where(np.isnan(part), fits, np.clip(wanted, 0, fits)).astype(np.int64)
        waited = records["core_wait"][after].astype(np.int64)
        core[after] = np.minimum(waited, fits)
        before = after - 1
        core[before] = np.minimum(core[before] + waited - core[after], lost[before])

    def _waits(self, lane: Any, records: Records, rest: Any, parts: Parts) -> tuple[Any, Any, Any, Any]:
        """The waits of each op: for the GIL, for an unknown reason, and for what the op had asked for; and the state
        that a call, which asks for nothing, was seen waiting in."""
        none, told = np.zeros(len(rest), np.int64), self._usual[lane]
        calls = (records["kind"] == ring.RUN) & (told == EMPTY)
        others = np.where(told == EMPTY, parts.others, told)
        if not self.shared_gil:
            return none, none, rest, others
        if not self.observed:
            gil = np.where(calls | (records["kind"] == ring.AFTER), rest, 0)
            return gil, none, rest - gil, others
        telling = calls | (records["kind"] != ring.RUN)
        gil = np.where(telling, np.rint(rest * parts.gil), 0).astype(np.int64)
        unknown = np.where(telling, np.minimum(np.rint(rest * parts.unknown), rest - gil), 0).astype(np.int64)
        return gil, unknown, rest - gil - unknown, others


def _spent(lane: Any, kinds: Any, *parts: tuple[Any, Any]) -> tuple[Spent, ...]:
    alive = kinds != ring.PAUSED
    return tuple((lane[alive], state if np.isscalar(state) else state[alive], spent[alive]) for state, spent in parts)
