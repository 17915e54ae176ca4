"""Figures: the frozen records that views, verdicts and `run --json` read, and the sums behind them.

`Run.statistics()` makes a RunStatistics; nothing else of a run is read by anyone. Shares are parts of a worker's life,
and add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.recipe import Recipe


@dataclass(frozen=True)
class Shares:
    """How a worker spent its time, as parts of 1. `wait_gil` is what is left of its ops after CPU time and core
    wait, `wait_turn` what a worker was ready but not let go on by the loop or pool that runs it."""

    run: float = 0.0
    wait_gil: float = 0.0
    wait_core: float = 0.0
    wait_turn: float = 0.0
    blocked: float = 0.0
    io: float = 0.0
    sleep: float = 0.0

    def total(self) -> float:
        return self.run + self.wait_gil + self.wait_core + self.wait_turn + self.blocked + self.io + self.sleep


@dataclass(frozen=True)
class WorkerStatistics:
    name: str  # "A", "B", … "Z", "AA"
    index: int
    pid: int
    tid: int
    state: str  # not started | queued | running | sleeping | io | blocked | paused | ended: what its ring says now
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
class InterpreterFacts:
    path: str = ""
    version: str = ""
    implementation: str = ""
    free_threaded: bool = False
    gil_enabled: bool = True  # now: a lab may get it back while it runs
    gil_back_by: str = ""  # the package that turned it on again
    gil_enabled_at_end: bool | None = None  # of a run: an import may have turned it back on; None until it has ended

    @property
    def short(self) -> str:
        """`CPython 3.11`, with `free-threaded` where it is."""
        number = ".".join(self.version.split(".")[:2])
        return f"{self.implementation} {number}{' free-threaded' if self.free_threaded else ''}".strip()


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


@dataclass(frozen=True)
class RunStatistics:
    number: int
    recipe: Recipe
    phase: str  # starting | running | paused | stopping | ended
    outcome: str | None  # finished | stopped | crashed | failed, once ended
    error: str | None
    interpreter: InterpreterFacts
    pid: int | None
    seconds: float  # of running, pauses left out
    progress: float | None  # 0..1; None is endless
    unit: str
    throughput: float  # ops/s over the whole run
    throughput_recent: float  # ops/s over the last two seconds
    cores_used: float
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
    printed: int = 0  # lines
    trip_us: float | None = None  # of a message, there and back: the median, where workers talk to each other

    @property
    def rate(self) -> tuple[float, str]:
        """The throughput as people see it, and its unit: in work where that is known, else in ops."""
        return (self.throughput, self.unit) if self.work_per_s is None else (self.work_per_s, self.work)


def worker_name(index: int) -> str:
    """A … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name
