"""Segments: one worker in one state from a start to an end. Producers make them, of records, samples or sightings; the
store keeps them, and knows none of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring as layout

SEGMENT = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<u4"), ("core", "<u2"), ("state", "u1")])
NEVER = np.iinfo(np.int64).max
KEEP_NS = 130 * 10**9  # older ones are forgotten; of older pieces of the live edge only their sum counts

Segments = npt.NDArray[np.void]
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
    """What a producer has found out of ops that have ended."""

    lane: npt.NDArray[np.int64]  # whose
    end: npt.NDArray[np.int64]  # … and until when all is told of it; of several of one lane the last counts
    segments: Segments  # to be drawn
    spent: tuple[Spent, ...]  # what counts, also of what is too short to be drawn
    changed: int  # from when on this may differ from what was drawn before; NEVER


class Edge(NamedTuple):
    """What lanes were seen to do since their last records."""

    pieces: npt.NDArray[np.void]  # up to the last sighting of each
    last: npt.NDArray[np.void]  # of each lane that was seen: what it does now
    changed: int  # from when on this may differ from what was said before; NEVER


def merged(segments: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
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


def most_at_once(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> int:
    """How many of these spans there are at one moment at most; one that begins where another ends is not with it."""
    if not len(start):
        return 0
    starts, ends = np.sort(start), np.sort(end)
    return int((np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")).max())


def spans(lane: Any, start: Any, end: Any, state: int) -> Segments:
    made = np.empty(len(lane), SEGMENT)
    made["start"], made["end"], made["lane"] = start, end, lane
    made["core"], made["state"] = layout.CORE_UNKNOWN, state
    return made


def slice_of(segment: Any) -> Slice:
    core = int(segment["core"])
    return Slice(
        int(segment["lane"]),
        int(segment["state"]),
        int(segment["start"]),
        int(segment["end"]),
        None if core == layout.CORE_UNKNOWN else core,
    )
