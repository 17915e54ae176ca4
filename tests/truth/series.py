"""Numbers that were read now and then, and what they were between two readings."""

from __future__ import annotations

from bisect import bisect_left


class Series:
    """Readings of a count that only grows."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.values: list[float] = []

    def add(self, time: float, value: float) -> None:
        self.times.append(time)
        self.values.append(value)

    def at(self, time: float) -> float:
        """On the straight line between the readings around it; before the first and after the last one, theirs."""
        after = bisect_left(self.times, time)
        if after == 0:
            return self.values[0]
        if after == len(self.times):
            return self.values[-1]
        t0, t1, v0, v1 = *self.times[after - 1 : after + 1], *self.values[after - 1 : after + 1]
        return v0 + (v1 - v0) * (time - t0) / (t1 - t0)

    def grown(self, start: float, end: float) -> float:
        return self.at(end) - self.at(start) if self.times else 0.0
