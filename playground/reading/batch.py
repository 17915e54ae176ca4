"""A batch: all that one look at a run brings, frozen. Whatever is drawn or counted of a run follows from its batches
and their order, so a stream of them is the run.

`Control` is the part that does not come from what workers write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from playground.interpreters.facts import InterpreterFacts
from playground.reading.lab_time import CpuLook
from playground.reading.picture_tiles import Picture
from playground.reading.rings import Headers, Records
from playground.reading.round_trips import Trips
from playground.recipe.recipe import Recipe

MOST_COPIED = 2048  # workers: to copy what there is of more would take longer than a frame


class Baseline(NamedTuple):
    work_per_s: float  # of one worker of the same recipe
    basis: str


class Report(msgspec.Struct, frozen=True):
    """What a worker left when it ended: its job's result, or the error that it raised."""

    worker: int
    result: Any = None
    error: str | None = None


class Control(msgspec.Struct, frozen=True):
    """What whoever controls a run knows of it, at one moment."""

    number: int
    phase: str
    outcome: str | None
    error: str | None
    over: bool  # nobody writes any more
    interpreter: InterpreterFacts
    pid: int | None
    nice: int | None
    asked_ns: int
    total: int  # ops of each worker; 0: endless, or not known
    op_work: float  # how much of the job's work one op does
    solo_ns: float | None  # one op, timed alone
    stamp_ns: float | None  # what one stamp costs
    watch_ns: float | None  # what one op of a worker that takes turns costs more than in plain code
    cpu_step_ns: int  # of the clock that counts a thread's CPU time
    handoffs_per_s: float | None  # by the lab's own reading of its interpreter's counter
    lab_mb: float | None
    worker_mb: float | None
    stop_ms: float | None
    baseline: Baseline | None
    observed: bool  # the probe looks at the threads of workers
    unmeasured: str | None  # why nobody looks at the GIL
    changes: tuple[tuple[str, float | str, float | str, float], ...]  # knob, value, before, seconds
    stood_still: tuple[tuple[int, int], ...]  # from when to when its processes were stopped
    frozen_since: int | None  # … and if they are now, since when
    module_error: str | None  # raised by the user's module itself, before any worker
    reports: tuple[Report, ...]  # what workers left, once it is over


class Beginning(msgspec.Struct, frozen=True):
    """What is known of a run before it starts, and does not change."""

    recipe: Recipe
    control: Control
    cores: int  # no more workers than these run at a time
    watched: bool  # the probe looks at the threads of its workers
    starts_threads: bool  # … and at those that its code starts
    lab_looked_at: bool  # what its lab takes of the cores is looked at


class Batch(msgspec.Struct, frozen=True):
    """What came since the look before."""

    now: int  # when it was looked
    control: Control
    records: Records  # of the workers, those of each oldest first
    looked_at: npt.NDArray[np.int64]  # workers of which there are headers here: all, unless they are very many
    headers: Headers
    threads: Records  # samples of the threads of workers
    started: Records  # … and of threads that are no workers
    born: bytes  # the lines that tell of these
    holders: Records  # the probe's samples of who holds a GIL
    probe: tuple[int, int]  # when the probe began, and its CPU time in ns
    lost: int  # records so far that were overwritten before they were read
    words: npt.NDArray[np.uint64]  # of the control block
    cpu: tuple[CpuLook, ...]  # what the lab took of the cores
    trips: Trips  # of ping-pong
    printed: int  # lines so far


class Source(Protocol):
    """Where batches come from."""

    @property
    def picture(self) -> Picture | None: ...  # that workers make together; pixels are looked at where they are

    def pull(self, now: int) -> Sequence[Batch]: ...  # those up to that moment

    def close(self) -> None: ...
