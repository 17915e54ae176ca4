"""Busy: how many cores were busy during each run, with anything and with other programs. A run is judged by what the
computer did then, not by what it does when somebody looks at the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from playground.figures.records import RunStatistics

SETTLED_S = 1.0  # what runs take themselves is known after that


@dataclass
class Load:
    """Sums over some samples."""

    samples: int = 0
    busy: float = 0.0
    others: float = 0.0


class Busy:
    def __init__(self) -> None:
        self._noted: list[float] = []  # numbers of busy cores since the last look
        self._loads: dict[int, Load] = {}  # by the number of the run
        self._live: set[int] = set()

    def note(self, cores: float) -> None:
        self._noted.append(cores)

    def look(self, figures: Sequence[RunStatistics], others: float) -> None:
        """Adds what was noted to the runs that are going on, unless one has just come or gone: what runs take
        themselves is a mean over a longer time, and the difference would pass for other programs. `others`: cores that
        other programs have now."""
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
        """How many cores were busy with anything, and with other programs, during a run; 0 where not known."""
        load = self._loads.get(run.number) if run is not None else None
        return (load.busy / load.samples, load.others / load.samples) if load else (0.0, 0.0)
