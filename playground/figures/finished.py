"""A run that has ended, with what was measured around it: tables show it, comparisons use it, and `run --json` and
exports write it."""

from __future__ import annotations

import functools
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType

from playground.figures import meaning
from playground.figures.meaning import Meaning, means
from playground.figures.records import RunStatistics
from playground.figures.this_computer import Computer


class FinishedRun(Struct, frozen=True):
    statistics: RunStatistics
    ui_p99_ms: Annotated[
        float | UnsetType | None,
        means(
            "99 % of frames",
            "ms",
            "How late pictures of this window were: 99 of 100 came in time, or later by this at most.",
            short="99 % frames",
        ),
    ] = UNSET
    disturbed: Annotated[
        bool, means("Disturbed", "", "Did other programs take cores that workers were ready for, and could have used?")
    ] = False
    began: Annotated[str | None, means("Began", "", "Date and time, with the zone.")] = None
    others_cores: Annotated[
        float | UnsetType | None, means("Other programs", "cores", "What they took on average.")
    ] = UNSET
    computer: Annotated[Computer | None, means("Computer", "", "Where it ran: cores, system, versions.")] = None
    no_picture: str = ""  # why the run has no picture, once it has left the stage

    @property
    def number(self) -> int:
        return self.statistics.number

    def figure(self, name: str) -> Any:
        """The value of a figure, by name; None if it is not known."""
        value = meaning.value_of(self if name in meaning.meanings_of(FinishedRun) else self.statistics, name)
        return None if value is UNSET else value


@functools.cache
def figures() -> dict[str, Meaning]:
    """All figures of a finished run, by name."""
    return meaning.meanings_of(RunStatistics) | meaning.meanings_of(FinishedRun)


def as_json(run: FinishedRun) -> dict[str, Any]:
    """The object of `run --json`; scripts rely on its names."""
    return meaning.as_json(run.statistics) | meaning.as_json(run)
