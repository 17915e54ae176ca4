"""Whether the machine can hold a recipe's workers: an estimate before the start, so that a number too large is refused
with the largest that fits, and not found out by the machine falling over."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from playground import catalogue
from playground.hosts import Left
from playground.lab.wire.knob import spaced
from playground.recipe.recipe import BadRecipe, Recipe

PROCESS_MB = 12.0  # a spawned CPython worker with its imports: 9 to 11 MB of its own here
THREAD_MB = 0.15  # what a thread of a lab touches of its stack, with its ring
TURN_MB = 0.012  # a coroutine, greenlet or generator with its job and its header: 2 to 11 KB
MEMORY_PART = 0.7  # of what is available: the user's own programs need the rest
SPARE_TASKS = 64
FILES_EACH = 2  # in the lab: what the system tells of the thread; of a process, what tells of its end
FILES_APART = 256


@dataclass(frozen=True)
class Room:
    workers: int
    why: str


def room(recipe: Recipe) -> Room:
    """The largest count of workers that fits, and what sets it."""
    model = catalogue.model(recipe.model)
    shared_mb, each_mb = _memory(recipe)
    hardware = recipe.place.hardware
    rooms = [_by_memory(left, shared_mb, each_mb) for left in hardware.memory()]
    if model.at_once and not model.one_loop and "pool_size" not in recipe.all_knobs():
        rooms += _by_open_files(hardware.open_files())
        rooms += [Room(max(0, left - SPARE_TASKS), why) for left, why in hardware.tasks()]
    return min(rooms, key=lambda one: one.workers)


def _by_memory(left: Left, shared_mb: float, each_mb: float) -> Room:
    available = max(0.0, left.more / 1e6)
    whose = f": {left.why}" if left.why else ""
    return Room(
        int((available * MEMORY_PART - shared_mb) / each_mb),
        f"about {spaced(each_mb)} MB each, {spaced(round(available))} MB of memory are free{whose}",
    )


def _memory(recipe: Recipe) -> tuple[float, float]:
    """MB for what the workers are in together, and for each of them: a task of a pool, or a thread among several, takes
    little beside its process."""
    model, knobs = catalogue.model(recipe.model), recipe.all_knobs()
    one_mb = model.each_mb or (TURN_MB if model.one_loop else THREAD_MB if model.one_process else PROCESS_MB)
    hold_mb = float(knobs.get("hold", 0.0))  # what the job has each worker hold while it lives
    if "pool_size" in knobs:
        return (one_mb + hold_mb) * min(int(knobs["pool_size"]), recipe.workers), TURN_MB
    if not model.at_once:
        return hold_mb, one_mb
    several = int(knobs.get("processes", 0)) or int(knobs.get("interpreters", 0))
    if several:
        return one_mb * min(several, recipe.workers), THREAD_MB + hold_mb
    return 0.0, one_mb + hold_mb


def check(recipe: Recipe) -> None:
    fits = room(recipe)
    if recipe.workers > fits.workers:
        most = max(fits.workers, 0)
        raise BadRecipe(
            "workers",
            f"{recipe.place.hardware.title} can hold {spaced(most)} workers as {recipe.model},"
            f" not {spaced(recipe.workers)} ({fits.why}).",
            recipe.workers,
            f"1 to {spaced(most)}" if most else "none just now",
        )


def allow_open_files(workers: int) -> None:
    """A mapped ring keeps its file open. Many systems begin with 256 or 1024 files, and give more when asked."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = FILES_APART + FILES_EACH * workers
        if soft < needed:
            most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _by_open_files(most: int | None) -> list[Room]:
    if most is None:
        return []
    return [Room((most - FILES_APART) // FILES_EACH, f"your limit of {most} open files, {FILES_EACH} for each")]
