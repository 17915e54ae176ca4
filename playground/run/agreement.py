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
    """The part of the samples, of moments in which a worker held the GIL, that name the lane that ran by its stamps.

    Moments in which no stamp says that anyone ran (a hand-off under way) cannot agree or disagree: they do not count.
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
    """Which moments lie within one of the segments of a lane."""
    if not len(segments):
        return np.zeros(len(moments), bool)
    ordered = np.sort(segments, order="start")
    place = np.searchsorted(ordered["start"], moments, side="right") - 1
    return (place >= 0) & (moments < ordered["end"][np.maximum(place, 0)])
