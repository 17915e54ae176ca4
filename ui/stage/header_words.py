"""The words in the header of a run: what runs, how far it got and how fast, and tags for the rest."""

from __future__ import annotations

from typing import Literal

from playground import catalogue, hosts
from playground.figures.records import TROUBLE, RunStatistics
from playground.reading.holds.owners import GIL
from ui.kit.quantities import compact, seconds, whole
from ui.stage.stage_run import StageRun

BETWEEN = "  ·  "

Tone = Literal["plain", "warn", "bad"]
Tag = tuple[str, Tone]


def throughput_words(value: float) -> str:
    if value >= 1_000:
        return compact(value)
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percent_words(part: float) -> str:
    return f"{part * 100:.0f} %"


class HeaderWords:
    def __init__(self, run: StageRun) -> None:
        self.run = run
        self.job, self.model = catalogue.job(run.recipe.job), catalogue.model(run.recipe.model)
        self.statistics: RunStatistics | None = None
        self.age = ""  # how long ago the run ended, if it is shown again
        self.note = ""  # what else one should know of the run
        self.disturbance = ""  # what other programs took from the run

    @property
    def paused(self) -> bool:
        return self.statistics is not None and self.statistics.phase == "paused"

    @property
    def over(self) -> bool:
        return self.run.ended or (self.statistics is not None and self.statistics.phase == "ended")

    @property
    def trouble(self) -> bool:
        return self.statistics is not None and self.statistics.outcome in TROUBLE

    def title(self) -> tuple[str, str]:
        return f"{whole(self.run.recipe.workers)} × {self.job.title}", BETWEEN.join(self.details())

    def details(self) -> list[str]:
        recipe = self.run.recipe
        parts = [self.model.title.lower()]
        if self.statistics is not None and self.statistics.interpreter.version:
            parts.append(self.statistics.interpreter.short)
        if recipe.place is not hosts.usual():
            parts.append(recipe.place.where)
        parts += self._gil_words()
        if self.statistics is not None and self.statistics.lanes_source != "recorded":
            parts.append(f"lanes {self.statistics.lanes_source}")
        return parts

    def _gil_words(self) -> list[str]:
        statistics, gils = self.statistics, [track for track in self.run.tracks if track.kind == GIL]
        if statistics is not None and not statistics.interpreter.gil_enabled:
            return ["no GIL"]
        if len(gils) > 1:
            return [f"{len(gils)} GILs"]
        if not gils:
            return self._own_gil_words()
        pid = statistics.pid if statistics is not None else None
        return [f"pid {pid}"] if pid and self.run.recipe.place.own_processes else []

    def _own_gil_words(self) -> list[str]:
        """Words for runs in which no worker waits for another one's GIL."""
        if self.run.recipe.workers == 1:
            return []
        if not self.model.at_once:
            return ["they share one GIL, one after the other"]
        return ["each has its own GIL"]

    def figures(self, statistics: RunStatistics) -> tuple[str, str, str]:
        """Progress, throughput and its unit."""
        if statistics.phase == "starting":
            return "starting", "", ""
        rate, unit = statistics.rate  # over the whole run, in units that compare between Pythons
        if not self.over and statistics.throughput:
            rate *= statistics.throughput_recent / statistics.throughput
        if statistics.progress is None or self.over:
            progress = f"{statistics.seconds:.0f} s" if statistics.seconds >= 10 else f"{statistics.seconds:.1f} s"
        else:
            progress = percent_words(statistics.progress)
        if self.over and statistics.brief:  # too short for a rate
            return seconds(statistics.seconds), "", ""
        if not statistics.has_rate or self.paused:
            return progress, "", ""
        return progress, throughput_words(rate), f"{unit}/s"

    def tags(self) -> list[Tag]:
        """What one should know of the run, the state first."""
        if self.statistics is None:
            return []
        found: list[Tag] = []
        if self.trouble:
            found.append((str(self.statistics.outcome), "bad"))
        elif self.statistics.phase in ("paused", "stopping"):
            found.append((self.statistics.phase, "plain"))
        elif self.over and self.statistics.outcome:
            found.append((self.statistics.outcome, "plain"))
        if self.age:
            found.append((self.age, "plain"))
        times = self.run.recipe.place.hardware.clock.note
        notes = (self.run.gil_note, times, self.disturbance, self.note)
        return [*found, *((note, "warn") for note in notes if note)]
