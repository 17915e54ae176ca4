"""The live edge: what each living lane has done since its last record, and what it does now. It is known from headers
(the kind of its op, and since when), from sightings, and, of a sleep, from when it is due. What cannot be, such as more
running lanes than there are cores, becomes unknown: nothing is guessed.

All lanes are looked at together, so that a frame takes a handful of numpy calls however many lanes there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.reading.lanes.segments import NEVER, SEGMENT, Edge, Numbers, Segments, most_at_once, spans
from playground.reading.states import EMPTY, GIL, OF_KIND, RUN, SLEEP, TURN, UNKNOWN

GUESS_NS = 2_000_000  # a worker that is in a call for longer is not taken to run, unless it was seen running
STALE_NS = 200_000_000  # a sighting from longer ago says nothing about now
MOST_TOGETHER = 2048  # lanes: with more, each lane's present state is found by itself

Seen = Callable[[Numbers, Numbers], Edge]  # by lane: kind of its op, and since when
_KIND_STATE = np.array(OF_KIND, np.uint8)
NOTHING_SEEN = Edge(np.empty(0, SEGMENT), np.empty(0, SEGMENT), NEVER)


class Recorded(Protocol):
    """What the live edge needs of the store: what is recorded."""

    latest: int  # end of the newest record of any lane

    def between(self, first: int, last: int) -> Segments: ...


@dataclass(frozen=True)
class Tails:
    """What the living lanes do now: in which state each is, and since when."""

    lane: Numbers
    since: Numbers
    state: npt.NDArray[np.uint8]
    before: Segments  # what they did before that, since their last records

    def segments(self, now: int) -> Segments:
        """All of that as segments that end at `now`."""
        tails = np.empty(len(self.lane), SEGMENT)
        tails["start"], tails["end"], tails["lane"] = self.since, now, self.lane
        tails["core"], tails["state"] = ring.CORE_UNKNOWN, self.state
        tails = tails[tails["start"] < now]  # a state that was seen just now has no length yet
        return np.concatenate((self.before, tails)) if len(self.before) else tails


class LiveEdge:
    def __init__(self, lanes: int, shared_gil: bool, cores: int) -> None:
        self.lanes = lanes
        self.shared_gil = shared_gil
        self.cores = cores  # no more lanes than cores run at a time
        self.in_turns = False  # do all run in one thread? Then a worker whose sleep is over waits for its turn
        self.observed = False  # does the probe look at the workers' threads?
        self._state = np.full(lanes, EMPTY, np.uint8)
        self._since = np.zeros(lanes, np.int64)
        self._kind = np.zeros(lanes, np.int64)
        self._due = np.zeros(lanes, np.int64)  # by lane: when its sleep ends; 0: it is not asleep, or that is not known
        self._edge = NOTHING_SEEN
        self._edge_since = np.zeros(lanes, np.int64)
        self._edge_state = np.full(lanes, EMPTY, np.uint8)
        self._told = np.full(lanes, EMPTY, np.uint8)  # by lane: its state now, by samples; EMPTY: not sampled
        self._known: tuple[int, Tails] | None = None  # the latest tails, and their moment

    # -- writing

    def reach(self, lane: Numbers, end: Numbers) -> None:
        """The records of lanes reach up to `end`; of several entries of a lane the last one counts."""
        self._since[lane] = end

    def reach_at_least(self, lane: Numbers, end: Numbers) -> None:
        """As `reach`, but a lane that has got further stays where it is."""
        np.maximum.at(self._since, lane, end)

    def set_tails(self, lane: Numbers, kind: Numbers, since: Numbers, due: Numbers | None = None) -> None:
        """Take over from headers what lanes are doing now, since when, and when their sleeps end."""
        self._kind[lane], self._state[lane] = kind, _KIND_STATE[kind]
        self._since[lane] = np.maximum(self._since[lane], since)
        self._due[lane] = 0 if due is None else np.where(kind == ring.SLEEP, due, 0)
        self._known = None

    def tell_tail(self, lane: int, state: int) -> None:
        """Note the state in which samples saw a lane whose call goes on; EMPTY: it is no longer sampled."""
        self._told[lane] = state

    def look(self, seen: Seen | None) -> int:
        """Take over what lanes were seen to do since their last records. Gives from when on this may differ from what
        was said before; NEVER: it does not."""
        self._known = None
        if seen is None:
            return NEVER
        self._forget()
        self._edge = seen(self._kind, self._since)
        last = self._edge.last
        self._edge_state[last["lane"]], self._edge_since[last["lane"]] = last["state"], last["t"]
        return self._edge.changed

    def end(self) -> None:
        """All lanes have ended; what they were seen to do since their last records is no longer told here."""
        self._state[:], self._kind[:] = EMPTY, ring.NONE
        self._forget()
        self._known = None

    def _forget(self) -> None:
        self._edge_state[self._edge.last["lane"]] = EMPTY
        self._edge = NOTHING_SEEN

    # -- reading

    def tails(self, now: int, recorded: Recorded, among: range | None = None) -> Tails:
        """What all lanes (or those in `among`) do now. If they are not too many, all are looked at together, so that no
        more of them run than there are cores."""
        if self.lanes > MOST_TOGETHER:
            return self._found(now, range(self.lanes) if among is None else among, recorded)
        if self._known is None or self._known[0] != now:
            self._known = now, self._found(now, range(self.lanes), recorded)
        tails = self._known[1]
        if among is None or len(among) == self.lanes:
            return tails
        own = (tails.lane >= among.start) & (tails.lane < among.stop)
        before = tails.before[(tails.before["lane"] >= among.start) & (tails.before["lane"] < among.stop)]
        return Tails(tails.lane[own], tails.since[own], tails.state[own], before)

    def _found(self, now: int, among: range, recorded: Recorded) -> Tails:
        own = slice(among.start, among.stop)
        every, since_when = self._state[own], self._since[own]
        alive = np.flatnonzero((every != EMPTY) & (since_when < now) & (since_when > 0))
        lane, since, state = alive + among.start, since_when[alive], every[alive]
        before = self._edge.pieces
        if len(before):
            before = before[(before["lane"] >= among.start) & (before["lane"] < among.stop) & (before["start"] < now)]
            before["end"] = np.minimum(before["end"], now)  # `before` is a copy, made by the selection
        seen = self._edge_state[lane] != EMPTY
        woken = (self._due[lane] > since) & (self._due[lane] < now) & ~seen
        if woken.any():
            before = np.concatenate((before, spans(lane[woken], since[woken], self._due[lane[woken]], SLEEP)))
            since = np.where(woken, self._due[lane], since)
            state[woken] = TURN if self.in_turns else UNKNOWN
        since = np.where(seen, np.minimum(self._edge_since[lane], now), since)
        state[seen] = self._edge_state[lane[seen]]
        state[seen & (now - since > STALE_NS)] = UNKNOWN
        told = self._told[lane]
        told_now = (told != EMPTY) & ((state == RUN) | (state == GIL) | (state == UNKNOWN))
        self._doubt(state, since, seen | told_now, now, recorded.latest)
        state[told_now] = told[told_now]
        self._bound(state, since, seen | told_now)
        if len(among) == self.lanes <= MOST_TOGETHER:
            self._fit(before, state, since, now, recorded)
        return Tails(lane, since, state, before)

    def _fit(self, before: Segments, state: Any, since: Any, now: int, recorded: Recorded) -> None:
        """Sightings say how long a thread ran, but only roughly when. Where that makes more lanes run at a time than
        there are cores, the ones that fit no more become UNKNOWN; records always stay."""
        pieces, lanes = np.flatnonzero(before["state"] == RUN), np.flatnonzero(state == RUN)
        if not len(pieces) and not len(lanes):
            return
        start = np.concatenate((before["start"][pieces], since[lanes]))
        end = np.concatenate((before["end"][pieces], np.full(len(lanes), now)))
        kept = recorded.between(int(start.min()), now)
        kept = kept[kept["state"] == RUN]
        kept_start, kept_end = kept["start"], kept["end"]
        if most_at_once(np.concatenate((kept_start, start)), np.concatenate((kept_end, end))) <= self.cores:
            return
        for one in np.argsort(end, kind="stable")[::-1]:
            over = (kept_start < end[one]) & (kept_end > start[one])
            starts = np.concatenate((kept_start[over], [start[one]]))
            if most_at_once(starts, np.concatenate((kept_end[over], [end[one]]))) <= self.cores:
                kept_start = np.concatenate((kept_start, [start[one]]))
                kept_end = np.concatenate((kept_end, [end[one]]))
            elif one < len(pieces):
                before["state"][pieces[one]] = UNKNOWN
            else:
                state[lanes[one - len(pieces)]] = UNKNOWN

    def _doubt(self, state: Any, since: Any, seen: Any, now: int, latest: int) -> None:
        """Change the state of long calls of which only the begin is known, from a header, and no sighting."""
        long = (state == RUN) & ~seen & (now - since > GUESS_NS)
        if self.observed:
            state[long] = UNKNOWN
        elif self.shared_gil:
            state[long & (since < latest)] = GIL

    def _bound(self, state: Any, since: Any, seen: Any) -> None:
        """Let no more lanes run than there are cores; and of lanes that share a GIL and were not seen, only one. Those
        that began last stay; the others become UNKNOWN."""
        if self.shared_gil:
            self._keep_newest(state, since, (state == RUN) & ~seen, 1)
        self._keep_newest(state, since, state == RUN, self.cores)

    @staticmethod
    def _keep_newest(state: Any, since: Any, running: Any, most: int) -> None:
        which = np.flatnonzero(running)
        if len(which) > most:
            state[which[np.argsort(since[which], kind="stable")][:-most]] = UNKNOWN
