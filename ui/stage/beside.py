"""Beside a run: what the window and the cores did in the two minutes before its end. It is kept with the run's picture,
so that pulse and cores are of the same time whenever the run is shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.figures.core_parts import Owner
from playground.hosts import CoreSample
from ui.stage.beats import UiBeats
from ui.stage.core_history import CoreHistory

Arrays = Mapping[str, npt.NDArray[Any]]
BEATS = ("known", "start", "end", "late")
CORES = ("end", "length", "parts", "others")
OWNER = np.dtype([("run", "<i4"), ("lane", "<i4"), ("slot", "<i4"), ("part", "<f8")])  # run 0: none; lane −1: none
NAME = "beside_"


@dataclass(frozen=True)
class Beside:
    beats: UiBeats
    cores: CoreHistory

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All data as arrays, to be written."""
        beats, cores = self.beats, self.cores
        count, every = cores.count, {f"{NAME}beats_{name}": getattr(beats, name)[: beats.count] for name in BEATS}
        every |= {f"{NAME}cores_{name}": getattr(cores, name)[:count] for name in CORES}
        usage = [sample.usage for sample in cores.samples]
        every[f"{NAME}usage"] = np.array(usage, np.float32).reshape(count, cores.cores)
        every[f"{NAME}owners"] = np.array([[_row(owner) for owner in row] for row in cores.owners], OWNER).reshape(
            count, cores.cores
        )
        names = [(slot, int(name.rpartition(" ")[2])) for slot, name in cores.names.items()]
        every[f"{NAME}names"] = np.array(names, np.int64).reshape(-1, 2)
        return every

    @staticmethod
    def of(arrays: Arrays) -> Beside | None:
        """Made from what was read; None where nothing was written."""
        if f"{NAME}usage" not in arrays:
            return None
        usage, owners = arrays[f"{NAME}usage"], arrays[f"{NAME}owners"]
        cores = CoreHistory(usage.shape[1], max(1, len(usage)))
        for name in CORES:
            getattr(cores, name)[: len(usage)] = arrays[f"{NAME}cores_{name}"]
        cores.samples = [
            CoreSample(int(end), int(length), used)
            for end, length, used in zip(cores.end, cores.length, usage, strict=False)
        ]
        cores.owners = [[_owner(one) for one in row] for row in owners.tolist()]
        cores.names = {slot: f"run {number}" for slot, number in arrays[f"{NAME}names"].tolist()}
        return Beside(UiBeats.of(*(arrays[f"{NAME}beats_{name}"] for name in BEATS)), cores)


def _row(owner: Owner | None) -> tuple[int, int, int, float]:
    if owner is None:
        return 0, -1, 0, 0.0
    return owner.run, -1 if owner.lane is None else owner.lane, owner.slot, owner.part


def _owner(row: tuple[int, int, int, float]) -> Owner | None:
    run, lane, slot, part = row
    return Owner(run, None if lane < 0 else lane, slot, part) if run else None
