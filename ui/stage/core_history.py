"""Samples of cores for the last two minutes: how busy each core was, and with whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.figures.core_parts import LAYERS, LiveRun, Owner, attributed
from playground.hosts import CoreSample
from ui.stage.pixel_ring import Shares

KEPT = 1400  # samples: more than two minutes
RECENT = 20  # samples: two seconds
SECOND_LOOK = 6  # samples later the owners are found once more: records of long ops have come by then
HOLD = 1.6  # intervals for which the newest sample holds until the next one comes


class CoreHistory:
    def __init__(self, cores: int, kept: int = KEPT) -> None:
        self.cores = cores
        self.end = np.zeros(kept, np.int64)
        self.length = np.zeros(kept, np.int64)
        self.parts: Shares = np.zeros((kept, cores, LAYERS), np.float32)
        self.others = np.zeros(kept)  # cores that other programs had
        self.samples: list[CoreSample] = []
        self.owners: list[list[Owner | None]] = []
        self.names: dict[int, str] = {}  # colour slot → the run that had it last

    @property
    def count(self) -> int:
        return len(self.samples)

    def add(self, sample: CoreSample, runs: Sequence[LiveRun]) -> int:
        """Adds a sample. Returns the moment from which on the picture has changed."""
        if self.count == KEPT:
            self._shift()
        row = self.count
        self.samples.append(sample)
        self.owners.append([])
        self.end[row], self.length[row] = sample.t_ns, sample.dt_ns
        self._attribute(row, runs)
        # The last sample held until this one came: that is painted over.
        since = sample.t_ns - int(HOLD * sample.dt_ns)
        again = row - SECOND_LOOK
        if again >= 0 and runs and self._attribute(again, runs):
            since = int(self.end[again] - self.length[again])
        return since

    def _attribute(self, row: int, runs: Sequence[LiveRun]) -> bool:
        """Finds who had the cores in a sample. Has that changed anything visible?"""
        parts, owners, self.others[row] = attributed(self.samples[row], runs)
        changed = bool(np.abs(parts - self.parts[row]).max(initial=0.0) > 0.05)
        self.parts[row], self.owners[row] = parts, owners
        return changed

    def _shift(self) -> None:
        half = KEPT // 2
        for values in (self.end, self.length, self.parts, self.others):
            values[:half] = values[half:]
        self.samples, self.owners = self.samples[half:], self.owners[half:]

    def part(self, first: int, last: int) -> CoreHistory:
        """The samples that touch the time between two moments, to be kept."""
        end = self.end[: self.count]
        own = slice(int(np.searchsorted(end, first)), min(self.count, int(np.searchsorted(end, last)) + 1))
        made = CoreHistory(self.cores, max(1, own.stop - own.start))
        for name in ("end", "length", "parts", "others"):
            getattr(made, name)[: own.stop - own.start] = getattr(self, name)[own]
        made.samples, made.owners, made.names = self.samples[own], self.owners[own], dict(self.names)
        return made

    def busy_with_others(self) -> float:
        """Cores that other programs took, over the last two seconds."""
        recent = slice(max(0, self.count - RECENT), self.count)
        length = self.length[recent]
        return max(0.0, float((self.others[recent] * length).sum() / max(1, length.sum())))

    def per_column(self, edges: npt.NDArray[np.int64], now: int) -> Shares:
        """(cores, columns, layers): by the sample that covers the middle of each column."""
        found = self.find((edges[:-1] + edges[1:]) // 2, now)
        parts = self.parts[np.maximum(found, 0)]
        parts[found < 0] = 0.0
        return np.ascontiguousarray(parts.transpose(1, 0, 2))

    def find(self, moments: npt.NDArray[np.int64], now: int) -> npt.NDArray[np.int64]:
        """The sample for each moment; −1 where there is none. The newest holds until the next one comes."""
        if not self.count:
            return np.full(len(moments), -1)
        found = np.searchsorted(self.end[: self.count], moments, "left")
        last = self.count - 1
        held = (found > last) & (moments <= self.end[last] + HOLD * self.length[last]) & (moments <= now)
        found = np.where(held, last, found)
        inside = np.minimum(found, last)
        covered = (found <= last) & (moments > self.end[inside] - self.length[inside] * 1.05)
        return np.where(covered, inside, -1)
