"""Reach: how many cores a run can use at most, and what kept it from them. Of a wait for a core a part is owed to the
run's own number: four processes that compute on two cores wait half of their time at least. Only the rest is due to
other programs, and only if those were busy."""

from __future__ import annotations

from msgspec import Struct

from playground import catalogue
from playground.figures.records import LEAST_SHARE, RunStatistics

LEAST_OTHERS = 0.3  # cores: less than that is taken on any computer
LEAST_READY = 0.3  # cores: who waits for other things nearly all of the time misses none
LEAST_MISSED = 0.2  # of what the run was ready for
FREE_OF_GIL = 0.25  # of their CPU time: who runs so much without the GIL is not held to one core by it


class Machine(Struct, frozen=True):
    """What the verdict has to know of the computer and the window; of a run that has ended, while it ran."""

    cores: int
    busy: float  # cores busy with anything
    busy_with_others: float  # cores busy with programs that are not of this app
    lateness_p99_ms: float | None  # of the UI, last 10 s; None without a window
    lateness_max_ms: float | None = None


def begun(run: RunStatistics) -> int:
    """How many workers have begun: of the others nothing can be said."""
    return run.recipe.workers if run.begun is None else run.begun


def could_use(run: RunStatistics, machine: Machine) -> int:
    """How many cores it can use at most."""
    places = min(_at_once(run), machine.cores)
    gils = _gils(run)
    return places if gils is None or _runs_without_gil(run, gils) else min(places, gils)


def _at_once(run: RunStatistics) -> int:
    """How many of its workers can run at one moment, as far as its model goes."""
    model, knobs = catalogue.model(run.recipe.model), run.recipe.all_knobs()
    if not model.at_once or (model.one_loop and not model.shared_gil):
        return 1
    return min(run.recipe.workers, int(knobs.get("pool_size", run.recipe.workers)))


def _gils(run: RunStatistics) -> int | None:
    """How many GILs its workers share; None: there is none, or each worker has its own."""
    model, knobs = catalogue.model(run.recipe.model), run.recipe.all_knobs()
    if not run.interpreter.gil_enabled:
        return None
    if model.own_gils:
        return int(knobs.get("processes", knobs.get("interpreters", 0))) or None
    return 1 if model.shared_gil or run.recipe.place.shares_gil else None


def _runs_without_gil(run: RunStatistics, gils: int) -> bool:
    """Do they let go of it while they compute, as hashing does? Then they used more cores than held a GIL."""
    ran = run.cores_workers
    if run.gil.free is None:
        return ran > 1.05 * gils or run.share.wait_gil < LEAST_SHARE
    return ran - gils * (1.0 - run.gil.free) > FREE_OF_GIL * ran


def _ready(run: RunStatistics) -> float:
    """How many workers ran or waited for a core, on average."""
    share = run.share
    return run.cores_workers * (share.run + share.wait_core) / share.run if share.run else run.cores_workers


def owed(run: RunStatistics, machine: Machine) -> float:
    """The part of their time that its workers must wait for cores because of their own number. Those that a GIL or a
    loop lets go on one at a time are never too many for the cores."""
    if could_use(run, machine) < machine.cores:
        return 0.0
    ready, wanted = _ready(run), run.share.run + run.share.wait_core
    return wanted * max(0.0, 1.0 - machine.cores / ready) if ready else 0.0


def disturbed(run: RunStatistics, machine: Machine) -> bool:
    """Did other programs take cores that its workers were ready for, and could have used?"""
    if run.brief or machine.busy_with_others <= LEAST_OTHERS:
        return False
    wanted = min(_ready(run), could_use(run, machine))
    return wanted >= LEAST_READY and wanted - run.cores_workers >= LEAST_MISSED * wanted
