"""Others: the cores that other programs took between two moments: what all cores did, minus the CPU time of this
process and of the processes that it started."""

from __future__ import annotations

import sys
import time

from playground.hosts import CoreMeter


class Others:
    def __init__(self, meter: CoreMeter) -> None:
        self._meter = meter
        self._ours = _seconds_of_ours()

    def cores(self) -> float | None:
        """The cores of other programs since this object was made. Processes that this one started must have ended by
        now. None where it is not known."""
        sample, ours = self._meter.sample(), _seconds_of_ours()
        if ours is None or self._ours is None or not sample.dt_ns:
            return None
        return max(0.0, float(sample.usage.sum()) - (ours - self._ours) / (sample.dt_ns / 1e9))


def _seconds_of_ours() -> float | None:
    if sys.platform == "win32":
        return None
    from resource import RUSAGE_CHILDREN, getrusage

    ended = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
