"""A run, as the app controls it: the engine that carries it out (a lab, or the app's own threads), the probe beside it,
and the orders to both. What the run does and did is in its `reading`. A view or a report calls `pull` on its own clock
and reads `statistics`; nothing is ever pushed."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from playground import catalogue
from playground.figures.core_threads import WorkerThreads
from playground.figures.lab_cpu import LabCpu
from playground.figures.measured import measured
from playground.figures.memory_use import MemoryFigures
from playground.figures.records import RunStatistics
from playground.reading.batch import Baseline, Beginning, Control
from playground.reading.printed import OutputReader
from playground.reading.reading import Reading
from playground.recipe import limits, own_code
from playground.recipe.recipe import Recipe
from playground.run.asked_lines import AskedLines
from playground.run.engine import Engine
from playground.run.faults import Faults
from playground.run.freezer import Freezer
from playground.run.knob_changes import Changes
from playground.run.lab_session import Session
from playground.run.live_source import LiveSource
from playground.run.probe_process import Probe
from playground.run.raised import raised
from playground.run.run_folder import RunDirectory
from playground.run.stuck import StuckWatch

clock = time.perf_counter_ns
log = logging.getLogger(__name__)

MakeEngine = Callable[[Recipe, RunDirectory], Engine]


class Run:
    def __init__(self, number: int, recipe: Recipe, make_engine: MakeEngine = Session) -> None:
        self.number = number
        self.recipe = recipe
        self.model = catalogue.model(recipe.model)
        self.job = catalogue.job(recipe.job)
        self.asked_ns = clock()
        limits.allow_open_files(recipe.workers)
        tells_nothing = own_code.tells_nothing(recipe.job, recipe.code)
        watched = tells_nothing or not self.model.one_loop
        self.directory = RunDirectory(
            recipe.workers, self.model.one_loop, watched, self._may_start_threads(), recipe.place.hardware.number
        )
        try:
            self._make_parts(make_engine, tells_nothing)
        except BaseException:
            self.directory.remove()
            raise

    def _make_parts(self, make_engine: MakeEngine, tells_nothing: bool) -> None:
        recipe = self.recipe
        for name in ("switch_interval", "probe_rate", "stamps"):
            self.directory.set_knob(name, recipe.knob(name))
        self.engine = make_engine(recipe, self.directory)
        self._faults = Faults(self.number, self.engine)
        self.probe = Probe(self.directory, recipe.place.probe)
        places = 1 if not self.model.at_once else recipe.all_knobs().get("pool_size")
        self.memory = MemoryFigures(
            self.model.one_process, several_each=self.model.own_gils, at_once=None if places is None else int(places)
        )
        clock_there = recipe.place.hardware.clock
        self.output = OutputReader(self.directory.path / "output", self.engine.raw_output, clock_there.ahead_ns)
        self.lab_cpu = LabCpu() if recipe.place.processes_here else None
        self.freezer: Freezer | None = None
        self.baseline: Baseline | None = None
        self.changes = Changes(recipe)  # knobs that were turned while the run was going on
        self._started = False
        beginning = Beginning(
            recipe=recipe,
            control=self._control(self.asked_ns),
            cores=recipe.place.hardware.cores,
            watched=self.directory.watched,
            starts_threads=self.directory.starts_threads,
            lab_looked_at=self.lab_cpu is not None,
        )
        self.source = LiveSource(beginning, self.directory, self.output, self.lab_cpu, self._control)
        self.rings = self.source.rings
        # a loop has no threads that are workers: its thread runs the loop too
        self._worker_threads: Callable[[], WorkerThreads] = dict if self.model.one_loop else self.rings.threads_here
        self.reading = Reading(beginning, self.source)
        self.freezer = Freezer(self.rings) if tells_nothing else None
        self._stuck = StuckWatch(recipe, self.directory, self.rings)
        self._asked_lines = AskedLines(self.rings, self.reading) if tells_nothing else None
        self._readable = self._countable = True
        self._told: RunStatistics | None = None
        self._settled = False  # has it ended, and are its last figures made?

    # -- orders; from the thread that owns the engine, except set_knob, which only writes words of the control block.
    # An exception in here ends this run, and is not raised to the caller

    def start(self) -> None:
        with self._faults.ends_run("starting it"):
            self._started = True
            self.engine.start()
            self.probe.start()

    def poll(self) -> None:
        """Drive the run; to be called fifty times a second or more often until it is gone. After the run's end, this
        ends its processes."""
        if self.fault is None and self.engine.phase != "ended":
            with self._faults.ends_run("looking after it"):
                self._look_after()
        if self.fault is not None or self.engine.phase == "ended":
            self.see_off()

    def _look_after(self) -> None:
        if self.lab_cpu is not None:  # first: a process that has been reaped cannot be measured any more
            self.lab_cpu.look(self.engine.pid, self.probe.pid, self._worker_threads)
            self.engine.note_processes(self.lab_cpu.processes)
        self.engine.poll()
        if self.freezer is not None:
            self.freezer.poll(self.phase == "paused", self.engine.pid)
        self.probe.poll()
        who_waits_where = self._stuck.poll(self.phase == "running", self.engine.pid)
        if who_waits_where is not None:
            self.engine.is_stuck(who_waits_where)
        if self.engine.phase != "ended" and self.recipe.place.hardware.here:
            self.memory.sample(self.engine.pid, self.rings.pids_here)

    def see_off(self) -> None:
        """End the run's processes, whatever is wrong."""
        if self.engine.phase != "ended":
            self._end_engine()
        if self.engine.phase == "ended":
            self._let_watchers_go()

    def _end_engine(self) -> None:
        try:
            self.engine.kill()
            self.engine.poll()
        except Exception:
            log.exception("run %d does not end as it should", self.number)
            with self._faults.noted():
                self.engine.drop()

    def _let_watchers_go(self) -> None:
        """End the watchers, each by itself: a broken one must not keep another."""
        close = [] if self.lab_cpu is None else [self.lab_cpu.close]
        for end in (self.engine.poll, self.probe.stop, self.probe.poll, *close):
            with self._faults.noted():
                end()

    @property
    def gone(self) -> bool:
        """Has the run ended, and is no process of it left?"""
        return not self._started or (self.engine.gone and not self.probe.running)

    def stop(self) -> None:
        with self._faults.ends_run("stopping it"):
            self.engine.stop()

    def pause(self, on: bool) -> None:
        with self._faults.ends_run("pausing it"):
            self.engine.pause(on)

    def set_knob(self, name: str, value: float | str) -> None:
        with self._faults.ends_run("turning its knobs"):
            self.directory.set_knob(name, value)
            if self.phase != "ended":
                self.changes.note(name, value, self.reading.seconds(clock()))

    def abandon(self) -> None:
        """End the run and remove its files at once, as when the app is closing."""
        abandon([self])

    def leave(self) -> None:
        """Make the run's processes end; `poll` notices when they have."""
        for end in (self.engine.kill, self.probe.stop):
            with self._faults.noted():
                end()

    def let_go(self) -> None:
        """Unmap the rings. Lanes, figures and the last printed lines stay readable."""
        for part in (self.source.close, self.output.let_go):
            with self._faults.ends_run("letting go of its files"):
                part()

    def remove(self) -> None:
        with self._faults.ends_run("removing its files"):
            self.directory.remove()

    def close(self) -> None:
        self.let_go()
        self.remove()

    # -- from the thread that draws

    @property
    def fault(self) -> str | None:
        """The first fault of this app with this run, if there was one."""
        return self._faults.first

    def fail(self, doing: str, problem: Exception) -> None:
        """Note a fault of this app with this run: the run ends, with this reason. From any thread."""
        self._faults.note(doing, problem)

    @property
    def phase(self) -> str:
        if self.engine.phase == "running" and self.engine.paused:
            return "paused"
        return self.engine.phase

    @property
    def ended(self) -> bool:
        """Has the run ended, and has everything that it wrote been read?"""
        return self.reading.ended

    @property
    def started_ns(self) -> int | None:
        """When its first worker began."""
        return self.reading.started_ns

    @property
    def errors(self) -> dict[int, str]:
        """The error of each worker that raised one."""
        return self.reading.errors

    def _may_start_threads(self) -> bool:
        """May the run start threads that are no workers? Own code may. But if a loop hands its workers' calls to
        threads, these show in the workers' own lanes."""
        if self.recipe.job != own_code.NAME or not self.recipe.place.own_processes:
            return False
        handed_on = self.model.one_loop and self.model.shared_gil
        return not handed_on or own_code.look_at(self.recipe.code).kind == "async"

    @property
    def _over(self) -> bool:
        """Has everybody who writes for the run ended?"""
        return self.engine.phase == "ended" and self.gone

    def _control(self, now: int) -> Control:
        engine, over = self.engine, self._over
        return Control(
            number=self.number,
            phase=self.phase,
            outcome=engine.outcome,
            error=engine.error,
            over=over,
            interpreter=engine.facts,
            pid=engine.pid,
            nice=engine.nice,
            asked_ns=self.asked_ns,
            total=engine.total,
            op_work=engine.op_work,
            solo_ns=engine.solo_ns,
            stamp_ns=engine.stamp_ns,
            watch_ns=engine.watch_ns,
            cpu_step_ns=engine.cpu_step_ns,
            handoffs_per_s=engine.handoffs_per_s,
            lab_mb=self.memory.lab_mb,
            worker_mb=self.memory.worker_mb(engine.base_mb, self.recipe.workers),
            stop_ms=engine.stop_ms,
            baseline=self.baseline,
            observed=self.directory.watched and sys.platform.startswith("linux") and self.probe.why_not is None,
            unmeasured=self.probe.why_not,
            changes=self.changes.plain,
            stood_still=() if self.freezer is None else self.freezer.all_spans(now),
            frozen_since=None if self.freezer is None else self.freezer.since,
            module_error=engine.error if over and raised(engine.error or "") else None,
            reports=tuple(self.directory.reports()) if over else (),
        )

    def pull(self, now: int | None = None) -> None:
        """Read what has come up to `now`, or up to this moment if none is given. Cheap when there is nothing new."""
        if self.reading.ended:
            return
        now = clock() if now is None else now
        if self._readable:
            try:
                self.reading.pull(now)
            except Exception as problem:
                self._readable = False
                self.fail("reading what it wrote", problem)
        if not self._readable and self._over:
            self.reading.give_up(now)

    def ask_for_lines(self) -> None:
        """Ask the workers at which line of their code they are: each notes it in its header."""
        if self._asked_lines is not None and self.phase == "running":
            self._asked_lines.ask(clock())

    def statistics(self, now: int | None = None) -> RunStatistics:
        """The figures of the run; the last known ones if they cannot be made. After the run's end, only the outcome can
        change: when its files cannot be removed."""
        if self._countable and not self._settled:
            try:
                self._told = measured(self.reading, clock() if now is None else now)
                self._settled = self.ended
            except Exception as problem:
                self._countable = False
                self.fail("adding up its figures", problem)
        known = self._told or RunStatistics.bare(self.number, self.recipe)
        if (self.phase, self.engine.outcome, self.engine.error) != (known.phase, known.outcome, known.error):
            known = self._told = replace(known, phase=self.phase, outcome=self.engine.outcome, error=self.engine.error)
        return known


def abandon(runs: Iterable[Run]) -> None:
    """End these runs and remove their files, all at the same time, as when the app is closing."""
    runs = list(runs)
    for run in runs:
        run.leave()
    until = time.monotonic() + max((run.engine.last_s for run in runs), default=0.0)
    while not all(run.gone for run in runs) and time.monotonic() < until:
        time.sleep(0.002)
        for run in runs:
            run.see_off()
    for run in runs:
        run.close()
