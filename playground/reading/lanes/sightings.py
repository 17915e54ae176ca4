"""Sightings: the probe's samples of threads that record their ops (lab/watching/thread_looks.py). A record says how
long an op took and how long its thread ran in it. It cannot say what the thread waited for: a thread that returns from
a sleep, a read or a lock has to get the GIL before it can look at a clock. The system knows, and the probe asks it.

For an op that has ended, sightings divide the time in which it did not run: by the sightings within the op, else by
those of its worker's latest ops, else by those of all workers; else it is not known. For ops that are going on they
make the live edge.

An op may go on for an hour, and its thread is seen up to 2000 times a second. So if there are many sightings, only the
newest are kept one by one. Older ones are folded: their counts are kept, and the pieces of the live edge that they
made, joined."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.reading.lanes.segments import KEEP_NS, NEVER, SEGMENT, Edge, Numbers, merged
from playground.reading.states import ASKED, CORE, EMPTY, GIL, LOCK, OF_SEEN, RUN, STATE_COUNT, UNKNOWN

SIGHTING = np.dtype([("t", "<i8"), ("cpu", "<i8"), ("core_wait", "<i8"), ("lane", "<i8"), ("state", "u1")])

# the states in which sightings are counted, in the order of the counts; on a tie, the first state wins
_OTHERS = [row.number for row in sorted(ASKED, key=lambda row: -(row.seen or 0)) if row.seen is not None]
SEEN = (GIL, UNKNOWN, *_OTHERS, RUN)
READY = len(SEEN) - 1
FOR_GIL, UNSURE, OTHERS, WAITS = 0, 1, slice(2, READY), slice(0, READY)
ENOUGH = 3  # so many sightings within an op need no help from other ops
LATELY = 64  # sightings that count for a worker and a kind of op; older ones fade
FAR_NS = 200_000_000  # two sightings of a thread so far apart have nothing to say about the time between
MOST_OF = 0.8  # of the time between two sightings: if a thread ran less, it is not known when
MOST_WAITING, NEWEST_NS = 4096, 500_000_000  # if there are more sightings, those older than NEWEST_NS are folded
MOST_PIECES = 16_384
BRIEF_NS = 2_000_000  # for so long after its last record, a worker that is ready is taken to run
SPAN_BITS = 46  # for a moment, beside a lane in one number: 19 hours in ns
KINDS = ring.KINDS

_SAID = np.full(256, UNKNOWN, np.uint8)
_SAID[list(OF_SEEN)] = list(OF_SEEN.values())
_PLACE = np.zeros(STATE_COUNT + 1, np.int64)
_PLACE[list(SEEN)] = range(len(SEEN))
_OWN = np.full(KINDS, EMPTY, np.uint8)  # by kind of op: the state that its worker asked for
_OWN[[row.kinds[0] for row in ASKED]] = [row.number for row in ASKED]
_WAITS = np.isin(np.arange(EMPTY + 1), _OTHERS)  # by state: is it a wait that a worker asks for?

Sighted = npt.NDArray[np.void]
Counted = npt.NDArray[np.float64]


class Parts(NamedTuple):
    """How the time of each record is divided, as parts of 1."""

    gil: npt.NDArray[np.float64]  # of the time in which it neither ran nor waited for a core
    unknown: npt.NDArray[np.float64]  # likewise
    others: npt.NDArray[np.uint8]  # the state in which most of the rest was seen; LOCK if it was not seen
    ready: npt.NDArray[np.float64]  # of all its time: it ran, or could have run; NaN if no such op was ever seen


def unobserved(count: int) -> Parts:
    """The parts for records of threads that the probe does not look at."""
    none = np.zeros(count)
    return Parts(none, none, np.full(count, LOCK, np.uint8), np.full(count, np.nan))


class Sightings:
    def __init__(self, lanes: int) -> None:
        self._waiting: Sighted = np.empty(0, SIGHTING)  # sightings later than any record, by lane and time
        self._counts = np.zeros((lanes, KINDS, len(SEEN)))
        self._before = np.zeros(lanes, SIGHTING)  # each lane's last sighting that a record reached or that was folded
        self._folded: Counted = np.zeros((lanes, len(SEEN)))  # by lane: counts of folded sightings within its op
        self._folded_until = np.zeros(lanes, np.int64)  # by lane: the moment of the last folded one; 0: none
        self._past = np.empty(0, SEGMENT)  # the pieces that folded sightings made, by lane and time
        self._fresh = NEVER  # the earliest moment of sightings since the last look at the edge

    def see(self, seen: Sighted) -> None:
        """Take over new sightings (see `of_samples`)."""
        if not len(seen):
            return
        self._fresh = min(self._fresh, int(seen["t"].min()))
        waiting = np.concatenate((self._waiting, seen))
        self._waiting = waiting[np.lexsort((waiting["t"], waiting["lane"]))]

    def parts(self, records: npt.NDArray[np.void]) -> Parts:
        """How the time of each record is divided. A wait that an op has asked for, and that nobody saw, is unknown."""
        lane, kind = records["task"].astype(np.int64), records["kind"].astype(np.int64)
        usual = self._usual(lane, kind)
        counts = self._within(records)
        new = (usual[:, WAITS].sum(axis=1) == 0) & (counts[:, WAITS].sum(axis=1) == 0)
        if new.any():
            usual[new] = self._usual(lane[new], kind[new])
        parts = _mixed(counts[:, WAITS], usual[:, WAITS])
        every = _mixed(counts, usual)
        unseen = parts.sum(axis=1) == 0
        # Under a GIL, a call of Python waits for nothing else, nor does a worker after its sleep; a sleep is a sleep.
        clear = (kind == ring.RUN) | (kind == ring.AFTER)
        gil = np.where(unseen, clear.astype(float), parts[:, FOR_GIL])
        unknown = np.where(unseen, (~clear).astype(float), parts[:, UNSURE])
        asleep = (kind == ring.SLEEP) | (kind == ring.TURN) | (kind == ring.PAUSED)
        gil[asleep] = unknown[asleep] = 0
        others = np.array(SEEN[OTHERS], np.uint8)[parts[:, OTHERS].argmax(axis=1)]
        return Parts(gil, unknown, others, np.where(every.any(axis=1), every[:, READY], np.nan))

    def _usual(self, lane: Numbers, kind: Numbers) -> Counted:
        """Counts of what such ops of these workers were seen doing lately. For a worker that was never seen waiting,
        the counts of all workers; zeros if none was."""
        usual = self._counts[lane, kind]
        nobody = usual[:, WAITS].sum(axis=1) == 0
        if nobody.any():
            usual[nobody] = self._counts.sum(axis=0)[kind[nobody]]
        return usual

    def _within(self, records: npt.NDArray[np.void]) -> Counted:
        """(records, len(SEEN)): counts of the sightings within each record. These sightings are dropped then."""
        counts = np.zeros((len(records), len(SEEN)))
        waiting = self._waiting
        if not len(records) or not (len(waiting) or self._folded_until.any()):
            return counts
        lane = records["task"].astype(np.int64)
        start, end = records["start"].astype(np.int64), records["end"].astype(np.int64)
        first = int(start.min())
        place = (lane << SPAN_BITS) + start - first + 1
        order = np.argsort(place, kind="stable")
        moment, whose = waiting["t"], waiting["lane"]
        since = np.clip(moment - first + 1, 0, (1 << SPAN_BITS) - 1)
        which = _latest(place[order], (whose << SPAN_BITS) + since, order)
        inside = np.flatnonzero((lane[which] == whose) & (start[which] <= moment) & (moment < end[which]))
        np.add.at(counts, (which[inside], _PLACE[waiting["state"][inside]]), 1)
        self._take_folded(counts, lane, start, end, order, place, first)
        last = _latest(lane[order], whose, order)
        reached = (lane[last] == whose) & (moment < end[last])
        self._drop(reached)
        some = np.flatnonzero(counts.any(axis=1))
        kind = records["kind"][some].astype(np.int64)
        np.add.at(self._counts, (lane[some], kind), counts[some])
        self._fade(lane[some], kind)
        return counts

    def _take_folded(
        self, counts: Counted, lane: Any, start: Any, end: Any, order: Any, place: Any, first: int
    ) -> None:
        """Add the folded sightings within records of long ops to `counts`; then forget them."""
        whose = np.unique(lane[self._folded_until[lane] > 0])
        moment = self._folded_until[whose]
        since = np.clip(moment - first + 1, 0, (1 << SPAN_BITS) - 1)
        which = _latest(place[order], (whose << SPAN_BITS) + since, order)
        inside = (lane[which] == whose) & (start[which] <= moment) & (moment < end[which])
        counts[which[inside]] += self._folded[whose[inside]]
        last = _latest(lane[order], whose, order)
        self._unfold(whose[(lane[last] == whose) & (moment < end[last])])

    def _unfold(self, lane: Numbers) -> None:
        """Forget what was folded for lanes whose op is over."""
        if len(lane):
            self._folded[lane], self._folded_until[lane] = 0, 0
            self._past = self._past[~np.isin(self._past["lane"], lane)]

    def _fade(self, lane: Numbers, kind: Numbers) -> None:
        full = self._counts[lane, kind][:, WAITS].sum(axis=1) > LATELY
        if not full.any():
            return
        pairs = np.unique(np.stack((lane[full], kind[full])), axis=1)
        self._counts[pairs[0], pairs[1]] /= 2

    # -- the live edge

    def edge(self, kind: Numbers, since: Numbers) -> Edge:
        """The live edge. `kind`, `since`: by lane, what its header says that it does, and when that began or its last
        record ended."""
        self._drop(self._waiting["t"] <= since[self._waiting["lane"]])
        self._unfold(np.flatnonzero((self._folded_until > 0) & (self._folded_until <= since)))
        doing = kind[self._waiting["lane"]]
        seen = self._waiting[(doing != ring.NONE) & (doing != ring.PAUSED)]
        fresh, self._fresh = self._fresh, NEVER
        if not len(seen):
            return Edge(np.empty(0, SEGMENT), seen, NEVER)
        lane = seen["lane"]
        first = np.concatenate(([True], lane[1:] != lane[:-1]))
        before = np.where(first, self._before[lane], np.concatenate((seen[:1], seen[:-1])))
        raw = seen["state"].copy()
        seen["state"] = state = _of_op(raw, kind[lane])
        of_fold = np.where(self._folded_until[lane] > 0, before["state"], EMPTY)
        earlier = np.where(first, of_fold, np.concatenate(([EMPTY], state[:-1])))
        said = seen["state"].copy()
        begin = np.maximum(before["t"], since[lane])
        ran, rest = _between(before, seen, begin, earlier)
        state[(state == RUN) & (ran == 0)] = CORE  # it was ready and did not run
        state[(state == CORE) & (rest == UNKNOWN)] = UNKNOWN
        seen["state"] = state
        pieces = _pieces(seen, begin, ran, rest)
        brief = pieces["end"] - pieces["start"] < MOST_OF * np.repeat(seen["t"] - begin, 2)
        pieces["state"][(pieces["state"] == RUN) & brief] = UNKNOWN
        new = seen["t"] >= fresh
        changed = int(begin[new].min()) if new.any() else NEVER
        last = seen[np.append(first[1:], True)]
        past = self._past[np.isin(self._past["lane"], lane)] if len(self._past) else self._past
        every = np.concatenate((past, pieces[pieces["end"] > pieces["start"]]))
        if len(seen) > MOST_WAITING:
            self._fold(seen, raw, said, pieces, np.append(first[1:], True))
        return Edge(every, last, changed)

    def _fold(self, seen: Sighted, raw: Any, said: Any, pieces: Any, last: npt.NDArray[np.bool_]) -> None:
        """Fold the older sightings into counts and pieces; each lane's last sighting stays. `raw`: the states that the
        probe saw; `said`: the same, but with what the worker itself says that it waits for."""
        newest = int(seen["t"].max())
        old = (seen["t"] < newest - NEWEST_NS) & ~last
        lane = seen["lane"][old]
        np.add.at(self._folded, (lane, _PLACE[raw[old]]), 1)
        before = seen[old]
        before["state"] = said[old]
        self._before[lane] = before  # the last entry of a lane stays
        self._folded_until[lane] = before["t"]
        whose = self._waiting["lane"]
        self._waiting = self._waiting[self._waiting["t"] > np.maximum(self._folded_until[whose], 0)]
        told = pieces[np.repeat(old, 2)]
        past = np.concatenate((self._past, told[told["end"] > told["start"]]))
        past = merged(past[np.lexsort((past["start"], past["lane"]))])
        self._past = past if len(past) <= MOST_PIECES else _summed(past, newest - KEEP_NS)

    def _drop(self, which: npt.NDArray[np.bool_]) -> None:
        gone = self._waiting[which]
        self._before[gone["lane"]] = gone
        self._waiting = self._waiting[~which]


def _summed(pieces: npt.NDArray[np.void], until: int) -> npt.NDArray[np.void]:
    """Pieces that end before `until` are joined to one piece for each lane and state, with their summed length."""
    old = pieces["end"] < until
    if not old.any():
        return pieces
    gone = pieces[old]
    key = gone["lane"].astype(np.int64) * (STATE_COUNT + 1) + gone["state"]
    keys, which = np.unique(key, return_inverse=True)
    length = np.bincount(which.ravel(), gone["end"] - gone["start"]).astype(np.int64)
    sums = np.empty(len(keys), SEGMENT)
    sums["lane"], sums["state"] = np.divmod(keys, STATE_COUNT + 1)
    sums["core"] = ring.CORE_UNKNOWN
    # A lane's sums are put one after the other, and end where its first remaining piece begins.
    until_when = np.zeros(int(gone["lane"].max()) + 1, np.int64)
    np.maximum.at(until_when, gone["lane"], gone["end"])
    lane, reached = sums["lane"], np.cumsum(length)
    last = np.searchsorted(lane, lane, side="right") - 1
    sums["end"] = until_when[lane] - (reached[last] - reached)
    sums["start"] = sums["end"] - length
    joined = np.concatenate((sums, pieces[~old]))
    return joined[np.lexsort((joined["start"], joined["lane"]))]


def _latest(known: Numbers, asked: Any, order: Numbers) -> Numbers:
    """For each value asked for, the place (through `order`) of the last known value that is not larger; the first if
    all are larger. `known` is sorted."""
    latest: Numbers = order[np.maximum(np.searchsorted(known, asked, side="right") - 1, 0)]
    return latest


def _mixed(counts: Counted, usual: Counted) -> Counted:
    """Parts of 1 from the counts within each op. If these are few, the usual parts are added, with the weight of one
    sighting."""
    enough = counts.sum(axis=1, keepdims=True) >= ENOUGH
    lately = usual / np.maximum(usual.sum(axis=1, keepdims=True), 1)
    parts = np.where(enough, counts, counts + lately)
    parts /= np.maximum(parts.sum(axis=1), 1)[:, None]
    return parts


def _between(before: Sighted, seen: Sighted, begin: Any, earlier: Any) -> tuple[Any, Any]:
    """How long each thread ran between two sightings, or since its last record, and its state in the rest of the
    time."""
    length = seen["t"] - begin
    near = (before["t"] > 0) & (seen["t"] - before["t"] < FAR_NS)
    ready = seen["state"] == RUN
    counted = np.clip(seen["cpu"] - before["cpu"], 0, length)
    # The count includes what the thread ran before its last record. A thread that waits now has waited since then. For
    # one that is ready it is not known whether it has run since, unless the record is recent or the count is zero.
    whole = near & (before["t"] >= begin)
    ran = np.where(whole, counted, 0)
    ran = np.where(ready & ~whole & (length < BRIEF_NS), length, ran)
    waited = (earlier != EMPTY) & (earlier != RUN) & (earlier != CORE)
    rest = np.where(ready, np.where(waited, earlier, CORE), seen["state"])
    return ran, np.where(ready & ~whole & ~(near & (counted == 0)), UNKNOWN, rest)


def _pieces(seen: Sighted, begin: Any, ran: Any, rest: Any) -> npt.NDArray[np.void]:
    """Two pieces for each sighting. A thread that is ready now ran last; a thread that waits now ran first."""
    ready = (seen["state"] == RUN) | (seen["state"] == CORE) | (rest == UNKNOWN)
    middle = np.where(ready, seen["t"] - ran, begin + ran)
    pieces = np.empty((len(seen), 2), SEGMENT)
    pieces["start"] = np.stack((begin, middle), axis=1)
    pieces["end"] = np.stack((middle, seen["t"]), axis=1)
    pieces["lane"], pieces["core"] = seen["lane"][:, None], ring.CORE_UNKNOWN
    pieces["state"] = np.stack((np.where(ready, rest, RUN), np.where(ready, RUN, rest)), axis=1)
    return pieces.ravel()


def _of_op(state: npt.NDArray[np.uint8], kind: Numbers) -> npt.NDArray[np.uint8]:
    """Seen waits replaced by what the worker itself says it waits for, except for the GIL: a queue between processes,
    for example, is seen waiting for a pipe."""
    asked = _OWN[kind]
    return np.where(_WAITS[state] & (asked != EMPTY), asked, state).astype(np.uint8)


def of_samples(samples: npt.NDArray[np.void]) -> Sighted:
    """Samples of the probe, as sightings."""
    seen = np.empty(len(samples), SIGHTING)
    for name, field in (("t", "t"), ("cpu", "cpu"), ("core_wait", "core_wait"), ("lane", "worker")):
        seen[name] = samples[field]
    seen["state"] = _SAID[samples["state"]]
    return seen
