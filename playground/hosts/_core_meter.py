"""How busy each core is. Each meter takes its own differences of the system's per-core counters, so that every reader
has its own interval."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil


@dataclass(frozen=True)
class CoreSample:
    t_ns: int  # end of the interval
    dt_ns: int
    usage: npt.NDArray[np.float32]  # per core, 0..1
    app: Mapping[int, int] = field(default_factory=dict)  # core → ns that this app's own threads ran on it


class CoreMeter:
    """Each `sample` covers the time since the one before. Time stolen by a hypervisor counts as busy, I/O wait as
    idle."""

    def __init__(self) -> None:
        self._before = self._read()
        self._at = time.perf_counter_ns()

    def _read(self) -> npt.NDArray[np.float64]:
        """(cores, 2): busy and all time, in seconds."""
        return np.array([_busy_and_all(times) for times in psutil.cpu_times(percpu=True)])

    def sample(self, app: Mapping[int, int] | None = None) -> CoreSample:
        now, at = self._read(), time.perf_counter_ns()
        if now.shape != self._before.shape:  # a core was switched on or off
            self._before = now
        delta = now - self._before
        with np.errstate(divide="ignore", invalid="ignore"):
            usage = np.where(delta[:, 1] > 0, delta[:, 0] / delta[:, 1], 0.0)
        sample = CoreSample(at, at - self._at, np.clip(usage, 0.0, 1.0).astype(np.float32), app or {})
        self._before, self._at = now, at
        return sample


def _busy_and_all(times: Any) -> tuple[float, float]:
    # guest time is already in user time (Linux)
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return total - times.idle - getattr(times, "iowait", 0.0), total
