"""Teller: twice a second, puts the figures of all runs into words: in group headers (also that other programs disturb a
run), verdict, tasks and status bar.

The frame clock drives it, right after a frame, so that it has all the time until the next one. A timer of its own would
delay every thirtieth frame. The tasks follow on a later frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from playground.figures.reach import Machine, could_use, disturbed
from playground.figures.records import RunStatistics
from playground.figures.wording import cores, cores_there
from playground.hosts import HERE, CoreSample
from playground.reading.lanes.store import MANY
from playground.reading.states import ENDED, HELD, NOT_STARTED
from playground.verdict.judge import judge
from ui.loop.apart import apart
from ui.runs.busy_cores import Busy
from ui.runs.live_runs import LiveRuns
from ui.runs.status_bar import CostFigures, StatusBar
from ui.runs.verdict_strip import VerdictStrip
from ui.shell.right_column import Side
from ui.stage.stage import Stage
from ui.workers.core_sampler import CoreSampler

EVERY_NS = 500_000_000
TASKS_EVERY, TASKS_AFTER_NS = 2, 150_000_000
APART_NS = 50_000_000
AT_REST = (NOT_STARTED, HELD, ENDED)
LATENESS_WINDOW_S = 10.0
DISTURBED_AFTER_S = 3.0


class Teller(QObject):
    told = Signal()
    run_chosen = Signal(int)

    def __init__(
        self, runs: LiveRuns, sampler: CoreSampler, stage: Stage, side: Side, strip: VerdictStrip, status: StatusBar
    ) -> None:
        super().__init__()
        self._runs, self._sampler = runs, sampler
        self._stage, self._side, self._strip, self._status = stage, side, strip, status
        self._chosen: int | None = None
        self._busy = Busy()
        self._ticks = 0
        self._lateness: dict[int, tuple[float, float]] = {}  # of the window during ended runs: p99 and longest, ms
        self._judged: set[int] = set()  # ended runs that are judged: did other programs disturb them?
        self._unmeasured: set[int] = set()  # runs with an unmeasured GIL that the status bar has mentioned
        self._told_at = 0
        self._tasks_at: int | None = None
        self._figures: list[RunStatistics] = []
        self._at_rest: list[tuple[object, ...]] = []  # the workers of each run that do nothing

    def tick(self, now: int) -> None:
        """Updates the words, after a frame in which the stage has not just updated its own figures."""
        if (now - self._told_at >= EVERY_NS or self._has_begun()) and now - self._stage.told_at > APART_NS:
            self._told_at = now
            self.tell()
            if self._ticks % TASKS_EVERY == 0:
                self._tasks_at = now + TASKS_AFTER_NS
        elif self._tasks_at is not None and now >= self._tasks_at:
            self._tasks_at = None
            apart(self._side.show_tasks, self._figures)

    def _has_begun(self) -> bool:
        """Has a run begun since the last words? Its lanes must not fill beside "not started"."""
        waiting = (one.number for one in self._figures if one.started_ns is None and one.phase != "ended")
        runs = (self._runs.run(number) for number in waiting)
        return any(run is not None and run.started_ns is not None for run in runs)

    @property
    def chosen(self) -> int | None:
        return self._chosen

    def choose(self, number: int) -> None:
        """Chooses the run that the verdict, the lens and the tasks are about."""
        self._chosen = number
        self._stage.choose(number)
        self._side.choose(number)
        self.tell()
        self._side.show_tasks(self._figures)
        self.run_chosen.emit(number)

    def choose_worker(self, number: int, worker: int) -> None:
        if number != self._chosen:
            self.choose(number)
        self._stage.open_worker(number, worker)

    def tell_again(self, number: int) -> None:
        """A run is back on the stage: what is said once of each run is said again."""
        self._judged.discard(number)

    def note_cores(self, sample: CoreSample) -> None:
        self._busy.note(float(sample.usage.sum()))

    def note_end(self, run: RunStatistics) -> tuple[float, float]:
        """Keeps and returns how late the window was during a run: p99 and longest, in ms."""
        _, p99, longest = self._stage.lateness(max(1.0, min(LATENESS_WINDOW_S, run.seconds))) or (0.0, 0.0, 0.0)
        self._lateness[run.number] = p99, self._longest(run, longest)
        return self._lateness[run.number]

    def _longest(self, run: RunStatistics, lately: float) -> float:
        """The longest lateness; for a run that freezes the window, the longest freeze since it began."""
        if not run.recipe.place.freezes or run.started_ns is None:
            return lately
        return self._stage.pulse.longest(run.started_ns)

    def tell(self) -> None:
        self._ticks += 1
        figures = self._figures = self._runs.statistics()
        chosen = next((one for one in figures if one.number == self._chosen), figures[-1] if figures else None)
        self._busy.look(figures, self._stage.busy_with_others)
        apart(self._stage.show_statistics, figures)
        at_rest = [_at_rest(one) for one in figures]
        if at_rest != self._at_rest:  # the gutter shows this now, and the table must not contradict it
            self._at_rest, self._tasks_at = at_rest, None
            apart(self._side.show_tasks, figures)
        apart(self._show_verdict, chosen)
        apart(self._show_costs, figures, chosen)
        for one in figures:
            apart(self._tell_disturbance, one)
            self._tell_unmeasured(one)
        self.told.emit()

    def _show_verdict(self, chosen: RunStatistics | None) -> None:
        verdict = judge(chosen, self._machine(chosen))
        self._side.show_verdict(verdict)
        self._strip.show_verdict(verdict)

    def disturbed(self, run: RunStatistics) -> bool:
        """Did other programs take cores from it?"""
        return disturbed(run, self._machine(run))

    def _machine(self, run: RunStatistics | None) -> Machine:
        """How the computer and the window are doing; for an ended run, how they did during it."""
        _, p99, longest = self._stage.lateness(LATENESS_WINDOW_S) or (None, None, None)
        if run is not None and run.number in self._lateness:
            p99, longest = self._lateness[run.number]
        elif run is not None and longest is not None:
            longest = self._longest(run, longest)
        hardware = HERE if run is None else run.recipe.place.hardware
        busy = self._busy.of(run) if hardware.here else (0.0, 0.0)  # nobody has looked how busy another computer is
        return Machine(hardware.cores, *busy, p99, longest)

    def _tell_disturbance(self, run: RunStatistics) -> None:
        if run.number in self._judged or run.seconds < DISTURBED_AFTER_S:
            return
        machine, short, whole = self._machine(run), "", ""
        if disturbed(run, machine):
            can = "could" if run.phase == "ended" else "can"
            got = f"got {run.cores_workers:.1f} of the {cores_there(could_use(run, machine))} it {can} use"
            short = f"others were busy: {got}"
            whole = f"Other programs took {cores(machine.busy_with_others)}. This run {got}."
        self._stage.show_disturbance(run.number, short, whole)
        if run.number in self._lateness:  # ended: the judgement is final
            self._judged.add(run.number)

    def _tell_unmeasured(self, run: RunStatistics) -> None:
        if run.gil.why and run.number not in self._unmeasured:
            self._unmeasured.add(run.number)
            self._status.show_message(f"Run {run.number}: the GIL is not measured: {run.gil.why}")

    def _show_costs(self, figures: list[RunStatistics], chosen: RunStatistics | None) -> None:
        probes = [one.probe_cost for one in figures if one.phase != "ended" and one.probe_cost is not None]
        costs = CostFigures(
            probe_cost=sum(probes) if probes else None,
            recorder_cost=chosen.recorder_cost if chosen else None,
            app_cpu=self._sampler.app_cpu,
            lost_records=sum(one.lost_records for one in figures),
            gil_source=chosen.gil.source if chosen else "none",
            gil_why=chosen.gil.why if chosen else None,
            probe_hz=float(chosen.recipe.knob("probe_rate")) if chosen else None,
            nice=chosen.nice if chosen and chosen.recipe.place.own_processes else None,
            interpreter=chosen.interpreter.short if chosen else "",
        )
        self._status.show_costs(costs)


def _at_rest(run: RunStatistics) -> tuple[object, ...]:
    """The workers that have not begun, are paused or have ended; of very many, only how many have begun."""
    if run.recipe.workers > MANY:
        return run.number, run.phase, run.begun
    return run.number, *(worker.state if worker.state in AT_REST else "" for worker in run.workers)
