"""Figures: the frozen records that views, verdicts and `run --json` read, and the sums behind them.

`Run.statistics()` makes a RunStatistics; nothing else of a run is read by anyone. Shares are parts of a worker's life,
and add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.interpreters.facts import InterpreterFacts
from playground.lab.recording.own_module import NAME as OWN
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe

# how a run ended; `time is up`: there was work left; `stuck`: all workers wait for each other, and nobody can go on
FINISHED, TIME_UP, STOPPED, FAILED, CRASHED, STUCK = "finished", "time is up", "stopped", "failed", "crashed", "stuck"
TROUBLE = (FAILED, CRASHED, STUCK)
RECORDING_TOLD = 0.05
SETTLED_S = 0.4  # before that, figures are those of the start
MOST_BARE = 2048  # workers of which nothing is known are listed
LEAST_SHARE = 0.02  # of a worker's time: less is not spoken of


@dataclass(frozen=True)
class Change:
    """A knob that was turned while the run was going on."""

    knob: str
    value: float | str
    before: float | str
    at_s: float  # seconds of the run, pauses left out


@dataclass(frozen=True)
class Shares:
    """How a worker spent its time, as parts of 1. `wait_gil` is what is left of its ops after CPU time and core
    wait, `wait_turn` the time in which a worker was ready, but its loop or pool had not resumed it."""

    run: float = 0.0
    wait_gil: float = 0.0
    wait_core: float = 0.0
    wait_turn: float = 0.0
    blocked: float = 0.0
    io: float = 0.0
    sleep: float = 0.0
    unknown: float = 0.0  # nobody could tell what it was

    def total(self) -> float:
        told = self.run + self.wait_gil + self.wait_core + self.wait_turn + self.blocked + self.io + self.sleep
        return told + self.unknown


@dataclass(frozen=True)
class WorkerStatistics:
    name: str  # "A", "B", … "Z", "AA"
    index: int
    pid: int
    tid: int
    state: str  # now: a name of states.TABLE, or: not started | paused | ended
    core: int | None  # where it was last seen
    cpu_recent: float  # cores used over the last second or so, 0..1
    cpu_s: float
    ops: int
    total: int | None  # ops to do; None is endless
    share: Shares
    error: str | None = None
    result: Any = None  # what its job returned, when that ended
    started_ns: int | None = None  # when it began and ended, as time.perf_counter_ns counts
    ended_ns: int | None = None

    @classmethod
    def bare(cls, index: int) -> WorkerStatistics:
        """Nothing is known of it."""
        return cls(worker_name(index), index, 0, 0, "unknown", None, 0.0, 0.0, 0, None, Shares())


@dataclass(frozen=True)
class GilFigures:
    source: str = "none"  # measured: read from outside | counter: the interpreter's own | estimated: from stamps | none
    why: str | None = None  # why it is not measured
    handoffs_per_s: float | None = None
    mean_slice_ms: float | None = None
    held: dict[str, float] = field(default_factory=dict)  # worker name → part of the samples in which it held the GIL
    free: float | None = None  # part of the samples in which nobody held it
    samples: int = 0


@dataclass(frozen=True)
class LoopFigures:
    """How late the loop of a lab is whose workers take turns, and what it costs."""

    late_p50_ms: float
    late_p99_ms: float
    late_max_ms: float
    beats: int
    cores: float  # CPU time of the loop's thread, its workers' included, in cores
    switches_per_s: float  # how often another worker went on
    switches_source: str  # trace: greenlet told of each, its hub's too | counted: where workers are resumed
    watch_cores: float | None = None  # how many of the cores used are this app's recording; None: not measured


@dataclass(frozen=True)
class RunStatistics:
    number: int
    recipe: Recipe
    phase: str  # starting | running | paused | stopping | ended
    outcome: str | None  # once ended
    error: str | None
    interpreter: InterpreterFacts
    pid: int | None
    seconds: float  # of running, pauses left out
    progress: float | None  # 0..1; None is endless
    unit: str
    throughput: float  # ops/s over the whole run
    throughput_recent: float  # ops/s over the last two seconds
    cores_used: float  # by the workers and by all else in the lab
    speedup: float | None
    speedup_basis: str | None  # what `speedup` compares with
    share: Shares  # mean over the workers
    workers: Sequence[WorkerStatistics]
    gil: GilFigures
    lab_mb: float | None
    worker_mb: float | None
    start_ms: float | None
    stop_ms: float | None
    lost_records: int
    probe_cost: float | None  # cores
    recorder_cost: float | None  # part of the workers' time that went into stamping
    started_ns: int | None
    ended_ns: int | None
    nice: int | None = None
    cores_recent: float = 0.0  # over the last two seconds
    start_all_ms: float | None = None  # from when a model began to make its workers to the last one's begin
    loop: LoopFigures | None = None
    begun: int | None = None  # how many workers have begun
    work_per_s: float | None = None  # throughput in what compares between Pythons: an op is sized to each
    work: str = ""
    answer: Any = None  # of all workers together; None until all have finished
    lanes_source: str = "recorded"  # of what workers did: recorded | sampled | estimated
    clock_step_ms: float | None = None  # of the system's count of a thread's CPU time, where that is coarse
    printed: int = 0  # lines
    cores_workers: float = 0.0  # of cores_used: what the workers themselves took
    # … and what belongs to no worker: start-up, the loop, started threads, helpers; None: not known
    cores_lab: float | None = None
    changes: tuple[Change, ...] = ()  # knobs that were turned while it ran, oldest first
    plain_trip_us: float | None = None  # the same messages sent by code that nothing watches; None: not measured
    trip_us: float | None = None  # of a message, there and back: the median, where workers talk to each other

    @classmethod
    def bare(cls, number: int, recipe: Recipe) -> RunStatistics:
        """Of a run of which no figures can be had."""
        few = range(min(recipe.workers, MOST_BARE))
        return cls(
            number=number,
            recipe=recipe,
            phase="starting",
            outcome=None,
            error=None,
            interpreter=InterpreterFacts(),
            pid=None,
            seconds=0.0,
            progress=None,
            unit="ops",
            throughput=0.0,
            throughput_recent=0.0,
            cores_used=0.0,
            speedup=None,
            speedup_basis=None,
            share=Shares(),
            workers=tuple(WorkerStatistics.bare(index) for index in few),
            gil=GilFigures(),
            lab_mb=None,
            worker_mb=None,
            start_ms=None,
            stop_ms=None,
            lost_records=0,
            probe_cost=None,
            recorder_cost=None,
            started_ns=None,
            ended_ns=None,
        )

    @property
    def recording_cores(self) -> float | None:
        """How many of the cores used are this app's recording, where that is worth telling: more than a twentieth."""
        watch = self.loop.watch_cores if self.loop is not None else None
        return watch if watch is not None and watch > RECORDING_TOLD * self.cores_used else None

    @property
    def rate(self) -> tuple[float, str]:
        """The throughput as people see it, and its unit: in work where that is known, else in ops."""
        return (self.throughput, self.unit) if self.work_per_s is None else (self.work_per_s, self.work)

    @property
    def has_rate(self) -> bool:
        """Does its rate say anything? Not of a run that went wrong, nor before anything is done, nor of a function that
        each worker calls once."""
        once = self.recipe.job == OWN and self.throughput * self.seconds <= self.recipe.workers * 1.001
        return self.throughput > 0 and self.outcome not in TROUBLE and not once

    @property
    def brief(self) -> bool:
        """So short, as yet or for good, that its shares and rates mean nothing."""
        return self.seconds < SETTLED_S
