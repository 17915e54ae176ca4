"""How long others had the GIL while an op went on, by the probe's samples. Where the system does not say what kept a
thread waiting (Windows), this tells a wait for the GIL from a wait for a core."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from playground.reading.holds.holders import MOST_STEPS, HolderStore
from playground.reading.holds.who_held import NOBODY
from playground.reading.lanes.segments import Numbers

MOST_LANES = 64  # of more, a lane's own part in the holding is so small that it is not taken out


def by_others_ns(holders: HolderStore, lane: Numbers, start: Numbers, end: Numbers) -> Numbers:
    """For each op, given by its lane and its time, the ns in which a thread other than its own was seen to hold the
    GIL of that lane. 0 where nobody looked."""
    held = np.zeros(len(lane), np.int64)
    if not len(lane) or not holders.samples:
        return held
    reach = MOST_STEPS * holders.slowest_ns
    samples = holders.between(int(start.min()) - reach, int(end.max()) + reach)
    targets = holders.target_of[lane]
    for target in np.unique(targets[targets >= 0]):
        which = np.flatnonzero(targets == target)
        held[which] = _held(samples[samples["target"] == target], lane[which], start[which], end[which])
    return held


def _held(samples: npt.NDArray[np.void], lane: Numbers, start: Numbers, end: Numbers) -> Numbers:
    if not len(samples):
        return np.zeros(len(lane), np.int64)
    moment, step = samples["t"], samples["step"]
    length = np.diff(moment, append=moment[-1] + step[-1])
    length = np.where(length <= MOST_STEPS * step, length, step)  # the rule of `HolderStore.spans`
    held = _within(moment, length, samples["lane"] != NOBODY, start, end)
    present = np.unique(lane)
    for one in present if len(present) <= MOST_LANES else ():
        own = lane == one
        held[own] -= _within(moment, length, samples["lane"] == one, start[own], end[own])
    return held


def _within(moment: Numbers, length: Numbers, counted: Any, start: Numbers, end: Numbers) -> Numbers:
    """The ns of counted samples within each of the times. A sample is valid from its moment on, for its length."""
    length = np.where(counted, length, 0)
    before = np.concatenate(([0], np.cumsum(length)))

    def until(when: Numbers) -> Numbers:
        last = np.searchsorted(moment, when, side="right") - 1
        known = np.maximum(last, 0)
        begun: Numbers = before[known] + np.clip(when - moment[known], 0, length[known])
        return begun

    return until(end) - until(start)
