"""The owners of each core: what part of a sample went to which worker, to a run's own needs beside its workers, to this
app, and to other programs.

How much CPU time each took is known exactly; on which core, only within a few milliseconds. So time that does not fit
on the core where its thread was last seen is put on a core whose load nothing else explains. Other programs get the
rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from playground import catalogue
from playground.hosts import CoreSample
from playground.reading import states
from playground.reading.lab_time import LabTime
from playground.reading.lanes.store import MANY, LaneStore
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe

SLOTS = 8
OWN, APP, OTHER = SLOTS, 2 * SLOTS, 2 * SLOTS + 1  # layers after the workers': runs by colour, this app, others
LAYERS = OTHER + 1
LEAST_OTHER, LEAST_OWNER = 0.02, 0.01

Parts = npt.NDArray[np.float32]  # (cores, layers)
Used = npt.NDArray[np.float64]  # for each core, the part of it that was used


class CoreRun(Protocol):
    """What this file needs of a run."""

    @property
    def number(self) -> int: ...

    @property
    def recipe(self) -> Recipe: ...

    @property
    def lanes(self) -> LaneStore: ...

    @property
    def lab_cpu(self) -> LabTime | None: ...  # core use beside the workers; None: nobody looks


@dataclass(frozen=True)
class LiveRun:
    run: CoreRun
    first_slot: int


@dataclass(frozen=True)
class Owner:
    """The owner of most of a core: a worker, or (lane None) the run itself, with its needs beside its workers."""

    run: int
    lane: int | None
    slot: int
    part: float

    @property
    def name(self) -> str:
        return f"run {self.run}" if self.lane is None else f"{self.run}{worker_name(self.lane)}"


class Attributed(NamedTuple):
    parts: Parts
    owners: list[Owner | None]
    others: float  # cores that other programs had in all; below 0 where the system's ticks count too little


class _Sample:
    """A sample that is being shared out."""

    def __init__(self, sample: CoreSample) -> None:
        self.first, self.last, self.dt = sample.t_ns - sample.dt_ns, sample.t_ns, sample.dt_ns
        self.usage = sample.usage.astype(np.float64)
        self.cores = len(sample.usage)
        self.parts = np.zeros((self.cores, LAYERS))
        self.owners: list[Owner | None] = [None] * self.cores
        self.app = _by_core(sample.app, self.cores) / self.dt

    @property
    def free(self) -> Used:
        """The part of each core's load that nothing explains so far."""
        free: Used = np.maximum(self.usage - self.parts.sum(axis=1), 0.0)
        return free

    def put(self, layer: int, wanted: Used, total: float) -> Used:
        """Put `total` cores into a layer: on the wanted cores as far as they have room, the rest on any other core
        with room."""
        free, total = self.free, max(0.0, total)  # below 0 where workers count more than the system has counted yet
        share = total / wanted.sum() if wanted.sum() > total else 1.0
        placed = np.minimum(wanted * share, free)
        rest, left = max(0.0, total - float(placed.sum())), free - placed
        if left.sum() > 0:
            placed += left * min(1.0, rest / float(left.sum()))
        self.parts[:, layer] += placed
        return placed

    def own(self, core: int, owner: Owner) -> None:
        before = self.owners[core]
        if owner.part > LEAST_OWNER and (before is None or owner.part > before.part):
            self.owners[core] = owner


def attributed(sample: CoreSample, runs: Sequence[LiveRun]) -> Attributed:
    one = _Sample(sample)
    of_workers = [_workers(one, live) for live in runs]
    seen = one.parts.sum()
    full = one.parts.sum(axis=1)
    one.parts /= np.maximum(full, 1.0)[:, None]  # the workers' parts are measured and may add up to a little over 1
    own = sum(_beside(one, live, used) for live, used in zip(runs, of_workers, strict=True))
    app = float(one.app.sum())
    one.put(APP, one.app, app)
    others = float(one.usage.sum() - seen - own - app)
    left = one.free
    left *= min(1.0, max(0.0, others) / float(left.sum())) if left.sum() > 0 else 1.0
    one.parts[:, OTHER] = np.where(left > LEAST_OTHER, left, 0.0)
    return Attributed(one.parts.astype(np.float32), one.owners, others)


def _workers(one: _Sample, live: LiveRun) -> Used:
    """Put in what the workers' own records say; gives it by core."""
    core, lane, used = live.run.lanes.core_use(one.first, one.last, one.cores)
    part, slot = used / one.dt, (live.first_slot + lane) % SLOTS
    np.add.at(one.parts, (core, slot), part)
    most = np.full(one.cores, -1)
    order = np.argsort(part, kind="stable")
    most[core[order]] = order  # of several on one core the last, which is the largest, stays
    for place in most[most >= 0]:
        owner = Owner(live.run.number, int(lane[place]), int(slot[place]), float(part[place]))
        one.own(int(core[place]), owner)
    by_core = np.bincount(core, weights=part, minlength=one.cores).astype(np.float64)
    if not live.run.recipe.place.own_processes:  # the workers are threads of this app
        one.app = np.maximum(0.0, one.app - by_core)
    return by_core


def _beside(one: _Sample, live: LiveRun, used: Used) -> float:
    """Put in what the lab took beside its workers, and note what its probe took; gives the lab's cores in all."""
    cpu = live.run.lab_cpu
    if cpu is None or not cpu.known:
        return 0.0
    wanted = np.zeros(one.cores)
    for part, inside in cpu.parts(one.first, one.last):
        wanted += _by_core(part.on_core, one.cores) * (inside / one.dt)
        one.app += _by_core(part.probe, one.cores) * (inside / one.dt)
    one_loop = catalogue.model(live.run.recipe.model).one_loop
    if one_loop:  # the loop's thread is also its workers' thread
        wanted = np.maximum(0.0, wanted - used)
    total = max(0.0, (cpu.spent_ns(one.last) - cpu.spent_ns(one.first)) / one.dt - float(used.sum()))
    untold = _untold(one, live, total if one_loop else max(0.0, total - float(wanted.sum())))
    placed = one.put(OWN + live.first_slot % SLOTS, wanted, total - sum(untold.values()))
    for lane, took in untold.items():
        one.put((live.first_slot + lane) % SLOTS, np.zeros(one.cores), took)
    for core in np.flatnonzero(placed > LEAST_OWNER):
        one.own(int(core), Owner(live.run.number, None, live.first_slot % SLOTS, float(placed[core])))
    return total


def _untold(one: _Sample, live: LiveRun, room: float) -> dict[int, float]:
    """By lane, what workers in the middle of a long op have probably taken: they record it only at its end."""
    store = live.run.lanes
    if room <= 0 or store.lanes > MANY:
        return {}
    tails = store.tails(one.last)
    tails = tails[tails["state"] == states.RUN]
    running = (one.last - np.maximum(tails["start"], one.first)) / one.dt
    if not len(tails) or running.sum() <= 0:
        return {}
    part = running * min(1.0, room / float(running.sum()))
    return {int(lane): float(took) for lane, took in zip(tails["lane"], part, strict=True)}


def _by_core(on_core: Mapping[int, float], cores: int) -> Used:
    by_core = np.zeros(cores)
    for core, ns in on_core.items():
        if core < cores:
            by_core[core] += ns
    return by_core
