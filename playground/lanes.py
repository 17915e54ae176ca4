"""Lanes: ring records → segments (one worker in one state) → shares per pixel column, exact at every zoom.

A record says how long an op took, how much of that was CPU time and how much was spent ready without a core. What is
left of an op that gave up its core by itself was a wait for the GIL, where the workers share one, or a block. Where
inside the op the wait lay is not recorded; it is drawn in its middle, so an edge is off by at most half a piece (75
µs).

Segments of all lanes of a run stand in one array per pull, which keeps a frame to a handful of numpy calls however
many lanes there are."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab import ring as layout

# states, in the order in which a column is stacked from the bottom
RUN, CORE, IO, LOCK, GIL, SLEEP, EMPTY = range(7)
STATE_COUNT = 6  # EMPTY is what is left of a column
STATE_NAMES = ("running", "waits for a core", "in I/O", "blocked", "waits for the GIL", "sleeping", "")

SLEPT = 1  # record flag: the thread gave up its core by itself during the op
UNSEEN_NS = 30_000  # lost time below this is not drawn on its own; the figures still count it
GUESS_NS = 2_000_000  # a worker in a call for longer, while others finish theirs, waits for the shared GIL
KEEP_NS = 130 * 10**9
MOST_SEGMENTS = 4_000_000

SEGMENT = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<u4"), ("core", "<u2"), ("state", "u1")])
Segments = npt.NDArray[np.void]
_KIND_STATE = np.array([EMPTY, RUN, SLEEP, IO, LOCK, EMPTY], np.uint8)


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
        self.spent = np.zeros((lanes, STATE_COUNT), np.float64)  # ns per state since the start, never trimmed
        self._chunks: deque[Segments] = deque()
        self._raw: list[tuple[int, npt.NDArray[np.void]]] = []
        self._fresh: list[Segments] = []
        self._count = 0
        self._tail_state = np.full(lanes, EMPTY, np.uint8)
        self._tail_since = np.zeros(lanes, np.int64)
        self._dirty: int | None = None
        self.latest = 0  # end of the newest record of any lane

    # -- writing

    def add(self, lane: int, records: npt.NDArray[np.void]) -> None:
        """Take over the records of one lane, oldest first."""
        if not len(records):
            return
        self._raw.append((lane, records))
        end = int(records["end"][-1])
        self._tail_since[lane] = end
        self.latest = max(self.latest, end)

    def set_tail(self, lane: int, kind: int, since: int) -> None:
        """What the ring's header says the lane is doing now, and since when."""
        state = int(_KIND_STATE[kind])
        if state != self._tail_state[lane]:
            self._tail_state[lane] = state
        if since > self._tail_since[lane]:
            self._tail_since[lane] = since

    def settle(self) -> None:
        """Once per pull, after the `add`s: one chunk for all that is new; forget what is too old."""
        if self._raw:
            self._take_over()
        if self._fresh:
            chunk = self._fresh[0] if len(self._fresh) == 1 else np.concatenate(self._fresh)
            self._fresh = []
            if self._chunks and len(self._chunks[-1]) + len(chunk) < 4096:
                self._count -= len(self._chunks[-1])
                chunk = np.concatenate((self._chunks.pop(), chunk))
            self._chunks.append(chunk)
            self._count += len(chunk)
        while self._chunks and (
            self._count > MOST_SEGMENTS or int(self._chunks[0]["end"].max()) < self.latest - KEEP_NS
        ):
            self._count -= len(self._chunks.popleft())

    def _take_over(self) -> None:
        """The records of all lanes at once: two thousand lanes cost little more than two."""
        counts = [len(records) for _, records in self._raw]
        lane = np.repeat(np.array([lane for lane, _ in self._raw], np.int64), counts)
        records = np.concatenate([records for _, records in self._raw])
        self._raw = []
        segments = self._expand(lane, records)
        if len(segments):  # none, where the clock stood still
            self._fresh.append(segments)
        called = records["start"][records["kind"] == layout.RUN]
        if len(called):
            first = int(called.min())
            self._dirty = first if self._dirty is None else min(self._dirty, first)

    def finish(self, now: int) -> None:
        """The run has ended: what its lanes were in the middle of becomes a segment, and is counted."""
        tails = self.tails(now)
        if len(tails):
            np.add.at(self.spent, (tails["lane"], tails["state"]), tails["end"] - tails["start"])
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
        core = np.where(called, np.minimum(records["core_wait"].astype(np.int64), lost), 0)
        slept = (records["flags"] & SLEPT).astype(bool)
        core = np.where(called & ~slept, lost, core)
        rest = lost - core
        rest_state = np.where(called, GIL if self.shared_gil else LOCK, _KIND_STATE[kinds]).astype(np.uint8)
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
            place = lane[alive] * (STATE_COUNT + 1) + state
            sums = np.bincount(place, weights=spent[alive], minlength=self.lanes * (STATE_COUNT + 1))
            self.spent += sums.reshape(self.lanes, STATE_COUNT + 1)[:, :STATE_COUNT]

    # -- reading

    def tail(self, lane: int, now: int) -> tuple[int, int]:
        """Since when a lane has been in its present state, and which (EMPTY: not alive)."""
        tails = self.tails(now)
        own = tails[tails["lane"] == lane]
        return (int(own["start"][0]), int(own["state"][0])) if len(own) else (now, EMPTY)

    def tails(self, now: int) -> Segments:
        """What each lane has been doing since its last record: known for waits, a careful guess for calls."""
        alive = np.flatnonzero((self._tail_state != EMPTY) & (self._tail_since < now) & (self._tail_since > 0))
        tails = np.empty(len(alive), SEGMENT)
        tails["start"], tails["end"], tails["lane"] = self._tail_since[alive], now, alive
        tails["core"] = layout.CORE_UNKNOWN
        state = self._tail_state[alive]
        if self.shared_gil:
            waiting = (
                (state == RUN) & (now - self._tail_since[alive] > GUESS_NS) & (self._tail_since[alive] < self.latest)
            )
            state = np.where(waiting, GIL, state)
        tails["state"] = state
        return tails

    def between(self, first: int, last: int, now: int | None = None) -> Segments:
        """All segments that touch [first, last), tails included when `now` is given."""
        parts = []
        for chunk in reversed(self._chunks):
            hit = chunk[(chunk["end"] > first) & (chunk["start"] < last)]
            if len(hit):
                parts.append(hit)
            elif int(chunk["end"].max(initial=0)) <= first:
                break
        parts.reverse()
        if now is not None:
            tails = self.tails(now)
            parts.append(tails[tails["start"] < last])
        return np.concatenate(parts) if parts else np.empty(0, SEGMENT)

    def shares(self, edges: npt.NDArray[np.int64], now: int) -> npt.NDArray[np.float32]:
        """(lanes, columns, states): the part of each column that each lane spent in each state."""
        columns = len(edges) - 1
        segments = self.between(int(edges[0]), int(edges[-1]), now)
        if not len(segments):
            return np.zeros((self.lanes, columns, STATE_COUNT), np.float32)
        return column_shares(segments, edges, self.lanes)

    def slices(self, first: int, last: int, now: int) -> list[Slice]:
        """Every slice that touches the window, lane by lane, neighbours of one state joined: what the lens shows."""
        segments = self.between(first, last, now)
        segments = merged(segments[np.lexsort((segments["start"], segments["lane"]))])
        return [_slice(segment) for segment in segments]

    def at(self, lane: int, moment: int, now: int) -> Slice | None:
        """What a lane was doing at a moment: for the hover."""
        reach = 500_000_000
        own = [piece for piece in self.slices(moment - reach, moment + reach, now) if piece.lane == lane]
        return next((piece for piece in own if piece.start <= moment < piece.end), None)

    def core_use(self, first: int, last: int, cores: int) -> npt.NDArray[np.float64]:
        """(cores, lanes): ns that each lane ran on each core between two moments."""
        segments = self.between(first, last)
        segments = segments[(segments["state"] == RUN) & (segments["core"] < cores)]
        length = np.minimum(segments["end"], last) - np.maximum(segments["start"], first)
        key = segments["core"].astype(np.int64) * self.lanes + segments["lane"]
        used = np.bincount(key, weights=length, minlength=cores * self.lanes).astype(np.float64)
        return used.reshape(cores, self.lanes)

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


def column_shares(segments: Segments, edges: npt.NDArray[np.int64], lanes: int) -> npt.NDArray[np.float32]:
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
    return np.clip(shares, 0.0, 1.0).transpose(0, 2, 1).astype(np.float32)


def _slice(segment: Any) -> Slice:
    core = int(segment["core"])
    return Slice(
        int(segment["lane"]),
        int(segment["state"]),
        int(segment["start"]),
        int(segment["end"]),
        None if core == layout.CORE_UNKNOWN else core,
    )
