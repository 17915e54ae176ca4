"""Figures: the frozen records that views, verdicts and `run --json` read. `Run.statistics()` gives a RunStatistics;
everything that is said or compared in numbers comes from it.

A field with a meaning is a figure (meaning.py): `run --json` has it under its own name, `list figures` lists it, and
the window shows it by that name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct, defstruct

from playground.figures.meaning import means
from playground.interpreters.facts import InterpreterFacts
from playground.lab.recording.own_module import NAME as OWN
from playground.reading import states
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe

# how a run ended; `time is up`: work was left; `stuck`: all workers wait, and nothing can let them go on
FINISHED, TIME_UP, STOPPED, FAILED, CRASHED, STUCK = "finished", "time is up", "stopped", "failed", "crashed", "stuck"
TROUBLE = (FAILED, CRASHED, STUCK)
RECORDING_TOLD = 0.05
SETTLED_S = 0.4  # before that, figures only show the start
MOST_BARE = 2048  # so many workers are listed at most if nothing is known of them
LEAST_SHARE = 0.02  # of a worker's time: a verdict does not mention less


class Change(Struct, frozen=True):
    """A knob that was turned while the run was going on."""

    knob: Annotated[str, means("Knob", "", "Its name.")]
    value: Annotated[float | str, means("Value", "", "What it was turned to.")]
    before: Annotated[float | str, means("Before", "", "What it was before.")]
    at_s: Annotated[float, means("Turned at", "s", "Seconds of the run, pauses left out.")]


def _part(state: states.State) -> Meta:
    return means(f"Time {state.several}", "part", f"Part of the time of workers in which {state.explained}.")


class Parts(Struct, frozen=True):
    """How a worker spent its time, as parts of 1: a field for each state, named by the table of states."""

    def total(self) -> float:
        return float(sum(getattr(self, state.share) for state in states.TABLE))

    if TYPE_CHECKING:  # fields come from the table of states; naming them here would be a second table

        def __init__(self, **parts: float) -> None: ...
        def __getattr__(self, name: str) -> float: ...


if TYPE_CHECKING:
    Shares = Parts
else:
    _FIELDS = [(state.share, Annotated[float, _part(state)], 0.0) for state in states.TOLD]
    Shares = defstruct("Shares", _FIELDS, bases=(Parts,), module=__name__, frozen=True)


class WorkerStatistics(Struct, frozen=True):
    name: Annotated[str, means("Worker", "", "A, B, … Z, AA: in the order in which they were made.")]
    index: int
    pid: Annotated[int, means("Process", "", "Number of the process that it is, or runs in.")]
    tid: Annotated[int, means("Thread", "", "Number of the thread that it runs in.")]
    state: str  # now: a name of states.TABLE, or: not started | paused | ended
    core: int | None  # where it was last seen
    cpu_recent: float  # cores used over the last two seconds, 0..1
    cpu_s: Annotated[float, means("CPU time", "s", "That it has used.")]
    ops: Annotated[int, means("Ops", "", "How many it has done.")]
    total: int | None  # ops to do; None is endless
    share: Annotated[Shares, means("Its time", "", "How it spent its time, as parts of 1.")]
    error: Annotated[str | None, means("Error", "", "What it raised.")] = None
    result: Annotated[Any, means("Result", "", "What its job returned, once that had ended.")] = None
    started_ns: Annotated[int | None, means("Began", "ns", "As time.perf_counter_ns counts.")] = None
    ended_ns: Annotated[int | None, means("Ended", "ns", "As time.perf_counter_ns counts.")] = None

    @classmethod
    def bare(cls, index: int) -> WorkerStatistics:
        """A worker of which nothing is known."""
        return cls(worker_name(index), index, 0, 0, "unknown", None, 0.0, 0.0, 0, None, Shares())


class GilFigures(Struct, frozen=True):
    source: Annotated[
        str,
        means(
            "GIL figures", "", "measured: read from outside; counter: by the interpreter; estimated: by stamps; none."
        ),
    ] = "none"
    why: Annotated[str | None, means("Not measured", "", "Why nobody reads the GIL from outside.")] = None
    handoffs_per_s: Annotated[
        float | None, means("GIL hand-offs", "/s", "How often the GIL went from one thread to another.")
    ] = None
    mean_slice_ms: Annotated[
        float | None, means("Mean slice", "ms", "How long a thread kept the GIL on average before another got it.")
    ] = None
    held: Annotated[
        dict[str, float], means("GIL held", "part", "By worker: part of the samples in which it held it.")
    ] = {}
    free: Annotated[float | None, means("GIL free", "part", "Part of the samples in which nobody held the GIL.")] = None
    samples: Annotated[int, means("GIL samples", "", "How often it was looked at who holds the GIL.")] = 0


class LoopFigures(Struct, frozen=True):
    """How late the loop of a lab is, in which workers take turns, and what it costs."""

    late_p50_ms: Annotated[float, means("Loop lateness, median", "ms", "In half of the cases it was less late.")]
    late_p99_ms: Annotated[
        float,
        means(
            "Loop lateness", "ms", "How late the loop was: in 99 of 100 cases it came to what was due within this time."
        ),
    ]
    late_max_ms: Annotated[float, means("Loop lateness at worst", "ms", "How late the loop was at most.")]
    beats: Annotated[int, means("Heartbeats", "", "How often it was measured how late the loop was.")]
    cores: Annotated[float, means("Cores of the loop", "cores", "CPU time of its thread, that of its workers too.")]
    switches_per_s: Annotated[float, means("Switches", "/s", "How often the loop went on with another worker.")]
    switches_source: Annotated[
        str, means("Switches are", "", "trace: greenlet told, of its hub too; counted: where workers are resumed.")
    ]
    watch_cores: Annotated[
        float | None, means("Cores to record", "cores", "Of the cores used: this app's recording; reckoned.")
    ] = None


class ObjectFigures(Struct, frozen=True):
    """Something that all workers of a run share."""

    kind: Annotated[str, means("Kind", "", "lock, semaphore, queue or event.")]
    name: Annotated[str, means("Name", "", "Its name in the job.")]
    taken: Annotated[
        int | None,
        means("Taken", "", "How often: lock or semaphore acquired, item got, event awaited. None: not all is known."),
    ] = None


class Memory(Struct, frozen=True):
    lab_mb: Annotated[float | None, means("Memory of the lab", "MB", "What its first process takes at most.")] = None
    per_worker_mb: Annotated[
        float | None,
        means(
            "Memory per worker",
            "MB",
            "How much memory the run needs more for each worker, beside what all share.",
            short="Mem/worker",
        ),
    ] = None


class RunStatistics(Struct, frozen=True, kw_only=True):
    number: int
    recipe: Annotated[Recipe, means("Recipe", "", "What was run.")]
    phase: str = "starting"  # starting | running | paused | stopping | ended
    outcome: Annotated[
        str | None, means("Outcome", "", "How it ended: finished, stopped, at the end of its time, or in trouble.")
    ] = None
    error: Annotated[str | None, means("Error", "", "What went wrong.")] = None
    interpreter: Annotated[InterpreterFacts, means("Python", "", "The interpreter that ran it.")] = InterpreterFacts()
    pid: int | None = None

    seconds: Annotated[
        float,
        means(
            "Time",
            "s",
            "How long the run took, from its first worker's begin to the end of the last one, without pauses.",
        ),
    ] = 0.0
    started_ns: Annotated[int | None, means("First began", "ns", "As time.perf_counter_ns counts.")] = None
    ended_ns: Annotated[int | None, means("Last ended", "ns", "As time.perf_counter_ns counts.")] = None
    begun: Annotated[int | None, means("Begun", "workers", "How many workers have begun.")] = None
    progress: Annotated[
        float | None, means("Progress", "part", "How much of it is done: of its time, or of the amount of work.")
    ] = None
    printed: Annotated[int, means("Printed", "lines", "What its workers printed.")] = 0
    changes: Annotated[tuple[Change, ...], means("Knobs turned", "", "While it ran, oldest first.")] = ()
    answer: Annotated[
        Any, means("Answer", "", "What all workers came to together. Another model has to come to the same.")
    ] = None

    throughput: Annotated[float, means("Ops per second", "ops/s", "Over the whole run.")] = 0.0
    throughput_recent: float = 0.0  # ops/s over the last two seconds
    unit: Annotated[str, means("Unit of ops", "", "What one op of its job is.")] = "ops"
    work_per_s: Annotated[
        float | None, means("Throughput", "work/s", "Work done per second, in what compares between Pythons.")
    ] = None
    work: Annotated[str, means("Unit of work", "", "What its work is counted in.")] = ""
    speedup: Annotated[
        float | None,
        means(
            "Speed-up",
            "×",
            "Work done per second, against one worker of the same recipe. As many times as workers would be ideal.",
        ),
    ] = None
    speedup_basis: Annotated[str | None, means("Speed-up over", "", "Which one worker that is, and when it ran.")] = (
        None
    )
    round_trip_us: Annotated[
        float | None,
        means(
            "Round trip",
            "µs",
            "How long a message takes to the partner and back; plain is the same without any recording.",
        ),
    ] = None
    plain_round_trip_us: Annotated[
        float | None, means("Round trip in plain code", "µs", "The same, and nothing watches it.")
    ] = None

    cores_used: Annotated[
        float,
        means(
            "Cores used",
            "cores",
            "CPU time of all processes of the run, for each second: 1.0 is as much as one core can do.",
            short="Cores",
        ),
    ] = 0.0
    cores_workers: Annotated[float, means("Cores of workers", "cores", "Of the cores used: what workers took.")] = 0.0
    cores_lab: Annotated[
        float | None,
        means("Cores of the lab", "cores", "Of the cores used: start-up, the loop, helpers, threads of own code."),
    ] = None
    cores_recent: float = 0.0  # over the last two seconds
    share: Annotated[Shares, means("Time of workers", "", "How workers spent their time: the mean, as parts of 1.")] = (
        Shares()
    )
    workers: Annotated[Sequence[WorkerStatistics], means("Workers", "", "Each worker by itself.")] = ()
    gil: Annotated[GilFigures, means("GIL", "", "Who holds it, and how it changes hands.")] = GilFigures()
    loop: Annotated[LoopFigures | None, means("Loop", "", "Of workers that take turns.")] = None
    objects: Annotated[Sequence[ObjectFigures], means("Shared objects", "", "What its workers share by name.")] = ()
    memory: Annotated[Memory, means("Memory", "", "What the run takes, and what one more worker costs.")] = Memory()

    start_ms: Annotated[float | None, means("Start", "ms", "Until its first worker began.")] = None
    start_all_ms: Annotated[
        float | None,
        means("All started within", "ms", "The time from when the first worker was made until the last one had begun."),
    ] = None
    stop_ms: Annotated[float | None, means("Stop", "ms", "How long it took to end when it was asked to.")] = None
    lost_records: Annotated[int, means("Lost records", "", "Overwritten before they were read.")] = 0
    lanes_source: Annotated[
        str, means("Lanes are", "", "recorded: by workers; sampled: workers were watched; estimated: nobody watched.")
    ] = "recorded"
    clock_step_ms: Annotated[
        float | None, means("Step of the CPU clock", "ms", "In which CPU time is counted, where it is coarse.")
    ] = None
    probe_cost: Annotated[float | None, means("Probe", "cores", "What the process takes that watches the GIL.")] = None
    recorder_cost: Annotated[
        float | None, means("Recording", "part", "Part of the workers' CPU time that it took.")
    ] = None
    nice: Annotated[int | None, means("Niceness", "", "By how much its processes give way to others.")] = None

    @classmethod
    def bare(cls, number: int, recipe: Recipe) -> RunStatistics:
        """The record of a run without figures."""
        few = range(min(recipe.workers, MOST_BARE))
        return cls(number=number, recipe=recipe, workers=tuple(WorkerStatistics.bare(index) for index in few))

    @property
    def recording_cores(self) -> float | None:
        """How many of the cores used are this app's recording; None if that is a twentieth of them or less."""
        watch = self.loop.watch_cores if self.loop is not None else None
        return watch if watch is not None and watch > RECORDING_TOLD * self.cores_used else None

    @property
    def rate(self) -> tuple[float, str]:
        """The throughput as it is shown, and its unit: in work if that is known, else in ops."""
        return (self.throughput, self.unit) if self.work_per_s is None else (self.work_per_s, self.work)

    @property
    def has_rate(self) -> bool:
        """Does the rate mean anything? Not for a run that went wrong, nor before any work is done, nor for a function
        that each worker calls once."""
        once = self.recipe.job == OWN and self.throughput * self.seconds <= self.recipe.workers * 1.001
        return self.throughput > 0 and self.outcome not in TROUBLE and not once

    @property
    def brief(self) -> bool:
        """Is the run so short, so far or in all, that its shares and rates mean nothing?"""
        return self.seconds < SETTLED_S
