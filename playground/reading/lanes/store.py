"""Lanes: the segments of a run (one worker in one state) → shares per pixel column, exact at every zoom. The store does
not know where segments come from: producers hand them in (recorded_lanes.py, sampled_lanes.py, started_lanes.py).

What a lane does after its last record is told by the live edge (live_edge.py), and drawn behind the segments.

The segments of all lanes are in one array per pull, so that a frame takes a handful of numpy calls however many lanes
there are."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.columns import column_shares, counted
from playground.reading.lanes.heat_bins import BIN_NS, Counts
from playground.reading.lanes.live_edge import LiveEdge, Seen, Tails
from playground.reading.lanes.segments import (
    KEEP_NS,
    NEVER,
    SEGMENT,
    Numbers,
    Sampled,
    Segments,
    Slice,
    Told,
    merged,
    slice_of,
)
from playground.reading.states import EMPTY, RUN, STATE_COUNT

LEAST_RUN, NOT_RUN = 0.05, -3  # the least part of a column for a lane to be named in a ribbon; no lane to name
MANY = 100  # with more lanes, counts by state are kept apart: the stage shows the lanes as one band
MOST_SEGMENTS = 4_000_000


class LaneStore:
    def __init__(self, lanes: int, shared_gil: bool, cores: int | None = None) -> None:
        self.lanes = lanes
        self.live = LiveEdge(lanes, shared_gil, cores or os.cpu_count() or 1)
        self._spent = np.zeros((lanes, STATE_COUNT + 1), np.float64)
        self._spent_by_all = np.zeros(STATE_COUNT + 1, np.float64)
        self._counts = Counts(STATE_COUNT) if lanes > MANY else None
        self._chunks: deque[Segments] = deque()
        self._fresh: list[Segments] = []
        self._count = 0
        self._dirty = NEVER  # the earliest moment at which the picture may have changed
        self.latest = 0  # end of the newest record of any lane

    # -- writing

    def add(self, told: Told) -> None:
        """Take over what a producer has found out."""
        self.live.reach(told.lane, told.end)
        self.latest = max(self.latest, int(told.end.max()))
        for lane, state, ns in told.spent:
            self._spend(lane, state, ns)
        if len(told.segments):  # there may be none, if the clock stood still
            self._fresh.append(told.segments)
        self._dirty = min(self._dirty, told.changed)

    def add_segments(self, segments: Segments) -> None:
        """Take over segments whose own lengths are what counts in the figures."""
        if not len(segments):
            return
        start, end, lane = segments["start"], segments["end"], segments["lane"]
        self._spend(lane, segments["state"], (end - start).astype(np.float64))
        self.live.reach_at_least(lane, end)
        self.latest = max(self.latest, int(end.max()))
        self._fresh.append(merged(segments[np.lexsort((start, lane))]))
        self._dirty = min(self._dirty, int(start.min()))

    def add_sampled(self, told: Sampled) -> None:
        """Take over what samples say."""
        self.add_segments(told.segments)
        for lane, state, ns, instead in told.moved:
            self.take_back(lane, state, ns, instead)
        for lane, state in told.now:
            self.live.tell_tail(lane, state)

    def take_back(self, lane: int, state: int, ns: int, instead: int) -> None:
        """Move `ns` of already reported time from `state` to `instead`."""
        self._spend(np.array([lane, lane]), np.array([state, instead]), np.array([-ns, ns], np.float64))

    def settle(self, seen: Seen | None = None) -> None:
        """Put all new segments into one chunk, and forget those that are too old; once per pull, after `add`. `seen`
        gives what lanes were seen to do since their last records."""
        if self._fresh:
            chunk = np.concatenate(self._fresh)
            self._fresh = []
            if self._counts is not None:
                self._counts.count(chunk["start"], chunk["end"], chunk["state"])
            if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
                self._count -= len(self._chunks[-1])
                chunk = np.concatenate((self._chunks.pop(), chunk))
            self._chunks.append(chunk)
            self._count += len(chunk)
        self._dirty = min(self._dirty, self.live.look(seen))
        while self._chunks and (
            self._count > MOST_SEGMENTS or int(self._chunks[0]["end"].max()) < self.latest - KEEP_NS
        ):
            self._count -= len(self._chunks.popleft())

    def finish(self, now: int) -> None:
        """End all lanes: what they were in the middle of becomes segments, and is counted."""
        tails = self.tails(now)
        if len(tails):
            self._spend(tails["lane"], tails["state"], tails["end"] - tails["start"])
            self._fresh.append(tails)
            self.latest = now
        self.live.end()
        self.settle()

    @classmethod
    def of(cls, lanes: int, segments: Segments, latest: int) -> LaneStore:
        """The store of a run that is over, from its segments: for a picture, without figures."""
        made = cls(lanes, shared_gil=False)
        made._fresh, made.latest = [segments] if len(segments) else [], latest
        made.settle()
        return made

    def take_dirty(self) -> int | None:
        """The earliest moment at which the picture may have changed since the last call; None: only tails changed."""
        dirty, self._dirty = self._dirty, NEVER
        return None if dirty == NEVER else dirty

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
        return self._now(now, among).segments(now)

    def _now(self, now: int, among: range | None = None) -> Tails:
        return self.live.tails(now, self, among)

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

    def shares(self, edges: Numbers, now: int, among: range | None = None) -> npt.NDArray[np.float32]:
        """(lanes, columns, states): the part of each column that each lane (in `among`) spent in each state."""
        among = range(self.lanes) if among is None else among
        segments = self.between(int(edges[0]), int(edges[-1]), now, among if len(among) < self.lanes else None)
        if not len(segments):
            return np.zeros((len(among), len(edges) - 1, STATE_COUNT), np.float32)
        segments["lane"] -= among.start
        return column_shares(segments, edges, len(among))

    def longest_running(self, edges: Numbers, among: Sequence[int] | None = None) -> npt.NDArray[np.int32]:
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

    def counts(self, edges: Numbers, now: int) -> npt.NDArray[np.float32]:
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

    def core_use(self, first: int, last: int, cores: int) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
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
