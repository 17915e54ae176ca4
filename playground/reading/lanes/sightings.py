"""Sightings: what the probe saw of threads that tell of their ops themselves (lab/watching/thread_looks.py). A record
says how long an op took and how much of that its thread ran; what it waited for it cannot say, as a thread that comes
back from a sleep, a read or a lock has to get the GIL before it can look at a clock. The system says it.

Of an op that has ended, sightings divide the time in which it did not run: as those within it say, else as those of
its worker did lately, else as those of all workers did; else it is not known. Of what is going on they make the live
edge.

An op may go on for an hour, and a thread in it is seen up to 2000 times a second. So of more than a few only the newest
are kept one by one; of the older ones what they count for, and the pieces of the live edge that they made, joined."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring as layout
from playground.reading.lanes.segments import KEEP_NS, NEVER, SEGMENT, Edge, merged
from playground.reading.states import ASKED, CORE, EMPTY, GIL, LOCK, OF_SEEN, RUN, STATE_COUNT, UNKNOWN

SIGHTING = np.dtype(
    [("t", "<i8"), ("cpu", "<i8"), ("core_wait", "<i8"), ("lane", "<i8"), ("state", "u1")],
)

# as what an op is seen, in the order in which sightings are counted; of two it is the first where it was seen as both
_OTHERS = [row.number for row in sorted(ASKED, key=lambda row: -(row.seen or 0)) if row.seen is not None]
SEEN = (GIL, UNKNOWN, *_OTHERS, RUN)
READY = len(SEEN) - 1
FOR_GIL, UNSURE, OTHERS, WAITS = 0, 1, slice(2, READY), slice(0, READY)
ENOUGH = 3  # sightings within an op, which then need no others
LATELY = 64  # sightings of a worker and a kind of op that count; older ones fade
FAR_NS = 200_000_000  # between two sightings of a thread: nobody was looking
MOST_OF = 0.8  # of the time between two sightings: who ran less did so at a moment that is not known
MOST_WAITING, NEWEST_NS = 4096, 500_000_000  # of more sightings the older ones are folded; the newest are not
MOST_PIECES = 16_384
BRIEF_NS = 2_000_000  # after its last record a worker that is ready runs on
SPAN_BITS = 46  # of a moment beside a lane in one number: 19 hours in ns
KINDS = layout.KINDS

_SAID = np.full(256, UNKNOWN, np.uint8)
_SAID[list(OF_SEEN)] = list(OF_SEEN.values())
_PLACE = np.zeros(STATE_COUNT + 1, np.int64)
_PLACE[list(SEEN)] = range(len(SEEN))
_OWN = np.full(KINDS, EMPTY, np.uint8)  # by kind: as what a worker asked to wait
_OWN[[row.kinds[0] for row in ASKED]] = [row.number for row in ASKED]
_WAITS = np.isin(np.arange(EMPTY + 1), _OTHERS)  # by state: is it something that one asks for?

Sighted = npt.NDArray[np.void]
Counted = npt.NDArray[np.float64]


class Parts(NamedTuple):
    """By record, as parts of 1."""

    gil: npt.NDArray[np.float64]  # of its time on no core, and with none to wait for
    unknown: npt.NDArray[np.float64]
    others: npt.NDArray[np.uint8]  # as what most of the rest was seen; LOCK where it was not
    ready: npt.NDArray[np.float64]  # of all its time: it ran, or could have run; NaN where nobody saw any such op


def unobserved(count: int) -> Parts:
    """Of records of threads at which nobody looks."""
    none = np.zeros(count)
    return Parts(none, none, np.full(count, LOCK, np.uint8), np.full(count, np.nan))


class Sightings:
    def __init__(self, lanes: int) -> None:
        self._waiting: Sighted = np.empty(0, SIGHTING)  # those that no record has reached yet, by lane and time
        self._counts = np.zeros((lanes, KINDS, len(SEEN)))
        self._before = np.zeros(lanes, SIGHTING)  # the last of each lane that a record has reached, or that was folded
        self._folded: Counted = np.zeros((lanes, len(SEEN)))  # by lane: those within its op that are no longer kept
        self._folded_until = np.zeros(lanes, np.int64)  # … and when the last of them was; 0: there are none
        self._past = np.empty(0, SEGMENT)  # … and what they say that was done, by lane and time
        self._fresh = NEVER  # the earliest that came since the last look at the edge

    @property
    def none(self) -> Sighted:
        return np.empty(0, SIGHTING)

    def see(self, seen: Sighted) -> None:
        """New ones, as the probe wrote them: time, CPU time, core wait, lane, and what the thread did."""
        if not len(seen):
            return
        self._fresh = min(self._fresh, int(seen["t"].min()))
        self._waiting = _sorted(np.concatenate((self._waiting, seen)))

    def parts(self, records: npt.NDArray[np.void]) -> Parts:
        """Of each record's time. Who waits for something of its own, and is not seen, is not known."""
        lane, kind = records["task"].astype(np.int64), records["kind"].astype(np.int64)
        usual = self._usual(lane, kind)
        counts = self._within(records)
        new = (usual[:, WAITS].sum(axis=1) == 0) & (counts[:, WAITS].sum(axis=1) == 0)
        if new.any():
            usual[new] = self._usual(lane[new], kind[new])
        parts = _mixed(counts[:, WAITS], usual[:, WAITS])
        every = _mixed(counts, usual)
        unseen = parts.sum(axis=1) == 0
        # A call of Python under a GIL waits for nothing else, nor does who has slept enough; a sleep is what it is.
        clear = (kind == layout.RUN) | (kind == layout.AFTER)
        gil = np.where(unseen, clear.astype(float), parts[:, FOR_GIL])
        unknown = np.where(unseen, (~clear).astype(float), parts[:, UNSURE])
        asleep = (kind == layout.SLEEP) | (kind == layout.TURN) | (kind == layout.PAUSED)
        gil[asleep] = unknown[asleep] = 0
        others = np.array(SEEN[OTHERS], np.uint8)[parts[:, OTHERS].argmax(axis=1)]
        return Parts(gil, unknown, others, np.where(every.any(axis=1), every[:, READY], np.nan))

    def _usual(self, lane: npt.NDArray[np.int64], kind: npt.NDArray[np.int64]) -> Counted:
        """What such ops of those workers were seen to do lately; of a worker that was not seen waiting, what those of
        all were. Nothing where nobody was."""
        usual = self._counts[lane, kind]
        nobody = usual[:, WAITS].sum(axis=1) == 0
        if nobody.any():
            usual[nobody] = self._counts.sum(axis=0)[kind[nobody]]
        return usual

    def _within(self, records: npt.NDArray[np.void]) -> Counted:
        """(records, len(SEEN)): the sightings within each; they have served then."""
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
        """Of the records of an op that went on for long: its older sightings, which have served then."""
        whose = np.unique(lane[self._folded_until[lane] > 0])
        moment = self._folded_until[whose]
        since = np.clip(moment - first + 1, 0, (1 << SPAN_BITS) - 1)
        which = _latest(place[order], (whose << SPAN_BITS) + since, order)
        inside = (lane[which] == whose) & (start[which] <= moment) & (moment < end[which])
        counts[which[inside]] += self._folded[whose[inside]]
        last = _latest(lane[order], whose, order)
        self._unfold(whose[(lane[last] == whose) & (moment < end[last])])

    def _unfold(self, lane: npt.NDArray[np.int64]) -> None:
        """The op of those lanes is over."""
        if len(lane):
            self._folded[lane], self._folded_until[lane] = 0, 0
            self._past = self._past[~np.isin(self._past["lane"], lane)]

    def _fade(self, lane: npt.NDArray[np.int64], kind: npt.NDArray[np.int64]) -> None:
        full = self._counts[lane, kind][:, WAITS].sum(axis=1) > LATELY
        if not full.any():
            return
        pairs = np.unique(np.stack((lane[full], kind[full])), axis=1)
        self._counts[pairs[0], pairs[1]] /= 2

    # -- the live edge

    def edge(self, kind: npt.NDArray[np.int64], since: npt.NDArray[np.int64]) -> Edge:
        """`kind`, `since`: by lane, what its header says that it does, and when that or its last record's end was."""
        self._drop(self._waiting["t"] <= since[self._waiting["lane"]])
        self._unfold(np.flatnonzero((self._folded_until > 0) & (self._folded_until <= since)))
        doing = kind[self._waiting["lane"]]
        seen = self._waiting[(doing != layout.NONE) & (doing != layout.PAUSED)]
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
        state[(state == RUN) & (ran == 0)] = CORE  # it could run, and did not
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
        """Keep of the older ones what they count for; of each lane the last one stays. `raw`: as the probe saw them;
        `said`: as what their worker says that it waits for."""
        newest = int(seen["t"].max())
        old = (seen["t"] < newest - NEWEST_NS) & ~last
        lane = seen["lane"][old]
        np.add.at(self._folded, (lane, _PLACE[raw[old]]), 1)
        before = seen[old]
        before["state"] = said[old]
        self._before[lane] = before  # of several of one lane the last stays
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
    """What is older than can be looked at becomes one piece for each state of a lane, as long as all of it together."""
    old = pieces["end"] < until
    if not old.any():
        return pieces
    gone = pieces[old]
    key = gone["lane"].astype(np.int64) * (STATE_COUNT + 1) + gone["state"]
    keys, which = np.unique(key, return_inverse=True)
    length = np.bincount(which.ravel(), gone["end"] - gone["start"]).astype(np.int64)
    sums = np.empty(len(keys), SEGMENT)
    sums["lane"], sums["state"] = np.divmod(keys, STATE_COUNT + 1)
    sums["core"] = layout.CORE_UNKNOWN
    # One after the other, so that those of a lane end where its first piece that stays begins.
    until_when = np.zeros(int(gone["lane"].max()) + 1, np.int64)
    np.maximum.at(until_when, gone["lane"], gone["end"])
    lane, reached = sums["lane"], np.cumsum(length)
    last = np.searchsorted(lane, lane, side="right") - 1
    sums["end"] = until_when[lane] - (reached[last] - reached)
    sums["start"] = sums["end"] - length
    joined = np.concatenate((sums, pieces[~old]))
    return joined[np.lexsort((joined["start"], joined["lane"]))]


def _latest(known: npt.NDArray[np.int64], asked: Any, order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of each that is asked for, the last of those known, which are sorted, that is not behind it; some other where
    there is none."""
    latest: npt.NDArray[np.int64] = order[np.maximum(np.searchsorted(known, asked, side="right") - 1, 0)]
    return latest


def _mixed(counts: Counted, usual: Counted) -> Counted:
    """As parts of 1: what was seen within each op, and where that is little also what is usual, as much as one look."""
    enough = counts.sum(axis=1, keepdims=True) >= ENOUGH
    lately = usual / np.maximum(usual.sum(axis=1, keepdims=True), 1)
    parts = np.where(enough, counts, counts + lately)
    parts /= np.maximum(parts.sum(axis=1), 1)[:, None]
    return parts


def _between(before: Sighted, seen: Sighted, begin: Any, earlier: Any) -> tuple[Any, Any]:
    """How long each ran between two sightings of it, or since its last record; and what it did the rest of the time."""
    length = seen["t"] - begin
    near = (before["t"] > 0) & (seen["t"] - before["t"] < FAR_NS)
    ready = seen["state"] == RUN
    counted = np.clip(seen["cpu"] - before["cpu"], 0, length)
    # What it ran before its last record is in the count too: who waits now has waited since then, but whether one who
    # is ready has run since then is not known, unless that has just been, or it has not run at all.
    whole = near & (before["t"] >= begin)
    ran = np.where(whole, counted, 0)
    ran = np.where(ready & ~whole & (length < BRIEF_NS), length, ran)
    waited = (earlier != EMPTY) & (earlier != RUN) & (earlier != CORE)
    rest = np.where(ready, np.where(waited, earlier, CORE), seen["state"])
    return ran, np.where(ready & ~whole & ~(near & (counted == 0)), UNKNOWN, rest)


def _pieces(seen: Sighted, begin: Any, ran: Any, rest: Any) -> npt.NDArray[np.void]:
    """Who is ready now ran last; who waits now ran first."""
    ready = (seen["state"] == RUN) | (seen["state"] == CORE) | (rest == UNKNOWN)
    middle = np.where(ready, seen["t"] - ran, begin + ran)
    pieces = np.empty((len(seen), 2), SEGMENT)
    pieces["start"] = np.stack((begin, middle), axis=1)
    pieces["end"] = np.stack((middle, seen["t"]), axis=1)
    pieces["lane"], pieces["core"] = seen["lane"][:, None], layout.CORE_UNKNOWN
    pieces["state"] = np.stack((np.where(ready, rest, RUN), np.where(ready, RUN, rest)), axis=1)
    return pieces.ravel()


def _of_op(state: npt.NDArray[np.uint8], kind: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """A worker says what it waits for, unless that is the GIL: a queue of processes waits for a pipe."""
    asked = _OWN[kind]
    return np.where(_WAITS[state] & (asked != EMPTY), asked, state).astype(np.uint8)


def of_samples(samples: npt.NDArray[np.void]) -> Sighted:
    """Samples of the probe, as sightings."""
    seen = np.empty(len(samples), SIGHTING)
    for name, field in (("t", "t"), ("cpu", "cpu"), ("core_wait", "core_wait"), ("lane", "worker")):
        seen[name] = samples[field]
    seen["state"] = _SAID[samples["state"]]
    return seen


def _sorted(seen: Sighted) -> Sighted:
    return seen[np.lexsort((seen["t"], seen["lane"]))]
