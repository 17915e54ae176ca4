"""A batch: all that one look at a run brings, frozen. Everything that is drawn or counted follows from the batches and
their order, so the stream of batches is the run.

`Control` is the part that comes from the app, not from the files that workers and probe write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from playground.interpreters.facts import InterpreterFacts
from playground.reading.lab_time import CpuLook
from playground.reading.lanes.segments import Sampled
from playground.reading.picture_tiles import Picture
from playground.reading.printed import OutputReader
from playground.reading.rings import Headers, Records
from playground.reading.round_trips import Trips
from playground.recipe.recipe import Recipe

MOST_COPIED = 2048  # workers: copying the headers of more would take longer than a frame


class Baseline(NamedTuple):
    work_per_s: float  # of one worker of the same recipe
    basis: str


class Report(msgspec.Struct, frozen=True):
    """The report that a worker leaves when it ends: its job's result, or the error that it raised."""

    worker: int
    result: Any = None
    error: str | None = None


class Control(msgspec.Struct, frozen=True):
    """What the controlling side (`run.Run`) knows of a run at one moment."""

    number: int
    phase: str
    outcome: str | None
    error: str | None
    over: bool  # everybody who writes for the run has ended
    interpreter: InterpreterFacts
    pid: int | None
    nice: int | None
    asked_ns: int
    total: int  # ops of each worker; 0: endless, or not known
    op_work: float  # how much of the job's work one op does
    solo_ns: float | None  # one op, timed alone
    stamp_ns: float | None  # what one stamp costs
    watch_ns: float | None  # how much more than in plain code one op costs in a worker that takes turns
    cpu_step_ns: int  # the step of the clock that counts a thread's CPU time
    handoffs_per_s: float | None  # by the lab's own reading of its interpreter's counter
    lab_mb: float | None
    worker_mb: float | None
    stop_ms: float | None
    baseline: Baseline | None
    observed: bool  # the probe looks at the threads of workers
    unmeasured: str | None  # why the probe does not look at the GIL
    changes: tuple[tuple[str, float | str, float | str, float], ...]  # knob, value, before, seconds
    stood_still: tuple[tuple[int, int], ...]  # from when to when its processes were stopped
    frozen_since: int | None  # since when they are stopped, if they are
    module_error: str | None  # raised by the user's module itself, before any worker
    reports: tuple[Report, ...]  # the workers' reports, once the run is over


class Beginning(msgspec.Struct, frozen=True):
    """What is known of a run before it starts. Only `control` changes later, with each batch."""

    recipe: Recipe
    control: Control
    cores: int  # of the run's computer: no more workers than cores run at a time
    watched: bool  # the probe looks at the workers' threads
    starts_threads: bool  # … and at threads that the code starts
    lab_looked_at: bool  # the lab's use of the cores is measured


class Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that came since the look before. Sources fill it; stages (stages.py) make another batch of it, with the
    fields that stand last."""

    now: int  # the moment of the look
    control: Control
    records: Records  # of the workers, each worker's oldest first
    looked_at: npt.NDArray[np.int64]  # the workers that `headers` has: all, unless they are very many
    headers: Headers
    threads: Records  # samples of the workers' threads
    started: Records  # … and of threads that are no workers
    born: bytes  # the lines that describe those threads
    holders: Records  # the probe's samples of who holds a GIL
    probe: tuple[int, int]  # when the probe began, and its CPU time in ns
    lost: int  # records so far that were overwritten before they were read
    words: npt.NDArray[np.uint64]  # of the control block
    cpu: tuple[CpuLook, ...]  # how much CPU time the lab took
    trips: Trips  # of the job ping-pong
    printed: int  # lines printed so far
    # from stages
    shared_gil: bool = False  # can a worker wait for a GIL that another thread has?
    rest: Records | None = None  # the records, without what samples have told and without pauses; None: all of them
    sampled: Sampled | None = None  # what samples say about lanes; None: nobody looks at threads
    pauses: tuple[tuple[int, int], ...] = ()  # all so far: when any worker was paused; they do not overlap

    @property
    def for_lanes(self) -> Records:
        """The records of which lanes are made."""
        return self.records if self.rest is None else self.rest


class Source(Protocol):
    """Where batches come from."""

    @property
    def picture(self) -> Picture | None: ...  # that workers make together; not copied into batches

    @property
    def output(self) -> OutputReader: ...  # the lines that workers print; not copied into batches either

    def pull(self, now: int) -> Sequence[Batch]: ...  # the batches up to that moment

    def close(self) -> None: ...
