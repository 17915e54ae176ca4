"""Busy: how many cores were busy while each run was going on, with anything and with other programs. A run is judged by
what there was then, and not by what there is when somebody looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from playground.figures.records import RunStatistics

SETTLED_S = 1.0  # what runs take themselves is known by then


@dataclass
class Load:
    """Sums over some samples."""

    samples: int = 0
    busy: float = 0.0
    others: float = 0.0


class Busy:
    def __init__(self) -> None:
        self._noted: list[float] = []  # cores that were busy, since the last look
        self._loads: dict[int, Load] = {}  # of each run, by its number
        self._live: set[int] = set()

    def note(self, cores: float) -> None:
        self._noted.append(cores)

    def look(self, figures: Sequence[RunStatistics], others: float) -> None:
        """What was noted counts for the runs that are going on. Not when one has just come or gone: what they took
        themselves is a mean over a longer time, and all else would pass for other programs. `others`: cores that
        other programs have just now."""
        live = {run.number: run for run in figures if run.phase != "ended"}
        noted, self._noted = self._noted, []
        same = set(live) == self._live
        self._live = set(live)
        if not noted or not same or any(run.seconds < SETTLED_S for run in live.values()):
            return
        busy = fmean(noted)
        for number, run in live.items():
            if run.phase == "running":
                load = self._loads.setdefault(number, Load())
                load.samples += len(noted)
                load.busy += len(noted) * busy
                load.others += len(noted) * others

    def of(self, run: RunStatistics | None) -> tuple[float, float]:
        """Cores that were busy with anything, and with other programs; 0 where that is not known."""
        load = self._loads.get(run.number) if run is not None else None
        return (load.busy / load.samples, load.others / load.samples) if load else (0.0, 0.0)
