"""Whether the machine can hold a recipe's workers: an estimate before the start, so that a count too large is refused,
with the largest count that fits, before the machine falls over."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from playground import catalogue
from playground.hosts import Left
from playground.lab.wire.knob import spaced
from playground.recipe.recipe import BadRecipe, Recipe

PROCESS_MB = 12.0  # a spawned CPython worker with its imports: 9 to 11 MB of its own here
THREAD_MB = 0.15  # the part of its stack that a lab's thread touches, and its ring
TURN_MB = 0.012  # a coroutine, greenlet or generator with its job and its header: 2 to 11 KB
MEMORY_PART = 0.7  # of what is available: the user's own programs need the rest
SPARE_TASKS = 64
FILES_EACH = 2  # per worker: a thread's two files in /proc in the app, or one in its lab; a process's sentinel
FILES_APART = 256


@dataclass(frozen=True)
class Room:
    workers: int
    why: str


def room(recipe: Recipe) -> Room:
    """The largest count of workers that fits, and the limit that sets it."""
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
    """MB that all workers need together (the processes they run in), and MB that each needs on its own: a task of a
    pool, or one of several threads, takes little beside its process."""
    model, knobs = catalogue.model(recipe.model), recipe.all_knobs()
    one_mb = model.each_mb or (TURN_MB if model.one_loop else THREAD_MB if model.one_process else PROCESS_MB)
    hold_mb = float(knobs.get("hold", 0.0))  # MB that the job makes each worker hold while it lives
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
    """Raise this process's limit of open files to what so many workers need. Many systems start at 256 or 1024 files
    and allow more on request."""
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
