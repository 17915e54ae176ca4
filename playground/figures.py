"""Figures: the frozen records that views, verdicts and `run --json` read, and the sums behind them.

`Run.statistics()` makes a RunStatistics; nothing else of a run is read by anyone. Shares are parts of a worker's life,
and add up to 1."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.recipe import Recipe


@dataclass(frozen=True)
class Shares:
    """How a worker spent its time, as parts of 1. `wait_gil` is what is left of its ops after CPU time and core
    wait."""

    run: float = 0.0
    wait_gil: float = 0.0
    wait_core: float = 0.0
    blocked: float = 0.0
    io: float = 0.0
    sleep: float = 0.0

    def total(self) -> float:
        return self.run + self.wait_gil + self.wait_core + self.blocked + self.io + self.sleep


@dataclass(frozen=True)
class WorkerStatistics:
    name: str  # "A", "B", … "Z", "AA"
    index: int
    pid: int
    tid: int
    state: str  # not started | running | sleeping | io | blocked | paused | ended: what its ring says now
    core: int | None  # where it was last seen
    cpu_recent: float  # cores used over the last second or so, 0..1
    cpu_s: float
    ops: int
    total: int | None  # ops to do; None is endless
    share: Shares
    error: str | None = None


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
    gil_enabled: bool = True

    @property
    def short(self) -> str:
        """`CPython 3.11`, with `free-threaded` where it is."""
        number = ".".join(self.version.split(".")[:2])
        return f"{self.implementation} {number}{' free-threaded' if self.free_threaded else ''}".strip()


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
    workers: tuple[WorkerStatistics, ...]
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


def worker_name(index: int) -> str:
    """A … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name
