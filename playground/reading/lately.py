"""Lately: what a run did in its last two seconds. Each pull notes the run's totals; asking for a rate changes nothing,
so a rate does not depend on how often it is asked for."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.reading.header_sums import Totals

WINDOW_NS = 2 * 10**9
EVERY_NS = 250_000_000  # copying the CPU times of a hundred thousand workers with each pull would be noticeable


class Noted(NamedTuple):
    at_ns: int
    ops: int
    cpu_ns: npt.NDArray[np.int64]  # of each worker


class Rates(NamedTuple):
    ops_per_s: float
    cores: npt.NDArray[np.float64] | None  # used by each worker; None: no time has passed yet


class Lately:
    def __init__(self) -> None:
        self._noted: deque[Noted] = deque()

    def note(self, now: int, totals: Totals) -> None:
        """Note the totals, if it is time to. To be called with each pull."""
        if self._noted and now < self._noted[-1].at_ns + EVERY_NS:
            return
        self._noted.append(Noted(now, totals.ops, totals.cpu_ns.copy()))
        while len(self._noted) > 2 and self._noted[1].at_ns < now - WINDOW_NS:
            self._noted.popleft()

    def rates(self, now: int, totals: Totals) -> Rates:
        """The rates from two seconds ago, or from the first moment that was noted, until now."""
        first = next((one for one in reversed(self._noted) if one.at_ns < now - WINDOW_NS), None)
        first = first or (self._noted[0] if self._noted else None)
        if first is None or now <= first.at_ns:
            return Rates(0.0, None)
        took = now - first.at_ns
        return Rates((totals.ops - first.ops) / took * 1e9, (totals.cpu_ns - first.cpu_ns) / took)
