"""A run, as the app controls it: the lab (or the in-app threads) that does it, the probe beside it, and the orders to
both. What it does and did stands in its `reading`. Whoever draws or reports calls `pull` on their own clock and reads
`statistics`; nothing is ever pushed."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable

import numpy as np
from msgspec.structs import astuple, replace

from playground import catalogue
from playground.figures.core_threads import WorkerThreads
from playground.figures.lab_cpu import LabCpu
from playground.figures.measured import measured
from playground.figures.memory_use import MemoryFigures
from playground.figures.records import RunStatistics
from playground.lab.wire import ring as layout
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
        self.changes = Changes(recipe)  # to its knobs, while it was going on
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
        self.reading = Reading(beginning, self.source)
        self.freezer = Freezer(self.rings) if tells_nothing else None
        self._stuck = StuckWatch(self)
        self._asked_lines = AskedLines(self) if tells_nothing else None
        self._readable = self._countable = True
        self._told: RunStatistics | None = None
        self._settled = False  # it has ended, and its figures were told

    # -- orders; from the thread that owns the engine, except set_knob, which only writes words of the control block.
    # What goes wrong in here ends this run, and is raised to nobody

    def start(self) -> None:
        with self._faults.ends_run("starting it"):
            self._started = True
            self.engine.start()
            self.probe.start()

    def poll(self) -> None:
        """Some fifty times a second, until it is gone. When the run has ended this has seen to its processes."""
        if self.fault is None and self.engine.phase != "ended":
            with self._faults.ends_run("looking after it"):
                self._look_after()
        if self.fault is not None or self.engine.phase == "ended":
            self.see_off()

    def _look_after(self) -> None:
        if self.lab_cpu is not None:  # first: of what has been reaped nothing is known
            self.lab_cpu.look(self.engine.pid, self.probe.pid, self._worker_threads)
            self.engine.note_processes(self.lab_cpu.processes)
        self.engine.poll()
        if self.freezer is not None:
            self.freezer.poll(self.phase == "paused", self.engine.pid)
        self.probe.poll()
        who_waits_where = self._stuck.poll()
        if who_waits_where is not None:
            self.engine.is_stuck(who_waits_where)
        if self.engine.phase != "ended" and self.recipe.place.hardware.here:
            self.memory.sample(self.engine.pid, self._pids_here)

    def see_off(self) -> None:
        """Its processes go, whatever is wrong."""
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
        """Each by itself: one that is broken must not keep another."""
        with self._faults.noted():
            self.engine.poll()
        with self._faults.noted():
            self.probe.stop()
            self.probe.poll()
        with self._faults.noted():
            if self.lab_cpu is not None:
                self.lab_cpu.close()

    @property
    def gone(self) -> bool:
        """It has ended, and no process of it is left."""
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
        """The app is closing: everything away, at once."""
        abandon([self])

    def leave(self) -> None:
        """Its processes are to end; `poll` sees when they have."""
        with self._faults.noted():
            self.engine.kill()
        with self._faults.noted():
            self.probe.stop()

    def let_go(self) -> None:
        """Unmap the rings. What was drawn and counted stays readable, and so do the last lines that were printed."""
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
        """What went wrong in this app with this run, if anything did."""
        return self._faults.first

    def fail(self, doing: str, problem: Exception) -> None:
        """Something of this app's went wrong with it: it ends, and that is why. From any thread."""
        self._faults.note(doing, problem)

    @property
    def phase(self) -> str:
        if self.engine.phase == "running" and self.engine.paused:
            return "paused"
        return self.engine.phase

    @property
    def ended(self) -> bool:
        """Ended, and everything it wrote has been read."""
        return self.reading.ended

    @property
    def started_ns(self) -> int | None:
        """When its first worker began."""
        return self.reading.started_ns

    @property
    def errors(self) -> dict[int, str]:
        """What its workers raised."""
        return self.reading.errors

    @property
    def worker_processes(self) -> set[tuple[int, int]]:
        """By place and pid: processes of two computers may have the same number."""
        words = np.unique(self.rings.headers[:, (layout.W_PLACE, layout.W_PID)], axis=0)
        return {(place, pid) for place, pid in words.tolist() if pid}

    def _pids_here(self) -> set[int]:
        return {pid for place, pid in self.worker_processes if place == layout.HERE}

    def _worker_threads(self) -> WorkerThreads:
        """Threads here that are workers at this moment, by process. Of a loop's thread a part is no worker's."""
        if self.model.one_loop:
            return {}
        found: dict[int, set[int]] = {}
        words = self.rings.headers
        at_work = (words[:, layout.W_STARTED] > 0) & (words[:, layout.W_ENDED] == 0)
        at_work &= words[:, layout.W_PLACE] == layout.HERE
        for pid, tid in words[np.flatnonzero(at_work)[:, None], (layout.W_PID, layout.W_TID)].tolist():
            found.setdefault(pid, set()).add(tid)
        return {pid: frozenset(tids) for pid, tids in found.items()}

    def _may_start_threads(self) -> bool:
        """Own code may; but where a loop hands its workers' calls to threads, these are told of in their lanes."""
        if self.recipe.job != own_code.NAME or not self.recipe.place.own_processes:
            return False
        handed_on = self.model.one_loop and self.model.shared_gil
        return not handed_on or own_code.look_at(self.recipe.code).kind == "async"

    @property
    def _over(self) -> bool:
        """Does nobody write any more?"""
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
            changes=tuple(astuple(change) for change in self.changes.all),
            stood_still=() if self.freezer is None else self.freezer.all_spans(now),
            frozen_since=None if self.freezer is None else self.freezer.since,
            module_error=engine.error if over and raised(engine.error or "") else None,
            reports=tuple(self.directory.reports()) if over else (),
        )

    def pull(self, now: int | None = None) -> None:
        """Take over what has come up to then: up to this moment, where none is given. Cheap when there is nothing."""
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
        """Somebody looks at its text: where are its workers in it? Each notes it in its header."""
        if self._asked_lines is not None:
            self._asked_lines.ask(clock())

    def statistics(self, now: int | None = None) -> RunStatistics:
        """Where they cannot be had, what was known last. Of a run that has ended nothing changes any more but how it
        ended: its files could not be removed."""
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
    """The app is closing: everything of these away, all of them at once."""
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
