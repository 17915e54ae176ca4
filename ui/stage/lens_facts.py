"""What the lens says: which lanes it has rows for, and how many workers were in each state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.segments import Segments
from playground.reading.lanes.store import MANY
from playground.reading.states import RUN, TOLD
from ui.kit.quantities import whole

MOST_ROWS = 8


def time_running(segments: Segments, lanes: int, first: int, last: int) -> npt.NDArray[np.float64]:
    """How many ns each lane ran within a window."""
    runs = segments[segments["state"] == RUN]
    length = np.minimum(runs["end"], last) - np.maximum(runs["start"], first)
    return np.bincount(runs["lane"], weights=length, minlength=lanes).astype(np.float64)


def rows_shown(runs: npt.NDArray[np.float64], most: int = MOST_ROWS) -> list[int]:
    """The lanes to show: all, or those that ran longest."""
    if len(runs) <= most:
        return list(range(len(runs)))
    ran = np.flatnonzero(runs)
    longest = [int(lane) for lane in ran[np.argsort(-runs[ran], kind="stable")[:most]]]
    others = [lane for lane in range(2 * most) if lane not in longest]
    return sorted([*longest, *others][:most])


def facts(counts: npt.NDArray[np.floating[Any]]) -> list[str]:
    """`2 running`, `3 waiting: GIL`: how many workers were in each state on average. For many workers `9 246 turn`, as
    beside a band: there is no room for more."""
    running, many = round(float(counts[RUN])), counts.sum() >= MANY
    words = [f"{whole(running) if running else 'none'} running"]
    for row in TOLD:
        count = round(float(counts[row.number]))
        if count and row.number != RUN:
            words.append(f"{whole(count)} {row.short if many else row.count_words}")
    return words
