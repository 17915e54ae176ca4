"""The runs of this window: their numbers and colours, and the way of each from "start" to "ended and read".

Runs are pulled once per frame. Signals only say that a run began, ended, failed or was refused."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from playground.figures import speedup
from playground.figures.records import FINISHED, STOPPED, TIME_UP, RunStatistics
from playground.reading.batch import Baseline
from playground.recipe import limits
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked
from playground.recipe.recipe_file import to_toml
from playground.run.faults import described
from playground.run.past_run import PastRun
from playground.run.run import Run
from playground.run.run_folder import NoRoom
from playground.run.way_out_process import Place
from ui.workers.engines import Engines
from ui.workers.in_app import InAppEngine
from ui.workers.lab_worker import LabWorker

SLOTS = 8
log = logging.getLogger(__name__)

MANY_WORKERS = 16  # with more, pulled on every second frame: with 64 lanes a pull is a third of a frame's cost
MOST_LIVE = 16  # nobody can look at more; each costs a lab and a probe


class LiveRuns(QObject):
    added = Signal(object, int)  # Run, its first colour slot
    ended = Signal(object)  # Run; everything it wrote has been read
    amended = Signal(object)  # Run; it had ended, and then failed
    refused = Signal(str, str)  # field, what is wrong
    failed = Signal(int, str)  # number, why: a fault of this app, reported once; all other runs go on

    def __init__(self, lab_worker: LabWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.way_out: Callable[[int], tuple[int, list[Place]] | None] = lambda _number: None  # ui/loop/freeze_exit.py
        self._lab_worker = lab_worker
        self._engines = Engines(self)
        self._runs: dict[int, Run] = {}
        self._past: dict[int, PastRun] = {}  # runs that had left the stage and are shown again
        self._slots: dict[int, int] = {}
        self._baselines: dict[str, Baseline] = {}  # what one worker did in this window, by kind of recipe
        self._next_number = 1
        self._frames = 0
        self._told: set[int] = set()  # runs with a fault that was reported
        self._over: set[int] = set()  # runs with an end that was reported

    @property
    def live(self) -> list[Run]:
        return [run for run in self._runs.values() if not run.ended]

    @property
    def all(self) -> list[Run]:
        return list(self._runs.values())

    def run(self, number: int) -> Run | None:
        return self._runs.get(number)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all runs on the stage, past ones that are shown again included."""
        return sorted([*self._runs, *self._past])

    def shown(self, number: int) -> Run | PastRun | None:
        return self._runs.get(number) or self._past.get(number)

    def is_past(self, number: int) -> bool:
        return number in self._past

    def bring_back(self, run: PastRun, slot: int) -> None:
        """Takes a run that had left the stage and is shown again."""
        self._past[run.number], self._slots[run.number] = run, slot

    def slot(self, number: int) -> int:
        return self._slots[number]

    def start(self, recipe: Recipe) -> Run | None:
        """Starts a run, or says what is wrong with its recipe."""
        try:
            recipe = checked(recipe)
            limits.check(recipe)
            if len(self.live) >= MOST_LIVE:
                raise BadRecipe(
                    "recipe",
                    f"{MOST_LIVE} runs are live already, and no more can be at once.",
                    MOST_LIVE + 1,
                    f"{MOST_LIVE} at once",
                )
            run = Run(self._next_number, recipe, self._engines.make)
        except BadRecipe as problem:
            self.refused.emit(problem.field, str(problem))
            return None
        except NoRoom as problem:
            self.refused.emit("", f"{problem}. Free some space, then press Run again.")
            return None
        except Exception as problem:  # at the edge: whatever it is, nothing was started, and other runs go on
            log.exception("a run cannot be made")
            self.refused.emit("", f"This run cannot be made: {described(problem)}.")
            return None
        self._next_number += 1
        run.baseline = self._baselines.get(_kind(recipe))
        self._slots[run.number] = self._free_slot(recipe.workers)
        self._runs[run.number] = run
        self.added.emit(run, self._slots[run.number])
        self.tell_way_out()
        self._lab_worker.start(run)
        return run

    def _free_slot(self, workers: int) -> int:
        """The first free colours in a row, so that two runs of four workers use all eight."""
        used: set[int] = set()
        for run in self.live:
            first = self._slots[run.number]
            used |= {(first + lane) % SLOTS for lane in range(min(run.recipe.workers, SLOTS))}
        wanted = min(workers, SLOTS)
        for first in range(SLOTS):
            if not used & {(first + lane) % SLOTS for lane in range(wanted)}:
                return first
        return next((slot for slot in range(SLOTS) if slot not in used), 0)

    def stop(self, number: int) -> None:
        run = self._runs.get(number)
        if run is not None and not run.ended:
            self._lab_worker.stop(run)

    def stop_all(self) -> None:
        for run in self.live:
            self._lab_worker.stop(run)

    def pause(self, number: int, on: bool) -> None:
        run = self._runs.get(number)
        if run is not None and not run.ended:
            self._lab_worker.pause(run, on)

    def pause_newest(self) -> None:
        """Pauses the newest run, or lets it go on."""
        for run in self.live[-1:]:
            self.pause(run.number, run.phase != "paused")

    def stop_inside(self) -> bool:
        """Stops the runs inside this app. Were there any?"""
        inside = [run for run in self.live if run.recipe.place.freezes]
        for run in inside:
            self._lab_worker.stop(run)
        return bool(inside)

    @Slot()
    def tell_way_out(self) -> None:
        """Tells the processes that hear clicks during a freeze where the Stop buttons are."""
        for run in self.live:
            if isinstance(run.engine, InAppEngine) and (told := self.way_out(run.number)) is not None:
                run.engine.way_out.tell(*told)

    def set_knob(self, name: str, value: float | str) -> None:
        """Turns a live knob of every live run."""
        for run in self.live:
            run.set_knob(name, value)

    def forget(self, number: int) -> None:
        """Forgets an ended run, which leaves the stage."""
        run = self.shown(number)
        if run is not None and run.ended:
            self._runs.pop(number, None)
            self._past.pop(number, None)
            del self._slots[number]
            self._over.discard(number)
            self._told.discard(number)

    @Slot()
    def pull(self) -> None:
        """Pulls the live runs: once per frame, before drawing."""
        self._frames += 1
        for run in self.live:
            if run.recipe.workers > MANY_WORKERS and self._frames % 2 and run.phase != "ended":
                continue
            run.pull()
            if run.ended:
                self._on_ended(run)
        for run in self.all:
            if run.fault is not None and run.number not in self._told:
                self._on_fault(run, run.fault)

    def fail(self, number: int, doing: str, problem: Exception) -> None:
        """Ends a run whose widgets had a fault. A run that has ended keeps its end."""
        run = self._runs.get(number)
        if run is not None and not run.ended:
            run.fail(doing, problem)

    def _on_fault(self, run: Run, why: str) -> None:
        self._told.add(run.number)
        self.failed.emit(run.number, why)
        if run.number in self._over:
            self.amended.emit(run)

    def _on_ended(self, run: Run) -> None:
        figures = run.statistics()
        went_well = figures.outcome in (FINISHED, TIME_UP, STOPPED)
        if run.recipe.workers == 1 and went_well and figures.seconds > 0.5:
            self._baselines[_kind(run.recipe)] = Baseline(figures.work_per_s or 0.0, speedup.BEFORE)
        run.let_go()
        self._lab_worker.remove(run)
        self._over.add(run.number)
        self.ended.emit(run)

    def statistics(self) -> list[RunStatistics]:
        every: dict[int, Run | PastRun] = {**self._runs, **self._past}
        return [every[number].statistics() for number in self.numbers]

    def shut_down(self) -> None:
        self._lab_worker.shut_down()
        for run in self._runs.values():  # also runs with a start or removal still in the queue
            run.close()


def _kind(recipe: Recipe) -> str:
    """The recipe without length and number of workers: runs that share it compare."""
    return to_toml(changed(recipe, workers=1, amount=None, seconds=None))
