"""Layers of lanes: what each pixel of a lane shows. Lanes and lens are painted by one rule: states that take time are
stacked from the bottom, a sleeper has a base line, a paused worker pairs of bars; otherwise the track is bare.

A pause belongs to the run, and lanes have no state meanwhile. So its bars follow from when the run was paused, and when
each worker began and ended."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.reading.states import EMPTY, PAUSED
from ui.kit.patterns import LINED, STATES
from ui.stage.pixel_ring import Edges, Shares, layers, levels
from ui.stage.stage_run import StageRun

STACKED = STATES.index(EMPTY)
PAUSED_LAYER = STATES.index(PAUSED)
BASE_LINE = 2  # px
LOW = 6  # px: in a lane as low as this the base line has one pixel

Marks = npt.NDArray[np.bool_]  # (rows, columns)


def lane_layers(
    shares: Shares, height: int, gap: int, ratio: float, paused: Marks | None = None
) -> npt.NDArray[np.uint8]:
    """(rows, pixels of a row from its top, columns): the layer of each pixel. Sizes are in device pixels."""
    found = layers(levels(shares[:, :, :STACKED], height), height, gap)
    base = max(1, round(BASE_LINE * ratio)) if height > LOW * ratio else 1
    line = found[:, height - base : height]
    for state in LINED:
        line[(shares[:, None, :, state] > 0.5) & (line == STACKED)] = STATES.index(state)
    if paused is not None:
        lane = found[:, :height]
        lane[(paused & (shares.sum(axis=2) < 0.5))[:, None, :] & (lane == STACKED)] = PAUSED_LAYER
    return found


def paused_columns(run: StageRun, lanes: Sequence[int], edges: Edges, now: int) -> Marks | None:
    """The columns that mostly lie in a pause, for lanes that had begun and not ended. None: there are none."""
    first, last = edges[:-1], np.minimum(edges[1:], now)
    inside = np.zeros(len(first), np.int64)
    for since, until in run.pauses:
        if since < edges[-1] and edges[0] < until:
            inside += np.maximum(0, np.minimum(last, until) - np.maximum(first, since))
    most = (inside > 0) & (inside * 2 > last - first)
    if not most.any() or not len(lanes):
        return None
    begun, ended = np.array([run.life(lane) for lane in lanes], np.int64).T[:, :, None]
    marks: Marks = most & (begun > 0) & (last > begun) & ((ended == 0) | (first < ended))
    return marks
