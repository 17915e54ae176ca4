"""A run, from the app's side: the lab (or the in-app threads) that does it, the rings it writes, and what follows from
them. Whoever draws or reports calls `pull` on their own clock and reads `statistics()`; nothing is ever pushed."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from playground import catalogue
from playground.figures.core_threads import WorkerThreads
from playground.figures.header_sums import Totals
from playground.figures.lab_cpu import LabCpu
from playground.figures.lately import Lately
from playground.figures.measured import Control, measured, seconds_of
from playground.figures.memory_use import MemoryFigures
from playground.figures.records import RunStatistics
from playground.figures.speedup import Baseline
from playground.lab.wire import clocks
from playground.lab.wire import ring as layout
from playground.reading import pauses, round_trips
from playground.reading.holds.holders import HolderStore
from playground.reading.holds.owners import Gil, Owners, gils_of
from playground.reading.holds.ribbon import Ribbon
from playground.reading.holds.strangers import Strangers
from playground.reading.lanes.sampled_lanes import Samples
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.lanes.store import LaneStore
from playground.reading.picture_tiles import PictureReader
from playground.reading.printed import OutputReader
from playground.reading.rings import Headers, RingReader, RingsReader
from playground.recipe import limits, own_code
from playground.recipe.recipe import Recipe
from playground.run.asked_lines import AskedLines
from playground.run.engine import Engine
from playground.run.faults import Faults
from playground.run.freezer import Freezer
from playground.run.knob_changes import Changes
from playground.run.lab_session import Session
from playground.run.probe_process import Probe
from playground.run.raised import raised
from playground.run.run_folder import RunDirectory
from playground.run.stuck import StuckWatch

FEW_LANES, STATE_EVERY = 16, 4  # of more lanes than a few, each pull looks at the state of every fourth, in turn
MOST_LOOKED_AT = 2048  # … and of thousands at so many
MODULE = -1  # among errors: what the user's module raised, before there were workers
clock = time.perf_counter_ns
log = logging.getLogger(__name__)

MakeEngine = Callable[[Recipe, RunDirectory], Engine]


class Run(Ribbon):
    def __init__(self, number: int, recipe: Recipe, make_engine: MakeEngine = Session) -> None:
        self.number = number
        self.recipe = recipe
        self.model = catalogue.model(recipe.model)
        self.job = catalogue.job(recipe.job)
        self.asked_ns = clock()
        limits.allow_open_files(recipe.workers)
        tells_nothing = self._tells_nothing()
        looked_at = tells_nothing or not self.model.one_loop
        self.directory = RunDirectory(recipe.workers, self.model.one_loop, looked_at, self._may_start_threads())
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
        self.rings = RingsReader(self.directory.rings)
        self.probe_reader = RingReader(self.directory.path / "gil.ring")
        self.output = OutputReader(self.directory.path / "output", self.engine.raw_output)
        self.lanes = LaneStore(recipe.workers, self.model.shared_gil, recipe.place.hardware.cores)
        self.lanes.in_turns = self.model.one_loop
        self.samples = Samples(self.directory.samples, self.lanes) if self.directory.watched else None
        self.started = StartedThreads(self.directory.path) if self.directory.starts_threads else None
        self.strangers = Strangers()
        self.freezer = Freezer(self.rings) if tells_nothing else None
        self.holders = HolderStore(recipe.workers)
        self.totals = Totals(recipe.workers)
        self.lab_cpu = LabCpu() if recipe.place.own_processes else None
        self.lately = Lately()
        self.trips = round_trips.Trips()
        self.baseline: Baseline | None = None
        self.errors: dict[int, str] = {}
        self.results: dict[int, Any] = {}  # of the workers that have finished
        self.owners = Owners(self.rings, self.model.one_loop, helpers=self.model.shared_gil)
        self.pauses: list[tuple[int, int]] = []  # when any worker was paused; they do not overlap
        self.changes = Changes(recipe)  # to its knobs, while it was going on
        self._stuck = StuckWatch(self)
        self._asked_lines = AskedLines(self) if tells_nothing else None
        self._picture: PictureReader | None = None
        self._pulls = 0
        self.pulled_ns = self.asked_ns  # up to then it is known what workers do
        self._started = False
        self._drained = False
        self._readable = self._countable = True
        self._told: RunStatistics | None = None
        self._settled = False  # it has ended, and its figures were told
        self._ended_ns: int | None = None

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
        if self.engine.phase != "ended":
            self.memory.sample(self.engine.pid, lambda: self.worker_pids)

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
                self.changes.note(name, value, self.seconds(clock()))

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
        for part in (self.rings, self.probe_reader, self.samples, self.started, self.picture):
            if part is not None:
                with self._faults.ends_run("letting go of its files"):
                    part.close()
        with self._faults.ends_run("letting go of its files"):
            self.output.let_go()

    def remove(self) -> None:
        with self._faults.ends_run("removing its files"):
            self.directory.remove()

    def close(self) -> None:
        self.let_go()
        self.remove()

    # -- reading; from the thread that draws

    @property
    def fault(self) -> str | None:
        """What went wrong in this app with this run, if anything did."""
        return self._faults.first

    def fail(self, doing: str, problem: Exception) -> None:
        """Something of this app's went wrong with it: it ends, and that is why. From any thread."""
        self._faults.note(doing, problem)

    @property
    def ended(self) -> bool:
        """Ended, and everything it wrote has been read."""
        return self._drained

    @property
    def phase(self) -> str:
        if self.engine.phase == "running" and self.engine.paused:
            return "paused"
        return self.engine.phase

    @property
    def worker_pids(self) -> set[int]:
        return {int(pid) for pid in np.unique(self.rings.column(layout.W_PID)) if pid}

    def _worker_threads(self) -> WorkerThreads:
        """Threads that are workers at this moment, by process. Of a loop's thread a part is no worker's."""
        if self.model.one_loop:
            return {}
        found: dict[int, set[int]] = {}
        words = self.rings.headers[:, (layout.W_PID, layout.W_TID, layout.W_STARTED, layout.W_ENDED)]
        for pid, tid, _, _ in words[(words[:, 2] > 0) & (words[:, 3] == 0)].tolist():
            found.setdefault(pid, set()).add(tid)
        return {pid: frozenset(tids) for pid, tids in found.items()}

    @property
    def started_ns(self) -> int | None:
        return self.totals.started_ns

    @property
    def ended_ns(self) -> int | None:
        return self._ended_ns

    def seconds(self, now: int) -> float:
        """That it has been running until then, pauses left out."""
        return seconds_of(self.started_ns, self.ended_ns or now, self.pauses)

    @property
    def picture(self) -> PictureReader | None:
        """That its workers make together, of a job that has one; it is made before they start."""
        path = self.directory.path / "picture"
        if self._picture is None and self.job.look == "picture" and path.exists():
            self._picture = PictureReader(path)
        return self._picture

    def pull(self) -> None:
        """Take over what the rings have that is new. Cheap when there is nothing."""
        if self._drained:
            return
        if self._readable:
            try:
                self._take_over()
            except Exception as problem:
                self._readable = False
                self.fail("reading what it wrote", problem)
        if not self._readable and self._over:
            self._ended_ns, self._drained = clock(), True

    @property
    def _over(self) -> bool:
        """Does nobody write any more?"""
        return self.engine.phase == "ended" and self.gone

    def _take_over(self) -> None:
        over = self._over
        self._pulls += 1
        self.lanes.shared_gil, self.lanes.observed = self._gil_is_shared(), self.observed
        if self.samples is not None:
            self.samples.pull(self._stood_still())
        records = self.rings.pull(clock())
        for pause in records[records["kind"] == layout.PAUSED]:
            self._note_pause(int(pause["start"]), int(pause["end"]))
        self.owners.ran(records)
        looked_at = self._to_look_at(records, over)
        if self.samples is not None:
            records = self.samples.taken_out(records, self._stood_still())
        self.lanes.add(pauses.taken_out(records, self.pauses, self.model.one_loop))
        self._look_at_states(looked_at)
        self.lanes.settle()
        self.pulled_ns = clock()
        if self.lately.note(self.pulled_ns, self.totals) or over:
            self._look_at_trips()
        if self.started is not None:
            self.started.pull()
        if self.probe_reader.pending or over:
            samples, lane = self.owners.of(self.probe_reader.pull(), over)
            self.holders.add(samples, lane, self.pauses)
            self.strangers.add(samples, lane)
        if over:
            self._drain()

    def _gil_is_shared(self) -> bool:
        """Can a worker wait for a GIL that another one has? It is the Python that tells whether there is any."""
        if not self.engine.facts.gil_enabled:
            return False
        if self.recipe.place.shares_gil:  # even a single worker does, with the window's own threads
            return True
        if self.model.own_gils and not self.lanes.shared_gil:  # as few as there are, several workers have one
            return any(len(gil.lanes) > 1 for gil in self.gils)
        return self.model.shared_gil or self.lanes.shared_gil

    def _to_look_at(self, records: npt.NDArray[np.void], over: bool) -> npt.NDArray[np.int64]:
        """All lanes where they are few or at the end; else those that wrote, and some of the others in turn."""
        count = len(self.rings)
        if over or count <= FEW_LANES:
            return np.arange(count)
        every = max(STATE_EVERY, count // MOST_LOOKED_AT)
        return np.union1d(np.arange(self._pulls % every, count, every), records["task"])

    def _look_at_states(self, lane: npt.NDArray[np.int64]) -> None:
        headers = self.headers(lane)
        self.totals.look(lane, headers)
        state = headers[:, layout.W_STATE].astype(np.int64)
        since = headers[:, layout.W_SINCE].astype(np.int64)
        ended = headers[:, layout.W_ENDED] > 0
        due = headers[:, layout.W_DUE].astype(np.int64)
        self.lanes.set_tails(lane, np.where(ended, layout.NONE, state), since, due)
        paused = since[(state == layout.PAUSED) & ~ended]
        if len(paused):
            self._note_pause(int(paused.min()), clock())

    def headers(self, lane: npt.NDArray[np.int64]) -> Headers:
        """A copy of what the rings say of those workers now, and where they do not, the samples of their threads."""
        headers = self.rings.headers[lane]
        frozen = None if self.freezer is None else self.freezer.since
        return headers if self.samples is None else self.samples.corrected(lane, headers, frozen)

    def _stood_still(self) -> list[tuple[int, int]]:
        """From when to when processes of it were stopped."""
        spans = [] if self.freezer is None else self.freezer.all_spans()
        for span in spans:
            self._note_pause(*span)
        return spans

    @property
    def observed(self) -> bool:
        """Does the probe look at the threads of workers? Only Linux shows them, and a probe may fail."""
        return self.samples is not None and sys.platform.startswith("linux") and self.probe.why_not is None

    @property
    def clock_step_ms(self) -> float | None:
        """Of the clock by which a thread's CPU time is counted, where it is coarse; None where it is fine."""
        step = self.engine.cpu_step_ns
        return step / 1e6 if step > clocks.COARSE_NS else None

    @property
    def lanes_source(self) -> str:
        """recorded: workers told of each op, and what they waited for was seen | sampled: code that tells nothing was
        looked at | estimated: nobody looked, and what they did within an op is not known; or it is, but the system
        counts their CPU time in steps that are longer than ops."""
        if self.clock_step_ms is not None:
            return "estimated"
        if self.samples is None:
            return "recorded"
        if not self._tells_nothing():
            return "recorded" if self.observed or not self.lanes.shared_gil else "estimated"
        awaited = own_code.look_at(self.recipe.code).kind == "async"  # it tells of each step, a long one is looked at
        if self.samples.long if awaited else self.samples.taken:
            return "sampled"
        return "recorded" if awaited else "estimated"

    def stranger(self, moment: int) -> str:
        """The thread that held a GIL then, and is no worker."""
        found = self.strangers.at(moment)
        if found is not None:
            target, holder = found
            header = self.rings.headers[target]
            name = None if self.started is None else self.started.name_of(int(header[layout.W_PID]), holder)
            if name is not None:
                return name
            if self.model.one_loop and holder == int(self.rings.headers[0, layout.W_THREAD_STATE]):
                return "the loop"
        return self.recipe.place.stranger

    def life(self, lane: int) -> tuple[int, int]:
        """When a worker began, and when it ended; 0: it has not."""
        header = self.rings.headers[lane]
        return int(header[layout.W_STARTED]), int(header[layout.W_ENDED])

    def _may_start_threads(self) -> bool:
        """Own code may; but where a loop hands its workers' calls to threads, these are told of in their lanes."""
        if self.recipe.job != own_code.NAME or not self.recipe.place.own_processes:
            return False
        handed_on = self.model.one_loop and self.model.shared_gil
        return not handed_on or own_code.look_at(self.recipe.code).kind == "async"

    def _tells_nothing(self) -> bool:
        """Are its workers functions that are called as they are?"""
        return self.recipe.job == own_code.NAME and own_code.look_at(self.recipe.code).kind != "ops"

    def _drain(self) -> None:
        now = clock()
        if self.directory.stamping:  # without stamps it is not known what a worker did
            self.lanes.finish(now)
        self._collect_reports()
        self._ended_ns = max(self.lanes.latest, int(self.rings.column(layout.W_ENDED).max())) or now
        self._drained = True

    def _look_at_trips(self) -> None:
        """Of a run whose files are gone what they told last."""
        told = round_trips.read(self.directory.path) if self.job.look == "trips" else None
        self.trips = told or self.trips

    def _note_pause(self, start: int, end: int) -> None:
        apart = [pause for pause in self.pauses if pause[1] < start or end < pause[0]]
        touching = [pause for pause in self.pauses if pause[0] <= end and start <= pause[1]]
        for since, until in touching:
            start, end = min(start, since), max(end, until)
        self.pauses = [*apart, (start, end)]

    def _collect_reports(self) -> None:
        reports = self.directory.reports()
        self.errors = {report["worker"]: str(report["error"]) for report in reports if report["error"]}
        if not self.errors and raised(self.engine.error or ""):  # the module itself, before any worker
            self.errors[MODULE] = str(self.engine.error)
        self.results = {report["worker"]: report["result"] for report in reports if not report["error"]}

    # -- the ribbon

    @property
    def gils(self) -> tuple[Gil, ...]:
        """The GILs that are worth a ribbon each: none where there is no GIL, or where each worker is a process."""
        if not self.engine.facts.gil_enabled:
            return ()
        if self.model.own_gils:
            return gils_of(self.rings, self.model.one_process)
        if self.model.shared_gil or self.model.one_loop:
            return (Gil(0, range(len(self.rings))),)
        return ()

    @property
    def gil_note(self) -> str | None:
        """What to tell of a Python that can do without a GIL, but has it on."""
        facts = self.engine.facts
        if not facts.free_threaded or not facts.gil_enabled or self.recipe.knobs.get("gil") == "on":
            return None
        return f"The GIL is back: {facts.gil_back_by or 'something that was imported'} turned it on"

    @property
    def ribbon_source(self) -> str:
        if self.model.one_loop and self.model.shared_gil and self.gil_source == "measured":
            return "estimated"  # which of the loop's helpers it was is not known
        return self.gil_source if self.gils else "none"

    @property
    def gil_source(self) -> str:
        if not self.engine.facts.gil_enabled:
            return "none"
        if self.holders.samples:
            return "measured"
        if self.engine.handoffs_per_s is not None:
            return "counter"
        return "estimated" if self.gils and self.lanes.latest else "none"

    # -- figures

    def ask_for_lines(self) -> None:
        """Somebody looks at its text: where are its workers in it? Each notes it in its header."""
        if self._asked_lines is not None:
            self._asked_lines.ask(clock())

    @property
    def answer(self) -> Any:
        """Of all workers together, once all have finished: what does not depend on who did what."""
        if len(self.results) < self.recipe.workers or self.errors:
            return None
        return catalogue.answer(self.recipe.job, [self.results[worker] for worker in sorted(self.results)])

    @property
    def stamped(self) -> bool:
        """Do its workers tell what they do?"""
        return self.directory.stamping

    @property
    def printed(self) -> int:
        """Lines."""
        return self.output.total

    def word(self, word: int) -> int:
        """Of its control block."""
        return self.directory.word(word)

    def _control(self) -> Control:
        engine = self.engine
        return Control(
            number=self.number,
            phase=self.phase,
            outcome=engine.outcome,
            error=engine.error,
            interpreter=engine.facts,
            pid=engine.pid,
            nice=engine.nice,
            asked_ns=self.asked_ns,
            total=engine.total,
            op_work=engine.op_work,
            solo_ns=engine.solo_ns,
            stamp_ns=engine.stamp_ns,
            watch_ns=engine.watch_ns,
            handoffs_per_s=engine.handoffs_per_s,
            base_mb=engine.base_mb,
            stop_ms=engine.stop_ms,
            baseline=self.baseline,
            unmeasured=self.probe.why_not,
            changes=self.changes.all,
        )

    def statistics(self) -> RunStatistics:
        """Where they cannot be had, what was known last. Of a run that has ended nothing changes any more but how it
        ended: its files could not be removed."""
        if self._countable and not self._settled:
            try:
                self._told = measured(self, self._control(), clock())
                self._settled = self.ended
                return self._told
            except Exception as problem:
                self._countable = False
                self.fail("adding up its figures", problem)
        known, ended = self._told or RunStatistics.bare(self.number, self.recipe), self._settled
        now = known.phase if ended else self.phase, self.engine.outcome, self.engine.error
        if now != (known.phase, known.outcome, known.error):
            known = self._told = replace(known, phase=now[0], outcome=now[1], error=now[2])
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
