"""Lanes: ring records → segments (one worker in one state) → shares per pixel column, exact at every zoom.

A record says how long an op took, how much of that was CPU time and how much was spent ready without a core. What is
left of a call that gave up its core by itself was a wait for the GIL, where the workers share one, or a block. Where
inside the op the wait lay is not recorded; it is drawn in its middle, so an edge is off by at most half a piece (75
µs).

Segments of all lanes of a run stand in one array per pull, which keeps a frame to a handful of numpy calls however
many lanes there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.counts import BIN_NS, Bins, Counts
from playground.lab import ring as layout
from playground.states import CORE, EMPTY, GIL, IO, LOCK, RUN, SLEEP, STATE_COUNT, TURN

SLEPT = 1  # record flag: the thread gave up its core by itself during the op
UNSEEN_NS = 30_000  # lost time below this is not drawn on its own; the figures still count it
GUESS_NS = 2_000_000  # a worker in a call for longer, while others finish theirs, waits for the shared GIL
LEAST_RUN, NOT_RUN = 0.05, -3  # of a column, to be named in a ribbon; no lane to name
MANY = 100  # of more lanes, how many are in each state is kept apart: the stage shows them as one band
KEEP_NS = 130 * 10**9
MOST_SEGMENTS = 4_000_000

SEGMENT = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<u4"), ("core", "<u2"), ("state", "u1")])
Segments = npt.NDArray[np.void]
_KIND_STATE = np.array([EMPTY, RUN, SLEEP, IO, LOCK, EMPTY, TURN], np.uint8)


@dataclass(frozen=True)
class Slice:
    """One lane in one state from `start` to `end` (ns on the shared clock)."""

    lane: int
    state: int
    start: int
    end: int
    core: int | None = None


class LaneStore:
    def __init__(self, lanes: int, shared_gil: bool) -> None:
        self.lanes = lanes
        self.shared_gil = shared_gil
        self._spent = np.zeros((lanes, STATE_COUNT + 1), np.float64)
        self._spent_by_all = np.zeros(STATE_COUNT + 1, np.float64)
        self._counts = Counts(STATE_COUNT) if lanes > MANY else None
        self._chunks: deque[Segments] = deque()
        self._fresh: list[Segments] = []
        self._count = 0
        self._tail_state = np.full(lanes, EMPTY, np.uint8)
        self._tail_since = np.zeros(lanes, np.int64)
        self._told_tail = np.full(lanes, EMPTY, np.uint8)  # where somebody looks (samples.py): what is done just now
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
        told_late = records["start"][np.isin(records["kind"], (layout.RUN, layout.TURN, layout.PAUSED))]
        if len(told_late):
            first = int(told_late.min())
            self._dirty = first if self._dirty is None else min(self._dirty, first)

    def add_sampled(self, segments: Segments) -> None:
        """Segments of another source than records."""
        if not len(segments):
            return
        start, end, lane = segments["start"], segments["end"], segments["lane"]
        self._spend(lane, segments["state"], (end - start).astype(np.float64))
        np.maximum.at(self._tail_since, lane, end)
        self.latest = max(self.latest, int(end.max()))
        self._fresh.append(merged(segments[np.lexsort((start, lane))]))
        self._dirty = int(start.min()) if self._dirty is None else min(self._dirty, int(start.min()))

    def take_back(self, lane: int, state: int, ns: int, instead: int) -> None:
        """So much was told too much of a state; it was something else."""
        self._spend(np.array([lane, lane]), np.array([state, instead]), np.array([-ns, ns], np.float64))

    def tell_tail(self, lane: int, state: int) -> None:
        """What a lane whose call goes on was seen doing; EMPTY: nobody looks any more."""
        self._told_tail[lane] = state

    def set_tails(self, lane: npt.NDArray[np.int64], kind: npt.NDArray[np.int64], since: npt.NDArray[np.int64]) -> None:
        """What the rings' headers say that lanes are doing now, and since when."""
        self._tail_state[lane] = _KIND_STATE[kind]
        self._tail_since[lane] = np.maximum(self._tail_since[lane], since)

    def settle(self) -> None:
        """Once per pull, after `add`: one chunk for all that is new; forget what is too old."""
        if self._fresh:
            chunk = self._fresh[0] if len(self._fresh) == 1 else np.concatenate(self._fresh)
            self._fresh = []
            self._count_in(chunk)
            if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
                self._count -= len(self._chunks[-1])
                chunk = np.concatenate((self._chunks.pop(), chunk))
            self._chunks.append(chunk)
            self._count += len(chunk)
        while self._chunks and (
            self._count > MOST_SEGMENTS or int(self._chunks[0]["end"].max()) < self.latest - KEEP_NS
        ):
            self._count -= len(self._chunks.popleft())

    def _count_in(self, segments: Segments) -> None:
        if self._counts is not None:
            first, last = int(segments["start"].min()) // BIN_NS, -(-int(segments["end"].max()) // BIN_NS)
            self._counts.add(first, _counted(segments, np.arange(first, last + 1, dtype=np.int64) * BIN_NS))

    def finish(self, now: int) -> None:
        """The run has ended: what its lanes were in the middle of becomes a segment, and is counted."""
        tails = self.tails(now)
        if len(tails):
            self._spend(tails["lane"], tails["state"], tails["end"] - tails["start"])
            self._fresh.append(tails)
            self.latest = now
        self._tail_state[:] = EMPTY
        self.settle()

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
        called = kinds == layout.RUN
        ready = called | (kinds == layout.IO)  # what comes from memory is not waited for, but needs a core
        core = np.where(ready, np.minimum(records["core_wait"].astype(np.int64), lost), 0)
        slept = (records["flags"] & SLEPT).astype(bool)
        core = np.where(called & ~slept, lost, core)
        rest = lost - core
        usual = np.where(self.usual_wait == EMPTY, GIL if self.shared_gil else LOCK, self.usual_wait)[lane]
        rest_state = np.where(called, usual, _KIND_STATE[kinds]).astype(np.uint8)
        self._account(lane, cpu, core, rest, rest_state, kinds)
        drawn = called & (lost < UNSEEN_NS)
        cpu, core, rest = np.where(drawn, wall, cpu), np.where(drawn, 0, core), np.where(drawn, 0, rest)
        before = np.where(called, cpu // 2, 0)
        bounds = np.stack((start, start + before, start + before + core, start + before + core + rest, end), axis=1)
        segments = np.empty((len(records), 4), SEGMENT)
        segments["start"], segments["end"] = bounds[:, :-1], bounds[:, 1:]
        segments["lane"] = lane[:, None]
        segments["core"] = records["core"][:, None]
        segments["state"][:, (0, 3)] = np.where(kinds == layout.PAUSED, EMPTY, RUN)[:, None]
        segments["state"][:, 1] = CORE
        segments["state"][:, 2] = rest_state
        flat = segments.reshape(-1)
        return merged(flat[flat["end"] > flat["start"]])

    def _account(self, lane: Any, cpu: Any, core: Any, rest: Any, rest_state: Any, kinds: Any) -> None:
        alive = kinds != layout.PAUSED
        for state, spent in ((RUN, cpu), (CORE, core), (rest_state[alive], rest)):
            self._spend(lane[alive], state, spent[alive])

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
            _, since, state = self._now(now)
            spent += np.bincount(state, weights=now - since, minlength=STATE_COUNT + 1)
        return spent[:STATE_COUNT]

    def tail(self, lane: int, now: int) -> tuple[int, int]:
        """Since when a lane has been in its present state, and which (EMPTY: not alive)."""
        own = self.tails(now, range(lane, lane + 1))
        return (int(own["start"][0]), int(own["state"][0])) if len(own) else (now, EMPTY)

    def tails(self, now: int, among: range | None = None) -> Segments:
        """What each lane (of those) is doing since its last record: known for waits, a careful guess for calls."""
        alive, since, state = self._now(now, among)
        tails = np.empty(len(alive), SEGMENT)
        tails["start"], tails["end"], tails["lane"] = since, now, alive
        tails["core"] = layout.CORE_UNKNOWN
        tails["state"] = state
        return tails

    def _now(
        self, now: int, among: range | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The lanes that are alive; since when each has been in which state."""
        own = slice(0, self.lanes) if among is None else slice(among.start, among.stop)
        every, since_when = self._tail_state[own], self._tail_since[own]
        alive = np.flatnonzero((every != EMPTY) & (since_when < now) & (since_when > 0))
        since, state = since_when[alive], every[alive]
        if self.shared_gil:
            state[(state == RUN) & (now - since > GUESS_NS) & (since < self.latest)] = GIL
        told = self._told_tail[own][alive]
        state = np.where((told != EMPTY) & np.isin(state, (RUN, GIL)), told, state)
        return alive + own.start, since, state

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
        _, since, state = self._now(now)
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


def merged(segments: Segments) -> Segments:
    """Neighbours of one lane and one state that touch become one."""
    if len(segments) < 2:
        return segments
    same = (
        (segments["state"][1:] == segments["state"][:-1])
        & (segments["lane"][1:] == segments["lane"][:-1])
        & (segments["start"][1:] <= segments["end"][:-1])
        & (segments["core"][1:] == segments["core"][:-1])
    )
    firsts = np.flatnonzero(np.concatenate(([True], ~same)))
    joined = segments[firsts].copy()
    joined["end"] = segments["end"][np.append(firsts[1:], len(segments)) - 1]
    return joined


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
