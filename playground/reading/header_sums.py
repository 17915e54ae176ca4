"""The sums over all workers, kept up to date as headers are looked at: reading a hundred thousand headers for each sum
would take longer than a frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring


class Totals:
    def __init__(self, workers: int) -> None:
        self.ops = 0
        self.cpu_ns = np.zeros(workers, np.int64)
        self.started_ns: int | None = None  # when the first worker began
        self._ops = np.zeros(workers, np.int64)
        self._begun = np.zeros(workers, np.bool_)
        self._last_began = 0

    @classmethod
    def of(cls, headers: npt.NDArray[np.uint64]) -> Totals:
        """The sums of these headers, which are those of all workers."""
        made = cls(len(headers))
        made.look(np.arange(len(headers)), headers)
        return made

    def look(self, lane: npt.NDArray[np.int64], headers: npt.NDArray[np.uint64]) -> None:
        """Take over the headers of some workers, each worker at most once."""
        ops = headers[:, ring.W_OPS].astype(np.int64)
        self.ops += int((ops - self._ops[lane]).sum())
        self._ops[lane] = ops
        self.cpu_ns[lane] = headers[:, ring.W_CPU]
        started = headers[:, ring.W_STARTED].astype(np.int64)
        begun = started > 0
        if begun.any():
            first = int(started[begun].min())
            self.started_ns = first if self.started_ns is None else min(first, self.started_ns)
            self._last_began = max(self._last_began, int(started.max()))
            self._begun[lane] = begun

    @property
    def begun(self) -> int:
        return int(self._begun.sum())

    @property
    def start_all_ms(self) -> float | None:
        """The time from the first worker's begin to the last one's; None until all have begun."""
        if self.started_ns is None or not self._begun.all():
            return None
        return (self._last_began - self.started_ns) / 1e6
