"""Reach: how many cores a run can use at most, and what kept it from them. A part of the waiting for cores comes from
the run's own number of workers: four processes that compute on two cores wait at least half of the time. Only the rest
is due to other programs, and only if those were busy."""

from __future__ import annotations

from msgspec import Struct

from playground import catalogue
from playground.figures.records import LEAST_SHARE, RunStatistics

LEAST_OTHERS = 0.3  # cores: other programs take as much on any computer
LEAST_READY = 0.3  # cores: workers that nearly always wait for other things miss no core
LEAST_MISSED = 0.2  # of the cores that the run was ready for
FREE_OF_GIL = 0.25  # of their CPU time: workers that run so much without the GIL are not held to one core by it


class Machine(Struct, frozen=True):
    """What the verdict needs to know about the computer and the window; for a run that has ended, while it ran."""

    cores: int
    busy: float  # cores busy with anything
    busy_with_others: float  # cores busy with other programs
    lateness_p99_ms: float | None  # of the UI, last 10 s; None without a window
    lateness_max_ms: float | None = None


def begun(run: RunStatistics) -> int:
    """How many workers have begun: nothing can be said of the others."""
    return run.recipe.workers if run.begun is None else run.begun


def could_use(run: RunStatistics, machine: Machine) -> int:
    """How many cores the run can use at most."""
    places = min(_at_once(run), machine.cores)
    gils = _gils(run)
    return places if gils is None or _runs_without_gil(run, gils) else min(places, gils)


def _at_once(run: RunStatistics) -> int:
    """How many workers the run's model lets run at one moment."""
    model, knobs = catalogue.model(run.recipe.model), run.recipe.all_knobs()
    if not model.at_once or (model.one_loop and not model.shared_gil):
        return 1
    return min(run.recipe.workers, int(knobs.get("pool_size", run.recipe.workers)))


def _gils(run: RunStatistics) -> int | None:
    """How many GILs the workers share; None: there is none, or each worker has its own."""
    model, knobs = catalogue.model(run.recipe.model), run.recipe.all_knobs()
    if not run.interpreter.gil_enabled:
        return None
    if model.own_gils:
        return int(knobs.get("processes", knobs.get("interpreters", 0))) or None
    return 1 if model.shared_gil or run.recipe.place.shares_gil else None


def _runs_without_gil(run: RunStatistics, gils: int) -> bool:
    """Do the workers release the GIL while they compute, as hashing does? Then more cores were used than GILs held."""
    ran = run.cores_workers
    if run.gil.free is None:
        return ran > 1.05 * gils or run.share.wait_gil < LEAST_SHARE
    return ran - gils * (1.0 - run.gil.free) > FREE_OF_GIL * ran


def _ready(run: RunStatistics) -> float:
    """How many workers ran or waited for a core, on average."""
    share = run.share
    return run.cores_workers * (share.run + share.wait_core) / share.run if share.run else run.cores_workers


def owed(run: RunStatistics, machine: Machine) -> float:
    """The part of their time that the workers must wait for cores because of their own number. Workers that a GIL or a
    loop lets run one at a time are never too many for the cores."""
    if could_use(run, machine) < machine.cores:
        return 0.0
    ready, wanted = _ready(run), run.share.run + run.share.wait_core
    return wanted * max(0.0, 1.0 - machine.cores / ready) if ready else 0.0


def disturbed(run: RunStatistics, machine: Machine) -> bool:
    """Did other programs take cores that the workers were ready for, and could have used?"""
    if run.brief or machine.busy_with_others <= LEAST_OTHERS:
        return False
    wanted = min(_ready(run), could_use(run, machine))
    return wanted >= LEAST_READY and wanted - run.cores_workers >= LEAST_MISSED * wanted
