"""Engine: what carries out a run, such as a lab's Session or threads of the app itself. Here is the part that all
engines share: the phases of a run's life, stopping it (when asked, or when its time is up), and pausing.

An engine is driven by `poll`, fifty times a second or more often, from the thread that started it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from playground import catalogue
from playground.figures.records import FAILED, FINISHED, STOPPED, TIME_UP
from playground.interpreters.facts import InterpreterFacts
from playground.lab.recording.own_module import NAME as OWN
from playground.lab.wire import ring
from playground.reading.raw_output import RawOutput
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe
from playground.run.run_folder import RunDirectory

clock = time.perf_counter


class CannotStart(RuntimeError):
    """A run is refused; the words are the reason, for the user."""


class Engine:
    """`phase` goes starting → running → stopping → ended; then `outcome` and `error` are set."""

    last_s = 1.0  # how long a run may take to end once it is killed

    def __init__(self, recipe: Recipe, directory: RunDirectory) -> None:
        self.recipe = recipe
        self.directory = directory
        self.phase = "starting"
        self.outcome: str | None = None
        self.error: str | None = None
        self.facts = InterpreterFacts()
        self.nice: int | None = None
        self.stamp_ns: float | None = None  # what one stamp costs
        self.cpu_step_ns = 0  # the step of the clock that counts a thread's CPU time
        self.watch_ns: float | None = None  # how much more than in plain code one op costs in a worker that takes turns
        self.solo_ns: float | None = None  # one op, timed alone before the workers started
        self.prepared: dict[str, Any] = {}  # sizes and values that the job made before the workers started
        self.total = 0  # ops of each worker; 0: endless, or not known
        self.op_work = 1.0  # how much of the job's work one op does
        self.base_mb: float | None = None  # memory before the workers started
        self.handoffs_per_s: float | None = None  # by the lab's own reading of its interpreter's counter
        self.stop_ms: float | None = None
        self.raw_output = RawOutput()
        self.stuck: str | None = None  # who waits where, once no worker can go on
        self.asked_at: float | None = None  # when the run was asked to stop
        self.asked_by_user = False
        self.fault: str | None = None  # what went wrong in this app with this run: its error, however it ends
        self._begun_at = self._deadline = 0.0  # if the recipe has a length; 0: no worker has begun yet
        self._in_turn = not catalogue.model(recipe.model).at_once  # do its workers run one after the other?
        self._paused_at: float | None = None

    @property
    def pid(self) -> int | None:
        raise NotImplementedError

    def start(self) -> None:
        raise NotImplementedError

    def poll(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        """End the run at once, without waiting: `poll` notices when it is over. May be called again."""
        raise NotImplementedError

    @property
    def gone(self) -> bool:
        """Has the run ended, and are all its processes gone?"""
        return self.phase == "ended"

    @property
    def leaving(self) -> bool:
        """Is the run about to end, so that more frequent polling is worth it?"""
        return False

    def note_processes(self, seen: Mapping[int, int]) -> None:
        """Take note of processes that belong to the run: pid → when it began."""

    def drop(self) -> None:
        """Like `kill`, for when nothing else can be relied on: the run counts as ended from now on."""
        raise NotImplementedError

    def is_stuck(self, who_waits_where: str) -> None:
        """End the run, as no worker in it can go on."""
        if self.asked_at is None and self.phase == "running":
            self.stuck = who_waits_where
            self.ask()
            self.kill()

    @property
    def paused(self) -> bool:
        return self._paused_at is not None

    def stop(self) -> None:
        """Ask the run to stop, for the user; `poll` sees to it that it does."""
        self.asked_by_user = True
        self.ask()

    def ask(self) -> None:
        if self.asked_at is None:
            self.asked_at = clock()
            if self.phase != "ended":
                self.phase = "stopping"
        self.directory.stop()  # repeated each time, for a worker that has not heard it yet

    def ask_in_time(self) -> None:
        """Ask a run with a length to stop once that time has passed since its first worker began, without pauses."""
        if self.asked_at is not None:
            self.ask()
            return
        if not self._begun_at and self.recipe.seconds is not None and self.directory.word(ring.C_BEGUN):
            self._begun_at = clock()
            self._deadline = self._begun_at + self.recipe.seconds
        if not self._begun_at or self.paused:
            return
        left = self._deadline - clock()
        if left <= 0:
            self.ask()
        elif self._in_turn:
            self._share(left)

    def _share(self, left: float) -> None:
        """End the share of each worker whose time is up: workers that run one after the other have equal shares."""
        assert self.recipe.seconds is not None
        over = int((1 - left / self.recipe.seconds) * self.recipe.workers)
        if over > self.directory.word(ring.C_OVER):
            self.directory.end_share(over)

    def pause(self, on: bool) -> None:
        self.directory.pause(on)
        if on and self._paused_at is None:
            self._paused_at = clock()
        elif not on and self._paused_at is not None:
            if self._begun_at:  # a pause before the first worker began takes nothing from its time
                self._deadline += clock() - max(self._paused_at, self._begun_at)
            self._paused_at = None

    def end(self, outcome: str, error: str | None) -> None:
        if self.asked_at is not None:
            self.stop_ms = (clock() - self.asked_at) * 1000
        self.outcome, self.error = (outcome, error) if self.fault is None else (FAILED, self.fault)
        self.phase = "ended"
        if self.fault is not None:  # noted just now by a thread that has not seen the end yet (faults.py)
            self.outcome, self.error = FAILED, self.fault

    def untroubled(self) -> str:
        """The outcome of a run in which nothing went wrong. TIME_UP is only for a job with an end that was not reached:
        an endless job that ran for its whole time has finished."""
        if self.asked_by_user:
            return STOPPED
        has_end = self.recipe.amount is not None or self.recipe.job == OWN
        if self.asked_at is not None and has_end and not self.directory.all_done():
            return TIME_UP
        return FINISHED

    def worker_error(self) -> str | None:
        """The traceback of the first worker that raised."""
        for report in sorted(self.directory.reports(), key=lambda report: report.worker):
            if report.error:
                return f"worker {worker_name(report.worker)} raised:\n{report.error}"
        return None
