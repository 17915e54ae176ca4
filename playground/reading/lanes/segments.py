"""Segments: one worker in one state from a start to an end. Producers make them from records, samples or sightings; the
store keeps them and does not know their sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring

SEGMENT = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<u4"), ("core", "<u2"), ("state", "u1")])
NEVER = np.iinfo(np.int64).max
KEEP_NS = 130 * 10**9  # older segments are forgotten; older pieces of the live edge are summed up

Segments = npt.NDArray[np.void]
Numbers = npt.NDArray[np.int64]  # lanes, moments, lengths of time in ns
Pieces = list[tuple[int, int, int, int, int]]  # segments as plain tuples: start, end, lane, core, state
Moved = list[tuple[int, int, int, int]]  # lane, state, ns, instead: already reported time that was something else
Spent = tuple[Any, Any, Any]  # lanes; their states, or one for all; ns


@dataclass(frozen=True)
class Slice:
    """One lane in one state from `start` to `end` (ns on the shared clock)."""

    lane: int
    state: int
    start: int
    end: int
    core: int | None = None


class Told(NamedTuple):
    """What a producer has found out about ops that have ended."""

    lane: Numbers
    end: Numbers  # for each `lane`, up to when its doings are told; the last entry of a lane counts
    segments: Segments  # to be drawn
    spent: tuple[Spent, ...]  # for the figures; includes times too short to be drawn
    changed: int  # from when on this may differ from what was drawn before; NEVER: it does not


class Sampled(NamedTuple):
    """What samples say about lanes."""

    segments: Segments
    moved: Moved
    now: list[tuple[int, int]]  # lane, and the state it was last seen in; EMPTY: it is no longer watched


class Edge(NamedTuple):
    """What lanes were seen to do since their last records."""

    pieces: npt.NDArray[np.void]  # segments up to each lane's last sighting
    last: npt.NDArray[np.void]  # the last sighting of each lane: what it does now
    changed: int  # from when on this may differ from what was said before; NEVER: it does not


def merged(segments: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Segments in which touching neighbours with the same lane, state and core are joined."""
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


def most_at_once(start: Numbers, end: Numbers) -> int:
    """The largest number of spans that overlap at one moment. A span that begins where another ends does not overlap
    it."""
    if not len(start):
        return 0
    starts, ends = np.sort(start), np.sort(end)
    return int((np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")).max())


def spans(lane: Any, start: Any, end: Any, state: int) -> Segments:
    made = np.empty(len(lane), SEGMENT)
    made["start"], made["end"], made["lane"] = start, end, lane
    made["core"], made["state"] = ring.CORE_UNKNOWN, state
    return made


def pieces_of(parts: Iterable[tuple[int, int]], start: int, lane: int, core: int) -> Pieces:
    """The pieces that begin at `start`, one after the other, from the state and length of each. Those without a length
    are left out."""
    pieces = []
    for state, ns in parts:
        if ns > 0:
            pieces.append((start, start + ns, lane, core, state))
            start += ns
    return pieces


def slice_of(segment: Any) -> Slice:
    start, end, lane, core, state = segment.item()
    return Slice(lane, state, start, end, None if core == ring.CORE_UNKNOWN else core)
