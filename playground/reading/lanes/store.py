"""Lanes: ring records → segments (one worker in one state) → shares per pixel column, exact at every zoom.

A record says how long an op took, how much of that was CPU time and how much was spent ready without a core. What is
left the worker waited, for what it had asked for or for the GIL after it: sightings of its thread tell which
(sightings.py). Where inside a call the wait lay is not recorded; it is drawn in its middle, so an edge is off by at
most half a piece (75 µs). Other ops wait first.

What has no record yet is known for a sleep, and from sightings; all else is not known, and says so.

Segments of all lanes of a run stand in one array per pull, which keeps a frame to a handful of numpy calls however
many lanes there are."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring as layout
from playground.reading.lanes.heat_bins import BIN_NS, Bins, Counts
from playground.reading.lanes.sightings import KEEP_NS, NEVER, SEGMENT, Edge, Parts, Sightings, merged, unobserved
from playground.reading.states import CORE, EMPTY, GIL, OF_KIND, RUN, SLEEP, STATE_COUNT, TURN, UNKNOWN

SLEPT = 1  # record flag: the thread gave up its core by itself during the op
UNSEEN_NS = 30_000  # lost time below this is not drawn on its own; the figures still count it
GUESS_NS = 2_000_000  # a worker in a call for longer does something else by now than run, unless it was seen running
STALE_NS = 200_000_000  # what was seen longer ago says nothing of now
MOST_TOGETHER = 2048  # lanes: of more, what each does now is looked at by itself
LEAST_RUN, NOT_RUN = 0.05, -3  # of a column, to be named in a ribbon; no lane to name
MANY = 100  # of more lanes, how many are in each state is kept apart: the stage shows them as one band
MOST_SEGMENTS = 4_000_000

Segments = npt.NDArray[np.void]
_KIND_STATE = np.array(OF_KIND, np.uint8)
_LATE = np.zeros(len(_KIND_STATE), np.bool_)  # kinds of records that tell what was not known before
_LATE[[layout.RUN, layout.TURN, layout.PAUSED, layout.AFTER]] = True


@dataclass(frozen=True)
class Slice:
    """One lane in one state from `start` to `end` (ns on the shared clock)."""

    lane: int
    state: int
    start: int
    end: int
    core: int | None = None


@dataclass(frozen=True)
class Tails:
    """What lanes that are alive do now."""

    lane: npt.NDArray[np.int64]
    since: npt.NDArray[np.int64]
    state: npt.NDArray[np.uint8]
    before: Segments  # … and what they did before that, since their last records


class LaneStore:
    def __init__(self, lanes: int, shared_gil: bool, cores: int | None = None) -> None:
        self.lanes = lanes
        self.shared_gil = shared_gil
        self.cores = cores or os.cpu_count() or 1  # no more lanes than these run at a time
        self.in_turns = False  # in one thread: whose wait is over waits for its turn
        self.observed = False  # does the probe look at the threads of workers?
        self.sightings = Sightings(lanes)
        self._spent = np.zeros((lanes, STATE_COUNT + 1), np.float64)
        self._spent_by_all = np.zeros(STATE_COUNT + 1, np.float64)
        self._counts = Counts(STATE_COUNT) if lanes > MANY else None
        self._chunks: deque[Segments] = deque()
        self._fresh: list[Segments] = []
        self._count = 0
        self._tail_state = np.full(lanes, EMPTY, np.uint8)
        self._tail_since = np.zeros(lanes, np.int64)
        self._tail_kind = np.zeros(lanes, np.int64)
        self._due = np.zeros(lanes, np.int64)  # by lane: when its sleep is over; 0: it does not sleep, or does not say
        self._edge = Edge(np.empty(0, SEGMENT), self.sightings.none, NEVER)
        self._edge_since = np.zeros(lanes, np.int64)
        self._edge_state = np.full(lanes, EMPTY, np.uint8)
        self._known: tuple[int, Tails] | None = None  # the latest answer to what lanes do now
        self._told_tail = np.full(
            lanes, EMPTY, np.uint8
        )  # where somebody looks (sampled_lanes.py): what is done just now
        self.usual_wait = np.full(lanes, EMPTY, np.uint8)  # … and what is waited for within a call, if that was seen
        self._dirty: int | None = None
        self.latest = 0  # end of the newest record of any lane

    # -- writing

    def add(self, records: npt.NDArray[np.void]) -> None:
        """Take over new records, those of each lane oldest first: two thousand lanes cost little more than two."""
        if not len(records):
            return
        lane, end = records["task"].astype(np.int64), records["end"].astype(np.int64)
        self._tail_since[lane] = end  # of several of one lane the last stays
        self.latest = max(self.latest, int(end.max()))
        segments = self._expand(lane, records)
        if len(segments):  # none, where the clock stood still
            self._fresh.append(segments)
        changed = records["start"][_LATE[records["kind"]]]
        if len(changed):
            self._changed(int(changed.min()))

    def _changed(self, moment: int) -> None:
        self._dirty = moment if self._dirty is None else min(self._dirty, moment)

    def add_sampled(self, segments: Segments) -> None:
        """Segments of another source than records."""
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
        """What a lane whose call goes on was seen doing; EMPTY: nobody looks any more."""
        self._told_tail[lane] = state

    def set_tails(
        self,
        lane: npt.NDArray[np.int64],
        kind: npt.NDArray[np.int64],
        since: npt.NDArray[np.int64],
        due: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """What the rings' headers say that lanes are doing now, since when, and when their sleeps are over."""
        self._tail_kind[lane], self._tail_state[lane] = kind, _KIND_STATE[kind]
        self._tail_since[lane] = np.maximum(self._tail_since[lane], since)
        self._due[lane] = 0 if due is None else np.where(kind == layout.SLEEP, due, 0)
        self._known = None

    def settle(self) -> None:
        """Once per pull, after `add`: one chunk for all that is new; forget what is too old."""
        if self._fresh:
            chunk = np.concatenate(self._fresh)
            self._fresh = []
            self._count_in(chunk)
            if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
                self._count -= len(self._chunks[-1])
                chunk = np.concatenate((self._chunks.pop(), chunk))
            self._chunks.append(chunk)
            self._count += len(chunk)
        self._look_at_edge()
        while self._chunks and (
            self._count > MOST_SEGMENTS or int(self._chunks[0]["end"].max()) < self.latest - KEEP_NS
        ):
            self._count -= len(self._chunks.popleft())

    def _look_at_edge(self) -> None:
        self._known = None
        self._edge_state[self._edge.last["lane"]] = EMPTY
        self._edge = self.sightings.edge(self._tail_kind, self._tail_since)
        last = self._edge.last
        self._edge_state[last["lane"]], self._edge_since[last["lane"]] = last["state"], last["t"]
        if self._edge.changed != NEVER:
            self._changed(self._edge.changed)

    def _count_in(self, segments: Segments) -> None:
        if self._counts is not None:
            self._counts.count(segments["start"], segments["end"], segments["state"])

    def finish(self, now: int) -> None:
        """The run has ended: what its lanes were in the middle of becomes a segment, and is counted."""
        tails = self.tails(now)
        if len(tails):
            self._spend(tails["lane"], tails["state"], tails["end"] - tails["start"])
            self._fresh.append(tails)
            self.latest = now
        self._tail_state[:], self._tail_kind[:] = EMPTY, layout.NONE
        self.settle()

    @classmethod
    def of(cls, lanes: int, shared_gil: bool, segments: Segments, latest: int) -> LaneStore:
        """Of a run that is over, by its segments: a picture, no figures."""
        made = cls(lanes, shared_gil)
        made._fresh, made.latest = [segments] if len(segments) else [], latest
        made.settle()
        return made

    def take_dirty(self) -> int | None:
        """The earliest moment whose picture may have changed since the last call (None: nothing behind the tail)."""
        dirty, self._dirty = self._dirty, None
        return dirty

    def _expand(self, lane: npt.NDArray[np.int64], records: npt.NDArray[np.void]) -> Segments:
        start, end = records["start"].astype(np.int64), records["end"].astype(np.int64)
        wall = end - start
        cpu = np.minimum(records["cpu"].astype(np.int64), wall)
        lost = wall - cpu
        kinds = records["kind"]
        called, alive = kinds == layout.RUN, (kinds != layout.PAUSED) & (kinds != layout.TURN)
        core = np.where(alive, np.minimum(records["core_wait"].astype(np.int64), lost), 0)
        slept = (records["flags"] & SLEPT).astype(bool)
        doubtful = (called | (kinds == layout.AFTER)) & (records["flags"] & layout.DOUBT != 0)  # kept waiting: by what?
        core = np.where(called & ~slept & ~doubtful, lost, core)
        seen_in = self.sightings.parts(records) if self.observed else unobserved(len(records))
        if (kinds == layout.AFTER).any():
            self._put_before_sleep(records, core, lost, wall - lost, seen_in.ready)
        gil, unknown, own, seen = self._waits(lane, records, lost - core, seen_in)
        if not (self.observed and self.shared_gil):
            gil, own = np.where(doubtful, 0, gil), np.where(doubtful, 0, own)
            unknown = np.where(doubtful, lost - core, unknown)
        own_state = np.where(called, seen, _KIND_STATE[kinds]).astype(np.uint8)
        own_state[(kinds == layout.TURN) & (records["flags"] & layout.DOUBT != 0)] = UNKNOWN
        self._account(lane, kinds, (RUN, cpu), (CORE, core), (GIL, gil), (UNKNOWN, unknown), (own_state, own))
        unseen = called & (lost < UNSEEN_NS)
        cpu = np.where(unseen, wall, cpu)
        core, gil, unknown, own = (np.where(unseen, 0, part) for part in (core, gil, unknown, own))
        before = np.where(called, cpu // 2, 0)
        late = called | (kinds == layout.SLEEP)  # in it what it waits for itself comes after a wait for a core
        parts = (before, np.where(late, 0, own), core, np.where(late, own, 0), unknown, gil, cpu - before)
        bounds = start[:, None] + np.cumsum(np.stack(parts, axis=1), axis=1)
        segments = np.zeros((len(records), len(parts)), SEGMENT)
        segments["start"], segments["end"] = np.concatenate((start[:, None], bounds[:, :-1]), axis=1), bounds
        segments["lane"] = lane[:, None]
        segments["core"] = records["core"][:, None]
        segments["state"][:, (0, 6)] = np.where(kinds == layout.PAUSED, EMPTY, RUN)[:, None]
        segments["state"][:, (1, 3)] = own_state[:, None]
        segments["state"][:, (2, 4, 5)] = CORE, UNKNOWN, GIL
        flat = segments.ravel()
        return merged(flat[flat["end"] > flat["start"]])

    def _put_before_sleep(self, records: npt.NDArray[np.void], core: Any, lost: Any, cpu: Any, ready: Any) -> None:
        """Python reckons a sleep's end before it lets go of the GIL, and its thread may lose its core before it sleeps.
        What it waited for a core is known for both together, and is noted after the sleep; what does not fit there,
        going by how much of that time it was seen ready, was before it. Changes `core`."""
        kinds, lane = records["kind"], records["task"]
        follows = (kinds[1:] == layout.AFTER) & (kinds[:-1] == layout.SLEEP) & (lane[1:] == lane[:-1])
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

    def _waits(self, lane: Any, records: npt.NDArray[np.void], rest: Any, parts: Parts) -> tuple[Any, Any, Any, Any]:
        """What an op waited, as: for the GIL, not known, and for what it had asked for; and what a call that asked for
        nothing was seen waiting for."""
        none, told = (
            np.zeros(len(rest), np.int64),
            self.usual_wait[lane],
        )  # … by the samples of such code (sampled_lanes.py)
        calls = (records["kind"] == layout.RUN) & (told == EMPTY)
        others = np.where(told == EMPTY, parts.others, told)
        if not self.shared_gil:
            return none, none, rest, others
        if not self.observed:
            gil = np.where(calls | (records["kind"] == layout.AFTER), rest, 0)
            return gil, none, rest - gil, others
        telling = calls | (records["kind"] != layout.RUN)
        gil = np.where(telling, np.rint(rest * parts.gil), 0).astype(np.int64)
        unknown = np.where(telling, np.minimum(np.rint(rest * parts.unknown), rest - gil), 0).astype(np.int64)
        return gil, unknown, rest - gil - unknown, others

    def _account(self, lane: Any, kinds: Any, *parts: tuple[Any, Any]) -> None:
        alive = kinds != layout.PAUSED
        for state, spent in parts:
            self._spend(lane[alive], state if np.isscalar(state) else state[alive], spent[alive])

    def _spend(self, lane: Any, state: Any, ns: Any) -> None:
        state = np.broadcast_to(state, ns.shape)
        some = np.flatnonzero(ns)  # a record has three parts, most of them of no length
        np.add.at(self._spent, (lane[some], state[some]), ns[some])
        self._spent_by_all += np.bincount(state, weights=ns, minlength=STATE_COUNT + 1)

    # -- reading

    @property
    def spent(self) -> npt.NDArray[np.float64]:
        """(lanes, states): ns since the start, of which nothing is ever forgotten."""
        return self._spent[:, :STATE_COUNT]

    def spent_by_all(self, now: int | None = None) -> npt.NDArray[np.float64]:
        """By state: ns that all lanes spent in it together, what they are in the middle of included if `now` is
        given."""
        spent = self._spent_by_all.copy()
        if now is not None:
            tails, size = self._now(now), STATE_COUNT + 1
            before = tails.before
            spent += np.bincount(tails.state, weights=now - tails.since, minlength=size)
            spent += np.bincount(before["state"], weights=before["end"] - before["start"], minlength=size)
        return spent[:STATE_COUNT]

    def tail(self, lane: int, now: int) -> tuple[int, int]:
        """Since when a lane has been in its present state, and which (EMPTY: not alive)."""
        own = self._now(now, range(lane, lane + 1))
        return (int(own.since[0]), int(own.state[0])) if len(own.lane) else (now, EMPTY)

    def states_now(self, now: int) -> npt.NDArray[np.uint8]:
        """By lane: what it does; EMPTY: it has not begun, is paused or has ended."""
        tails, states = self._now(now), np.full(self.lanes, EMPTY, np.uint8)
        states[tails.lane] = tails.state
        return states

    def tails(self, now: int, among: range | None = None) -> Segments:
        """What each lane (of those) has done since its last record."""
        own = self._now(now, among)
        tails = np.empty(len(own.lane), SEGMENT)
        tails["start"], tails["end"], tails["lane"] = own.since, now, own.lane
        tails["core"] = layout.CORE_UNKNOWN
        tails["state"] = own.state
        tails = tails[tails["start"] < now]  # what was seen just now has not lasted yet
        return np.concatenate((own.before, tails)) if len(own.before) else tails

    def _now(self, now: int, among: range | None = None) -> Tails:
        """Of all lanes (or those): what they do now. Where they are few, all are asked about together, since no more of
        them run than there are cores."""
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
            before["end"] = np.minimum(before["end"], now)  # a copy, as it was chosen from
        seen = self._edge_state[lane] != EMPTY
        woken = (self._due[lane] > since) & (self._due[lane] < now) & ~seen
        if woken.any():
            before = np.concatenate((before, _spans(lane[woken], since[woken], self._due[lane[woken]], SLEEP)))
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
        """Sightings say how long a thread ran, and only about when: where more would have run at a time than there are
        cores, what was not recorded is not known."""
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
        """Calls that nobody has seen go on, of which the header tells only that they have begun."""
        long = (state == RUN) & ~seen & (now - since > GUESS_NS)
        if self.observed:
            state[long] = UNKNOWN
        elif self.shared_gil:
            state[long & (since < self.latest)] = GIL

    def _bound(self, state: Any, since: Any, seen: Any) -> None:
        """No more run than there are cores, nor more than one where they share a GIL, unless they were seen to: those
        who told last that they do; of the others it is not known."""
        if self.shared_gil:
            self._keep_newest(state, since, (state == RUN) & ~seen, 1)
        self._keep_newest(state, since, state == RUN, self.cores)

    @staticmethod
    def _keep_newest(state: Any, since: Any, running: Any, most: int) -> None:
        which = np.flatnonzero(running)
        if len(which) > most:
            state[which[np.argsort(since[which], kind="stable")][:-most]] = UNKNOWN

    def between(self, first: int, last: int, now: int | None = None, among: range | None = None) -> Segments:
        """All segments (of those lanes) that touch [first, last), tails included when `now` is given."""
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
        """(lanes, columns, states): the part of each column that each lane (of those) spent in each state."""
        among = range(self.lanes) if among is None else among
        segments = self.between(int(edges[0]), int(edges[-1]), now, among if len(among) < self.lanes else None)
        if not len(segments):
            return np.zeros((len(among), len(edges) - 1, STATE_COUNT), np.float32)
        segments["lane"] -= among.start
        return column_shares(segments, edges, len(among))

    def longest_running(
        self, edges: npt.NDArray[np.int64], among: Sequence[int] | None = None
    ) -> npt.NDArray[np.int32]:
        """For each column the lane (among those) that ran longest in it by its stamps; −3 where none did."""
        longest = np.full(len(edges) - 1, NOT_RUN, np.int32)
        segments = self.between(int(edges[0]), int(edges[-1]), int(edges[-1]))
        segments = segments[segments["state"] == RUN]
        if among is not None and len(among) < self.lanes:
            segments = segments[np.isin(segments["lane"], among)]
        lanes = np.unique(segments["lane"])  # of thousands only few run in a window
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
            counts = _counted(self.between(first, last), edges)
        else:
            counts = self._counts.columns(edges)
        tails = self._now(now)
        since, state = tails.since, tails.state
        if len(tails.before):
            counts = counts + _counted(tails.before, edges)
        # Of a hundred thousand most have been in their state since before the first column: those are only counted.
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
        """Every slice (of those lanes, in that state) that touches the window, lane by lane, neighbours joined."""
        segments = self.between(first, last, now, among)
        if state is not None:
            segments = segments[segments["state"] == state]
        segments = merged(segments[np.lexsort((segments["start"], segments["lane"]))])
        return [_slice(segment) for segment in segments]

    def at(self, lane: int, moment: int, now: int) -> Slice | None:
        """What a lane was doing at a moment: for the hover."""
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
        """Mean length of an unbroken run on all lanes: tells how wide a column must be to hold about eight."""
        segments = self.between(first, last)
        segments = segments[segments["state"] == RUN]
        if not len(segments):
            return None
        segments = merged(segments[np.lexsort((segments["start"], segments["lane"]))])
        return float((segments["end"] - segments["start"]).mean())


def most_at_once(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> int:
    """How many of these spans there are at one moment at most; one that begins where another ends is not with it."""
    if not len(start):
        return 0
    starts, ends = np.sort(start), np.sort(end)
    return int((np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")).max())


def _spans(lane: Any, start: Any, end: Any, state: int) -> Segments:
    spans = np.empty(len(lane), SEGMENT)
    spans["start"], spans["end"], spans["lane"] = start, end, lane
    spans["core"], spans["state"] = layout.CORE_UNKNOWN, state
    return spans


def column_shares(
    segments: Segments, edges: npt.NDArray[np.int64], lanes: int, most: float | None = 1.0
) -> npt.NDArray[np.float32]:
    """Spread segments over columns: whole columns in the middle of a segment, parts at its ends."""
    columns = len(edges) - 1
    origin, width = int(edges[0]), int(edges[1] - edges[0])
    keep = segments["state"] < STATE_COUNT
    segments = segments[keep]
    start = np.clip(segments["start"] - origin, 0, columns * width)
    end = np.clip(segments["end"] - origin, 0, columns * width)
    row = segments["lane"].astype(np.int64) * STATE_COUNT + segments["state"]
    # A segment's shares are 0 … part, 1, 1, … 1, part … 0: their differences from column to column are non-zero only in
    # the columns in which it starts and ends, so they are noted there and summed up once.
    size = columns + 2
    moment = np.concatenate((start, end))
    sign = np.repeat((1.0, -1.0), len(start))
    column = np.minimum(moment // width, columns)
    part = (moment - column * width) / width * sign
    place = np.concatenate((row, row)) * size + column
    slope = np.bincount(
        np.concatenate((place, place + 1)), np.concatenate((sign - part, part)), lanes * STATE_COUNT * size
    )
    shares = np.cumsum(slope.reshape(lanes, STATE_COUNT, size), axis=2)[:, :, :columns]
    return np.clip(shares, 0.0, most).transpose(0, 2, 1).astype(np.float32)


def _counted(segments: Segments, edges: npt.NDArray[np.int64]) -> Bins:
    """(columns, states): how many of them are in each state."""
    as_one = segments.copy()
    as_one["lane"] = 0
    counts: Bins = column_shares(as_one, edges, 1, most=None)[0]
    return counts


def _slice(segment: Any) -> Slice:
    core = int(segment["core"])
    return Slice(
        int(segment["lane"]),
        int(segment["state"]),
        int(segment["start"]),
        int(segment["end"]),
        None if core == layout.CORE_UNKNOWN else core,
    )
