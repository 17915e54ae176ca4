"""Segments → the part of each pixel column that a lane spent in each state."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.heat_bins import Bins
from playground.reading.lanes.segments import Numbers, Segments
from playground.reading.states import STATE_COUNT


def column_shares(segments: Segments, edges: Numbers, lanes: int, most: float | None = 1.0) -> npt.NDArray[np.float32]:
    """(lanes, columns, states): segments spread over columns, whole ones in a segment's middle, parts at its ends."""
    columns = len(edges) - 1
    origin, width = int(edges[0]), int(edges[1] - edges[0])
    keep = segments["state"] < STATE_COUNT
    segments = segments[keep]
    start = np.clip(segments["start"] - origin, 0, columns * width)
    end = np.clip(segments["end"] - origin, 0, columns * width)
    row = segments["lane"].astype(np.int64) * STATE_COUNT + segments["state"]
    # A segment's shares are 0 … part, 1, 1, … 1, part … 0. Their differences from column to column are non-zero only at
    # the columns in which the segment starts and ends, so only these are noted, and summed up once.
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


def counted(segments: Segments, edges: Numbers) -> Bins:
    """(columns, states): how many lanes are in each state, on average over each column."""
    as_one = segments.copy()
    as_one["lane"] = 0
    counts: Bins = column_shares(as_one, edges, 1, most=None)[0]
    return counts
