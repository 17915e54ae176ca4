"""Who held the GILs of a run: samples in order, and what they say.

A sample is valid until the next one of the same target. If the next comes much later than usual, nothing was sampled in
between and nothing is claimed: then the sample is valid for one usual interval, as is the newest of all. This rule is
in `spans` and nowhere else.

Hand-offs are the interpreter's own count. While a run is paused, its workers wake up now and then to check whether it
still is: neither samples nor hand-offs of that time count."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.reading.holds.who_held import NOBODY, Spans, WhoHeld
from playground.reading.lanes.segments import Numbers

SAMPLE = np.dtype([("t", "<i8"), ("lane", "<i4"), ("target", "<u4"), ("step", "<i8")])
KEEP_NS = 130 * 10**9
CHUNK = 4096
USUAL_STEP_NS = 1_000_000  # the interval that is assumed until there is a second sample
STEPS_LOOKED_AT = 15  # the usual interval is their median: one late sample changes nothing, a turned knob soon does
MOST_STEPS = 5  # a sample that comes later than so many intervals leaves a gap

Pauses = Sequence[tuple[int, int]]


class HolderStore(WhoHeld):
    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.samples = 0  # all samples; the figures below count only those outside of pauses
        self.held = np.zeros(lanes, np.int64)  # samples in which each lane held its GIL
        self.free = 0
        self.targets: dict[int, int] = {}  # target → samples taken of it
        self.handoffs = 0
        self.target_of = np.full(lanes, -1, np.int64)  # lane → the target that it was seen to hold
        self._last: dict[int, tuple[int, int]] = {}  # target → t and count of its last sample
        self._steps: dict[int, deque[int]] = {}  # target → its last intervals
        self.slowest_ns = USUAL_STEP_NS  # no sample holds for more than MOST_STEPS of it
        self._first_t: int | None = None
        self._last_t = 0
        self._chunks: deque[npt.NDArray[np.void]] = deque()

    def add(self, records: npt.NDArray[np.void], lane: npt.NDArray[np.int32], pauses: Pauses = ()) -> None:
        """Take over the probe's records, and the lane that each names (owners.py)."""
        if not len(records):
            return
        chunk = np.empty(len(records), SAMPLE)
        chunk["t"], chunk["target"], chunk["lane"] = records["t"], records["target"], lane
        counted = ~_within(chunk["t"], pauses)
        for target in np.unique(chunk["target"]):
            own = chunk["target"] == target
            chunk["step"][own] = self._step_of(int(target), records["t"][own])
            self._count(int(target), records[own], lane[own & counted], pauses)
        self.samples += len(chunk)
        self._first_t = int(chunk["t"][0]) if self._first_t is None else self._first_t
        self._last_t = int(chunk["t"][-1])
        self._keep(chunk)

    @classmethod
    def of(cls, lanes: int, samples: npt.NDArray[np.void], targets: Sequence[int]) -> HolderStore:
        """The store of a run that is over, from its samples: for a picture, without figures."""
        made = cls(lanes)
        made.samples, made.targets = len(samples), dict.fromkeys(targets, 0)
        made.slowest_ns = max(made.slowest_ns, int(samples["step"].max(initial=0)))
        if len(samples):
            made._last_t = int(samples["t"][-1])
            made._keep(samples)
        return made

    def _step_of(self, target: int, t: npt.NDArray[np.uint64]) -> int:
        """The usual interval between samples of a target. `t`: its newest samples."""
        steps = self._steps.setdefault(target, deque(maxlen=STEPS_LOOKED_AT))
        before = [self._last[target][0]] if target in self._last else []
        steps.extend(np.diff([*before, *t.tolist()]).tolist())
        step = sorted(steps)[len(steps) // 2] if steps else USUAL_STEP_NS
        self.slowest_ns = max(self.slowest_ns, step)
        return step

    def _count(self, target: int, own: npt.NDArray[np.void], seen: npt.NDArray[np.int32], pauses: Pauses) -> None:
        """Count a target's samples. `seen`: the lanes that they name, outside of pauses."""
        self.free += int((seen == NOBODY).sum())
        self.held += np.bincount(seen[seen >= 0], minlength=self.lanes)
        self.target_of[seen[seen >= 0]] = target
        self.targets[target] = self.targets.get(target, 0) + len(seen)
        first = int(own["t"][0]), int(own["switches"][0])
        t, count = self._last.get(target, first)
        began = np.concatenate(([t], own["t"][:-1].astype(np.int64)))  # the begin of the interval that each sample ends
        more = np.diff(np.concatenate(([count], own["switches"].astype(np.int64))))
        self.handoffs += int(more[~_within(began, pauses)].sum())
        self._last[target] = int(own["t"][-1]), int(own["switches"][-1])

    def _keep(self, chunk: npt.NDArray[np.void]) -> None:
        if self._chunks and len(self._chunks[-1]) + len(chunk) < CHUNK:
            chunk = np.concatenate((self._chunks.pop(), chunk))
        self._chunks.append(chunk)
        while int(self._chunks[0]["t"][-1]) < self._last_t - KEEP_NS:
            self._chunks.popleft()

    # -- figures

    def handoffs_per_s(self, pauses: Pauses = ()) -> float | None:
        """The hand-offs of all GILs together, by their interpreters' own counters, over the time of sampling."""
        if self._first_t is None:
            return None
        first, last = self._first_t, self._last_t
        paused = sum(max(0, min(until, last) - max(since, first)) for since, until in pauses)
        time = last - first - paused
        return self.handoffs / time * 1e9 if time > 0 else None

    @property
    def free_share(self) -> float:
        """The part of the samples in which nobody held the GIL."""
        counted = sum(self.targets.values())
        return self.free / counted if counted else 0.0

    def held_share(self, lane: int) -> float:
        """The part of the samples of a lane's own GIL in which the lane held it."""
        return float(self.held[lane]) / self.targets[int(self.target_of[lane])] if self.held[lane] else 0.0

    # -- the picture

    def between(self, first: int, last: int) -> npt.NDArray[np.void]:
        parts = []
        for chunk in reversed(self._chunks):
            if int(chunk["t"][-1]) < first:
                break
            low, high = np.searchsorted(chunk["t"], (first, last))
            parts.append(chunk[low:high])
        parts.reverse()
        return np.concatenate(parts) if parts else np.empty(0, SAMPLE)

    def spans(self, first: int, last: int, target: int | None) -> Spans:
        reach = MOST_STEPS * self.slowest_ns  # a sample farther away says nothing about the window
        samples = self.between(first - reach, last + reach)
        if target is not None:
            samples = samples[samples["target"] == target]
        start, lane = samples["t"], samples["lane"].astype(np.int64)
        end = start + samples["step"]
        step = np.maximum(samples["step"][:-1], samples["step"][1:])
        near = start[1:] - start[:-1] <= MOST_STEPS * step
        end[:-1] = np.where(near, start[1:], end[:-1])
        changes = ~(near & (lane[1:] == lane[:-1]))
        begins, ends = np.append(True, changes)[: len(lane)], np.append(changes, True)[: len(lane)]
        lane, start, end = lane[begins], start[begins], end[ends]
        inside = (start < last) & (end > first)
        return lane[inside], start[inside], end[inside]


def _within(t: Numbers, pauses: Pauses) -> npt.NDArray[np.bool_]:
    """For each moment, whether it lies in a pause."""
    inside = np.zeros(len(t), np.bool_)
    for since, until in pauses:
        inside |= (t >= since) & (t < until)
    return inside
