"""Lanes: the segments of a run (one worker in one state) → shares per pixel column, exact at every zoom. The store does
not know where segments come from: producers hand them in (recorded_lanes.py, sampled_lanes.py, started_lanes.py).

What a lane does after its last record is known from sightings, and for a sleep. Beyond that, a lane is shown as not
known rather than guessed.

The segments of all lanes are in one array per pull, so that a frame takes a handful of numpy calls however many lanes
there are."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring as layout
from playground.reading.lanes.columns import column_shares, counted
from playground.reading.lanes.heat_bins import BIN_NS, Counts
from playground.reading.lanes.segments import (
    KEEP_NS,
    NEVER,
    SEGMENT,
    Edge,
    Segments,
    Slice,
    Told,
    merged,
    most_at_once,
    slice_of,
    spans,
)
from playground.reading.states import EMPTY, GIL, OF_KIND, RUN, SLEEP, STATE_COUNT, TURN, UNKNOWN

GUESS_NS = 2_000_000  # a worker that is in a call for longer is not taken to run, unless it was seen running
STALE_NS = 200_000_000  # a sighting from longer ago says nothing about now
MOST_TOGETHER = 2048  # lanes: with more, each lane's present state is found by itself
LEAST_RUN, NOT_RUN = 0.05, -3  # the least part of a column for a lane to be named in a ribbon; no lane to name
MANY = 100  # with more lanes, counts by state are kept apart: the stage shows the lanes as one band
MOST_SEGMENTS = 4_000_000

Seen = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], Edge]  # by lane: kind of its op, and since when
_KIND_STATE = np.array(OF_KIND, np.uint8)


@dataclass(frozen=True)
class Tails:
    """What the living lanes do now: in which state each is, and since when."""

    lane: npt.NDArray[np.int64]
    since: npt.NDArray[np.int64]
    state: npt.NDArray[np.uint8]
    before: Segments  # what they did before that, since their last records


class LaneStore:
    def __init__(self, lanes: int, shared_gil: bool, cores: int | None = None) -> None:
        self.lanes = lanes
        self.shared_gil = shared_gil
        self.cores = cores or os.cpu_count() or 1  # no more lanes than cores run at a time
        self.in_turns = False  # do all run in one thread? Then a worker whose sleep is over waits for its turn
        self.observed = False  # does the probe look at the workers' threads?
        self._spent = np.zeros((lanes, STATE_COUNT + 1), np.float64)
        self._spent_by_all = np.zeros(STATE_COUNT + 1, np.float64)
        self._counts = Counts(STATE_COUNT) if lanes > MANY else None
        self._chunks: deque[Segments] = deque()
        self._fresh: list[Segments] = []
        self._count = 0
        self._tail_state = np.full(lanes, EMPTY, np.uint8)
        self._tail_since = np.zeros(lanes, np.int64)
        self._tail_kind = np.zeros(lanes, np.int64)
        self._due = np.zeros(lanes, np.int64)  # by lane: when its sleep ends; 0: it is not asleep, or that is not known
        self._edge = Edge(np.empty(0, SEGMENT), np.empty(0, SEGMENT), NEVER)
        self._edge_since = np.zeros(lanes, np.int64)
        self._edge_state = np.full(lanes, EMPTY, np.uint8)
        self._known: tuple[int, Tails] | None = None  # the latest tails, and their moment
        self._told_tail = np.full(lanes, EMPTY, np.uint8)  # by lane: its state now, by samples; EMPTY: not sampled
        self._dirty: int | None = None
        self.latest = 0  # end of the newest record of any lane

    # -- writing

    def add(self, told: Told) -> None:
        """Take over what a producer has found out."""
        self._tail_since[told.lane] = told.end  # the last entry of a lane stays
        self.latest = max(self.latest, int(told.end.max()))
        for lane, state, ns in told.spent:
            self._spend(lane, state, ns)
        if len(told.segments):  # there may be none, if the clock stood still
            self._fresh.append(told.segments)
        if told.changed != NEVER:
            self._changed(told.changed)

    def _changed(self, moment: int) -> None:
        self._dirty = moment if self._dirty is None else min(self._dirty, moment)

    def add_segments(self, segments: Segments) -> None:
        """Take over segments whose own lengths are what counts in the figures."""
        if not len(segments):
            return
        start, end, lane = segments["start"], segments["end"], segments["lane"]
        self._spend(lane, segments["state"], (end - start).astype(np.float64))
        np.maximum.at(self._tail_since, lane, end)
        self.latest = max(self.latest, int(end.max()))
        self._fresh.append(merged(segments[np.lexsort((start, lane))]))
        self._changed(int(start.min()))

    def take_back(self, lane: int, state: int, ns: int, instead: int) -> None:
        """Move `ns` of already reported time from `state` to `instead`."""
        self._spend(np.array([lane, lane]), np.array([state, instead]), np.array([-ns, ns], np.float64))

    def tell_tail(self, lane: int, state: int) -> None:
        """Note the state in which samples saw a lane whose call goes on; EMPTY: it is no longer sampled."""
        self._told_tail[lane] = state

    def set_tails(
        self,
        lane: npt.NDArray[np.int64],
        kind: npt.NDArray[np.int64],
        since: npt.NDArray[np.int64],
        due: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """Take over from headers what lanes are doing now, since when, and when their sleeps end."""
        self._tail_kind[lane], self._tail_state[lane] = kind, _KIND_STATE[kind]
        self._tail_since[lane] = np.maximum(self._tail_since[lane], since)
        self._due[lane] = 0 if due is None else np.where(kind == layout.SLEEP, due, 0)
        self._known = None

    def settle(self, seen: Seen | None = None) -> None:
        """Put all new segments into one chunk, and forget those that are too old; once per pull, after `add`. `seen`
        gives what lanes were seen to do since their last records."""
        if self._fresh:
            chunk = np.concatenate(self._fresh)
            self._fresh = []
            self._count_in(chunk)
            if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
                self._count -= len(self._chunks[-1])
                chunk = np.concatenate((self._chunks.pop(), chunk))
            self._chunks.append(chunk)
            self._count += len(chunk)
        self._look_at_edge(seen)
        while self._chunks and (
            self._count > MOST_SEGMENTS or int(self._chunks[0]["end"].max()) < self.latest - KEEP_NS
        ):
            self._count -= len(self._chunks.popleft())

    def _look_at_edge(self, seen: Seen | None) -> None:
        self._known = None
        if seen is None:
            return
        self._edge_state[self._edge.last["lane"]] = EMPTY
        self._edge = seen(self._tail_kind, self._tail_since)
        last = self._edge.last
        self._edge_state[last["lane"]], self._edge_since[last["lane"]] = last["state"], last["t"]
        if self._edge.changed != NEVER:
            self._changed(self._edge.changed)

    def _count_in(self, segments: Segments) -> None:
        if self._counts is not None:
            self._counts.count(segments["start"], segments["end"], segments["state"])

    def finish(self, now: int) -> None:
        """End all lanes: what they were in the middle of becomes segments, and is counted."""
        tails = self.tails(now)
        if len(tails):
            self._spend(tails["lane"], tails["state"], tails["end"] - tails["start"])
            self._fresh.append(tails)
            self.latest = now
        self._tail_state[:], self._tail_kind[:] = EMPTY, layout.NONE
        self.settle()

    @classmethod
    def of(cls, lanes: int, shared_gil: bool, segments: Segments, latest: int) -> LaneStore:
        """The store of a run that is over, from its segments: for a picture, without figures."""
        made = cls(lanes, shared_gil)
        made._fresh, made.latest = [segments] if len(segments) else [], latest
        made.settle()
        return made

    def take_dirty(self) -> int | None:
        """The earliest moment at which the picture may have changed since the last call; None: only tails changed."""
        dirty, self._dirty = self._dirty, None
        return dirty

    def _spend(self, lane: Any, state: Any, ns: Any) -> None:
        state = np.broadcast_to(state, ns.shape)
        some = np.flatnonzero(ns)  # most parts of a record have no length
        np.add.at(self._spent, (lane[some], state[some]), ns[some])
        self._spent_by_all += np.bincount(state, weights=ns, minlength=STATE_COUNT + 1)

    # -- reading

    @property
    def spent(self) -> npt.NDArray[np.float64]:
        """(lanes, states): ns in each state since the start. These sums are never forgotten."""
        return self._spent[:, :STATE_COUNT]

    def spent_by_all(self, now: int | None = None) -> npt.NDArray[np.float64]:
        """By state, ns that all lanes together spent in it; if `now` is given, including what they are in the middle
        of."""
        spent = self._spent_by_all.copy()
        if now is not None:
            tails, size = self._now(now), STATE_COUNT + 1
            before = tails.before
            spent += np.bincount(tails.state, weights=now - tails.since, minlength=size)
            spent += np.bincount(before["state"], weights=before["end"] - before["start"], minlength=size)
        return spent[:STATE_COUNT]

    def tail(self, lane: int, now: int) -> tuple[int, int]:
        """Since when a lane has been in its present state, and the state (EMPTY: it is not alive)."""
        own = self._now(now, range(lane, lane + 1))
        return (int(own.since[0]), int(own.state[0])) if len(own.lane) else (now, EMPTY)

    def states_now(self, now: int) -> npt.NDArray[np.uint8]:
        """The state of each lane; EMPTY: it has not begun, is paused or has ended."""
        tails, states = self._now(now), np.full(self.lanes, EMPTY, np.uint8)
        states[tails.lane] = tails.state
        return states

    def tails(self, now: int, among: range | None = None) -> Segments:
        """What each lane (in `among`) has done since its last record, as segments."""
        own = self._now(now, among)
        tails = np.empty(len(own.lane), SEGMENT)
        tails["start"], tails["end"], tails["lane"] = own.since, now, own.lane
        tails["core"] = layout.CORE_UNKNOWN
        tails["state"] = own.state
        tails = tails[tails["start"] < now]  # a state that was seen just now has no length yet
        return np.concatenate((own.before, tails)) if len(own.before) else tails

    def _now(self, now: int, among: range | None = None) -> Tails:
        """What all lanes (or those in `among`) do now. If they are not too many, all are looked at together, so that no
        more of them run than there are cores."""
        if self.lanes > MOST_TOGETHER:
            return self._found(now, range(self.lanes) if among is None else among)
        if self._known is None or self._known[0] != now:
            self._known = now, self._found(now, range(self.lanes))
        tails = self._known[1]
        if among is None or len(among) == self.lanes:
            return tails
        own = (tails.lane >= among.start) & (tails.lane < among.stop)
        before = tails.before[(tails.before["lane"] >= among.start) & (tails.before["lane"] < among.stop)]
        return Tails(tails.lane[own], tails.since[own], tails.state[own], before)

    def _found(self, now: int, among: range) -> Tails:
        own = slice(among.start, among.stop)
        every, since_when = self._tail_state[own], self._tail_since[own]
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
        told = self._told_tail[lane]
        told_now = (told != EMPTY) & ((state == RUN) | (state == GIL) | (state == UNKNOWN))
        self._doubt(state, since, seen | told_now, now)
        state[told_now] = told[told_now]
        self._bound(state, since, seen | told_now)
        if len(among) == self.lanes <= MOST_TOGETHER:
            self._fit(before, state, since, now)
        return Tails(lane, since, state, before)

    def _fit(self, before: Segments, state: Any, since: Any, now: int) -> None:
        """Sightings say how long a thread ran, but only roughly when. Where that makes more lanes run at a time than
        there are cores, the ones that fit no more become UNKNOWN; records always stay."""
        pieces, lanes = np.flatnonzero(before["state"] == RUN), np.flatnonzero(state == RUN)
        if not len(pieces) and not len(lanes):
            return
        start = np.concatenate((before["start"][pieces], since[lanes]))
        end = np.concatenate((before["end"][pieces], np.full(len(lanes), now)))
        recorded = self.between(int(start.min()), now)
        recorded = recorded[recorded["state"] == RUN]
        kept_start, kept_end = recorded["start"], recorded["end"]
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

    def _doubt(self, state: Any, since: Any, seen: Any, now: int) -> None:
        """Change the state of long calls of which only the begin is known, from a header, and no sighting."""
        long = (state == RUN) & ~seen & (now - since > GUESS_NS)
        if self.observed:
            state[long] = UNKNOWN
        elif self.shared_gil:
            state[long & (since < self.latest)] = GIL

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

    def between(self, first: int, last: int, now: int | None = None, among: range | None = None) -> Segments:
        """All segments (of the lanes in `among`) that overlap [first, last); with tails if `now` is given."""
        parts = []
        for chunk in reversed(self._chunks):
            hit = chunk[(chunk["end"] > first) & (chunk["start"] < last)]
            if len(hit):
                parts.append(hit if among is None else hit[(hit["lane"] >= among.start) & (hit["lane"] < among.stop)])
            elif int(chunk["end"].max(initial=0)) <= first:
                break
        parts.reverse()
        if now is not None:
            tails = self.tails(now, among)
            parts.append(tails[tails["start"] < last])
        return np.concatenate(parts) if parts else np.empty(0, SEGMENT)

    def shares(self, edges: npt.NDArray[np.int64], now: int, among: range | None = None) -> npt.NDArray[np.float32]:
        """(lanes, columns, states): the part of each column that each lane (in `among`) spent in each state."""
        among = range(self.lanes) if among is None else among
        segments = self.between(int(edges[0]), int(edges[-1]), now, among if len(among) < self.lanes else None)
        if not len(segments):
            return np.zeros((len(among), len(edges) - 1, STATE_COUNT), np.float32)
        segments["lane"] -= among.start
        return column_shares(segments, edges, len(among))

    def longest_running(
        self, edges: npt.NDArray[np.int64], among: Sequence[int] | None = None
    ) -> npt.NDArray[np.int32]:
        """For each column, the lane (in `among`) that ran longest in it by its stamps; NOT_RUN if none did."""
        longest = np.full(len(edges) - 1, NOT_RUN, np.int32)
        segments = self.between(int(edges[0]), int(edges[-1]), int(edges[-1]))
        segments = segments[segments["state"] == RUN]
        if among is not None and len(among) < self.lanes:
            segments = segments[np.isin(segments["lane"], among)]
        lanes = np.unique(segments["lane"])  # only few of thousands of lanes run within a window
        segments["lane"] = np.searchsorted(lanes, segments["lane"])
        if len(lanes):
            running = column_shares(segments, edges, len(lanes))[:, :, RUN]
            best = running.argmax(axis=0)
            longest = np.where(running.max(axis=0) < LEAST_RUN, NOT_RUN, lanes[best]).astype(np.int32)
        return longest

    def counts(self, edges: npt.NDArray[np.int64], now: int) -> npt.NDArray[np.float32]:
        """(columns, states): how many lanes were in each state, on average over each column."""
        first, last, width = int(edges[0]), int(edges[-1]), int(edges[1] - edges[0])
        if self._counts is None or width < 2 * BIN_NS:
            counts = counted(self.between(first, last), edges)
        else:
            counts = self._counts.columns(edges)
        tails = self._now(now)
        since, state = tails.since, tails.state
        if len(tails.before):
            counts = counts + counted(tails.before, edges)
        # Most of a hundred thousand lanes are in their state since before the first column: these are only counted.
        standing = np.bincount(state[since <= first], minlength=STATE_COUNT)
        begun = (since > first) & (since < last)
        column, within = np.divmod(since[begun] - first, width)
        place, shape = column * STATE_COUNT + state[begun], counts.shape
        more = np.bincount(place, minlength=counts.size).reshape(shape)
        missed = np.bincount(place, weights=within / width, minlength=counts.size).reshape(shape)
        over = np.clip((now - edges[:-1]) / width, 0, 1)[:, None]  # how much of each column
        counts += (standing + np.cumsum(more, axis=0)) * over - missed
        return counts

    def slices(
        self, first: int, last: int, now: int, among: range | None = None, state: int | None = None
    ) -> list[Slice]:
        """The slices (of the lanes in `among`, in `state`) that overlap a window, lane by lane, neighbours joined."""
        segments = self.between(first, last, now, among)
        if state is not None:
            segments = segments[segments["state"] == state]
        segments = merged(segments[np.lexsort((segments["start"], segments["lane"]))])
        return [slice_of(segment) for segment in segments]

    def at(self, lane: int, moment: int, now: int) -> Slice | None:
        """The slice of a lane at a moment, for hovering."""
        reach = 500_000_000
        own = self.slices(moment - reach, moment + reach, now, range(lane, lane + 1))
        return next((piece for piece in own if piece.start <= moment < piece.end), None)

    def core_use(
        self, first: int, last: int, cores: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Core, lane and ns of each lane that ran on a core between two moments."""
        segments = self.between(first, last)
        segments = segments[(segments["state"] == RUN) & (segments["core"] < cores)]
        length = np.minimum(segments["end"], last) - np.maximum(segments["start"], first)
        key = segments["core"].astype(np.int64) * self.lanes + segments["lane"]
        seen, which = np.unique(key, return_inverse=True)
        used = np.bincount(which, weights=length, minlength=len(seen)).astype(np.float64)
        return seen // self.lanes, seen % self.lanes, used

    def mean_slice_ns(self, first: int, last: int) -> float | None:
        """The mean length of an unbroken run over all lanes: without other sources, hand-offs are estimated from it."""
        segments = self.between(first, last)
        segments = segments[segments["state"] == RUN]
        if not len(segments):
            return None
        segments = merged(segments[np.lexsort((segments["start"], segments["lane"]))])
        return float((segments["end"] - segments["start"]).mean())
