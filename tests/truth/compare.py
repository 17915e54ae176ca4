"""What the app told of a run beside what was observed of it, and by how much they differ.

Shares are compared worker by worker. What the app says it does not know (`unknown`) may be anything, but only once.
A pipe between two workers is a queue to them: the kernel cannot tell a message from other bytes, so time in a pipe
counts as lock or as I/O, as the app has it. So does, where the GIL is not found, a futex: as GIL or as lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.truth.calls import GIL, IO, LOCK, PIPE, RUN, SLEEP
from tests.truth.kernel import CORE, Shares, Thread
from tests.truth.observer import Observer
from tests.truth.runs import Watched

# as it is called here, and in the app's JSON
NAMES = {RUN: "run", GIL: "wait_gil", CORE: "wait_core", LOCK: "blocked", IO: "io", SLEEP: "sleep"}
BARS = {False: 0.05, True: 0.08}  # alone, and beside a busy machine
CORES_BAR = 0.05
LEAST_COVERED, LEAST_SEEN, LEAST_S = 0.9, 0.1, 0.3
COUNTED = {
    "read-files": ("MB", "bytes read"),
    "write-log": ("lines", "bytes written"),
    "fetch": ("pages", "connections"),
}
LINE_BYTES = 80
OF_OTHER_INTERPRETERS = ("subinterpreters", "interpreter-pool")  # the GIL that is found is the main one's


@dataclass
class WorkerRow:
    name: str
    told: dict[str, float]
    seen: dict[str, float] = field(default_factory=dict)
    off: dict[str, float] = field(default_factory=dict)
    unknown: float = 0.0
    cpu_told: float = 0.0
    cpu_seen: float | None = None
    held_told: float | None = None
    held_seen: float | None = None
    samples: int = 0
    why: str = ""  # why it was not observed


@dataclass
class Row:
    job: str
    model: str
    busy: bool
    why: str = ""  # why nothing is compared, or not the shares
    outcome: str = ""
    seconds: float = 0.0
    workers: list[WorkerRow] = field(default_factory=list)
    told: dict[str, float] = field(default_factory=dict)  # means over the workers that were observed
    seen: dict[str, float] = field(default_factory=dict)
    unknown: float = 0.0
    cores_told: float | None = None
    cores_seen: float | None = None
    cores_parts: dict[str, float] = field(default_factory=dict)  # of what was told: workers, the rest of the lab
    loop_told: float | None = None
    loop_seen: float | None = None
    others: float | None = None  # cores that other programs used
    rate_told: float | None = None
    rate_seen: float | None = None
    rate_unit: str = ""
    rate_by: str = ""
    plain: dict[str, Any] | None = None
    trip_us: float | None = None
    late_ms: float | None = None
    handoffs_told: float | None = None
    handoffs_seen: float | None = None
    observer_cost: float = 0.0
    missed: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.missed:
            return "off: " + ", ".join(self.missed)
        return f"ok; of shares: {self.why}" if self.why and self.cores_seen is not None else self.why or "ok"


def row_of(watched: Watched) -> Row:
    case = watched.case
    row = Row(case.job, case.model, case.busy, watched.why)
    told, observer = watched.told, watched.observer
    if told is None or observer is None:
        return row
    row.outcome, row.seconds, row.plain = told["outcome"], told["seconds"], watched.plain
    row.observer_cost = observer.cost
    start, end = told.get("started_ns"), told.get("ended_ns")
    if not start or not end or end - start < LEAST_S * 1e9:
        row.why = "the run was too short" if start else "the app does not tell when it ran"
        return row
    compare_run(row, told, observer, start / 1e9, end / 1e9)
    compare_workers(row, told, observer)
    return row


# --- the run as a whole


def compare_run(row: Row, told: dict[str, Any], observer: Observer, start: float, end: float) -> None:
    row.cores_told, row.cores_seen = told["cores_used"], observer.tree.cpu.grown(start, end) / (end - start)
    row.cores_parts = {part: told[part] for part in ("cores_workers", "cores_lab") if told.get(part) is not None}
    row.others = max(0.0, observer.machine.cores(start, end) - row.cores_seen - observer.cost)
    row.trip_us = told["round_trip_us"]
    if abs(row.cores_told - row.cores_seen) > CORES_BAR:
        row.missed.append(f"cores {row.cores_told - row.cores_seen:+.3f}")
    row.rate_told, row.rate_unit = told["work_per_s"] or told["throughput"], told["work"]
    compare_counts(row, observer, start, end)
    homes = {worker["pid"] for worker in told["workers"]}
    processes = [process for pid, process in observer.tree.processes.items() if pid in homes]
    gils = [one.gil for one in processes if one.gil is not None and row.model not in OF_OTHER_INTERPRETERS]
    rates = [rate for rate in (gil.handoffs(start, end) for gil in gils) if rate is not None]
    row.handoffs_told, row.handoffs_seen = told["gil"]["handoffs_per_s"], sum(rates) if rates else None
    if told["loop"] is not None:
        row.late_ms = told["loop"]["late_p50_ms"]


def compare_counts(row: Row, observer: Observer, start: float, end: float) -> None:
    """Of jobs of which the kernel counts what they do."""
    unit, row.rate_by = COUNTED.get(row.job, ("", ""))
    if not unit:
        return
    processes = observer.tree.processes.values()
    if row.job == "fetch":
        row.rate_seen = observer.machine.opened_per_s(start, end)
    elif row.job == "read-files":
        row.rate_seen = sum(process.read.grown(start, end) for process in processes) / (end - start) / 1e6
    else:
        row.rate_seen = sum(process.written.grown(start, end) for process in processes) / (end - start) / LINE_BYTES


# --- workers


def compare_workers(row: Row, told: dict[str, Any], observer: Observer) -> None:
    for worker in told["workers"]:
        row.workers.append(worker_row(row, worker, told, observer))
    observed = [worker for worker in row.workers if not worker.why]
    for name in NAMES if observed else ():
        row.told[name] = sum(worker.told[name] for worker in observed) / len(observed)
        row.seen[name] = sum(worker.seen[name] for worker in observed) / len(observed)
        worst = max(observed, key=lambda worker: abs(worker.off[name]))
        if abs(worst.off[name]) > BARS[row.busy]:
            row.missed.append(f"{name} {worst.off[name] * 100:+.0f} ({worst.name})")
    row.unknown = sum(worker.unknown for worker in observed) / len(observed) if observed else 0.0
    if not observed:
        row.why = next((worker.why for worker in row.workers if worker.why), "no worker")


def worker_row(row: Row, worker: dict[str, Any], told: dict[str, Any], observer: Observer) -> WorkerRow:
    share = worker["share"]
    made = WorkerRow(worker["name"], {name: share.get(called, 0.0) for name, called in NAMES.items()})
    made.unknown, made.cpu_told = share.get("unknown", 0.0), worker["cpu_s"]
    made.held_told = told["gil"]["held"].get(worker["name"])
    turn = share.get("wait_turn", 0.0)
    start, end = worker.get("started_ns") or 0, worker.get("ended_ns") or told["ended_ns"]
    if not start:
        made.why = "it never began"
    elif (end - start) / 1e9 < max(LEAST_S, LEAST_SEEN * told["seconds"]):
        made.why = "it ran too shortly"
    if made.why:
        return made
    thread = observer.tree.thread(worker["pid"], worker["tid"], (start + end) / 2e9)
    if thread is None:
        made.why = "its thread was not found"
    elif told["loop"] is not None:
        compare_loop(row, told, thread)
        made.why = "one thread is all that the kernel sees"
    else:
        compare_thread(made, row, thread, observer, turn, start / 1e9, end / 1e9)
    return made


def compare_loop(row: Row, told: dict[str, Any], thread: Thread) -> None:
    """How much of a core the thread had that runs them all, from the begin of the run to its end: a worker that waits
    for ever keeps it until the lab is killed."""
    seen = thread.shares(told["started_ns"] / 1e9, told["ended_ns"] / 1e9).parts.get(RUN)
    if row.loop_told is not None or seen is None:
        return
    row.loop_told, row.loop_seen = told["loop"]["cores"], seen
    if abs(row.loop_told - seen) > BARS[row.busy]:
        row.missed.append(f"loop's thread {(row.loop_told - seen) * 100:+.0f}")


def compare_thread(
    made: WorkerRow, row: Row, thread: Thread, observer: Observer, turn: float, start: float, end: float
) -> None:
    """`turn`: the part of its time before it began, in a queue; no thread was there that could be looked at."""
    shares = thread.shares(start, end)
    made.samples = shares.samples
    if shares.covered < LEAST_COVERED:
        made.why = f"it was watched {shares.covered:.0%} of its time"
        return
    left = 1.0 - turn if turn < 1.0 else 1.0
    made.told = {name: part / left for name, part in made.told.items()}
    made.unknown /= left
    gil = None if row.model in OF_OTHER_INTERPRETERS else observer.tree.processes[thread.pid].gil
    made.seen = as_told(shares, made.told, gil is not None)
    made.off = differences(made.told, made.seen, made.unknown)
    made.cpu_seen = thread.cpu.grown(start, end) / 1e9
    made.held_seen = gil.held(thread.tid, start, end) if gil is not None else None


def as_told(shares: Shares, told: dict[str, float], gil_found: bool) -> dict[str, float]:
    """What was seen, by the names that the app has. Where one thing seen may be either of two, it is as told."""
    seen = {name: shares.parts.get(name, 0.0) for name in NAMES}
    pipe = shares.parts.get(PIPE, 0.0)
    lock = min(pipe, max(0.0, told[LOCK] - seen[LOCK]))
    seen[LOCK] += lock
    seen[IO] += pipe - lock
    if not gil_found:
        gil = min(seen[LOCK], told[GIL])
        seen[GIL] += gil
        seen[LOCK] -= gil
    return seen


def differences(told: dict[str, float], seen: dict[str, float], unknown: float) -> dict[str, float]:
    """Told less seen. What is unknown goes to where most is missing."""
    off = {name: told[name] - seen[name] for name in NAMES}
    for name in sorted(off, key=off.__getitem__):
        used = min(unknown, max(0.0, -off[name]))
        off[name] += used
        unknown -= used
    return off
