"""How much CPU time a lab had taken by any moment, and on which cores its own threads ran: from the looks that `LabCpu`
takes at its processes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT = 8192  # looks: more than two minutes


@dataclass(frozen=True)
class Part:
    """A stretch of time: how long (ns) the lab's own threads, and the probe, ran on each core in it."""

    start: int
    end: int
    on_core: Mapping[int, int] = field(default_factory=dict)
    probe: Mapping[int, int] = field(default_factory=dict)


class CpuLook(NamedTuple):
    at: int
    total: int  # ns that the whole lab had taken by then
    part: Part | None = None  # its threads since the last look that had a part


class LabTime:
    def __init__(self) -> None:
        self._looks: list[tuple[int, int]] = []  # when, and the total by then
        self._parts: list[Part] = []

    def add(self, looks: Iterable[CpuLook]) -> None:
        for look in looks:
            if len(self._looks) >= KEPT:
                del self._looks[1 : KEPT // 2]  # the first look is kept: it is when the run began
                del self._parts[: len(self._parts) // 2]
            self._looks.append((look.at, look.total))
            if look.part is not None:
                self._parts.append(look.part)

    @property
    def known(self) -> bool:
        return len(self._looks) > 1

    def spent_ns(self, moment: int) -> float:
        """The CPU time that the lab had taken by a moment, all its processes together."""
        looks = self._looks
        after = bisect_right(looks, (moment, float("inf")))
        if after in (0, len(looks)):
            return float(looks[min(after, len(looks) - 1)][1]) if looks else 0.0
        (start, before), (end, total) = looks[after - 1], looks[after]
        return before + (total - before) * (moment - start) / (end - start)

    def parts(self, first: int, last: int) -> list[tuple[Part, float]]:
        """The parts that overlap the time between two moments, each with the fraction that lies in it."""
        found = []
        for part in reversed(self._parts):
            if part.end <= first:
                break
            inside = min(part.end, last) - max(part.start, first)
            if inside > 0:
                found.append((part, inside / (part.end - part.start)))
        return found
