"""How well two independent sources agree on who held the GIL: the probe's samples, taken from outside, and the workers'
own stamps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.reading.lanes.segments import Segments
from playground.reading.states import RUN
from playground.run.run import Run

WINDOW_NS = 3 * 10**9


def agreement(run: Run) -> float | None:
    """The part of the probe's samples in which the GIL's holder is the worker that ran by its own stamps. Only samples
    with a worker as the holder count, and only moments at which some stamp says that a worker ran: at the others (a
    hand-off under way) there is nothing to compare with.
    """
    last = run.reading.lanes.latest
    samples = run.reading.holders.between(last - WINDOW_NS, last)
    samples = samples[samples["lane"] >= 0]
    running = run.reading.lanes.between(last - WINDOW_NS, last)
    running = running[running["state"] == RUN]
    agree = np.zeros(len(samples), bool)
    judged = np.zeros(len(samples), bool)
    for lane in range(run.reading.lanes.lanes):
        inside = _covers(running[running["lane"] == lane], samples["t"])
        judged |= inside
        agree |= inside & (samples["lane"] == lane)
    return float(agree[judged].mean()) if judged.any() else None


def _covers(segments: Segments, moments: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """For each moment, whether it lies within one of the segments, which are those of one lane."""
    if not len(segments):
        return np.zeros(len(moments), bool)
    ordered = np.sort(segments, order="start")
    place = np.searchsorted(ordered["start"], moments, side="right") - 1
    return (place >= 0) & (moments < ordered["end"][np.maximum(place, 0)])
