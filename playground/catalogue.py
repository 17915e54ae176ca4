"""What there is to choose from: models and jobs, each with its title, whether it can run here, and if not why."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from playground.lab.wire import shelf
from playground.lab.wire.knob import EVERY_RUN, Knob


class Entry(msgspec.Struct, frozen=True):
    name: str
    title: str
    summary: str = ""
    claim: str = ""  # what is said of Python that a job lets people test
    look: str = ""  # what there is to look at while a job runs: picture, rate, order, trips, memory
    available: bool = True
    why: str | None = None
    unit: str = ""  # what one op of a job makes
    work: str = ""  # … and what that is made of: a piece is sized to the Python at hand, so only this compares
    hosts: tuple[str, ...] = ()
    shared_gil: bool = False
    one_process: bool = True
    worker: tuple[str, str] = ("worker", "workers")  # what one of a model's workers is called, and several
    own_gils: bool = False  # its workers have several GILs, and some may share one
    one_loop: bool = False  # its workers take turns in one thread
    awaits: bool = False  # they can be coroutines
    at_once: bool = True  # a model's workers all run at once, as many as fit into its pool where it has one
    together: bool = False  # a job's workers wait for each other
    in_a_loop: dict[str, tuple[str, ...]] = {}  # … and values of its knobs with which that holds up nobody else
    each_mb: float | None = None  # memory that one of its workers takes, where that is unlike others of its kind
    ops: tuple[str, ...] = ()  # that a model can do, or that a job makes use of
    knobs: tuple[dict[str, object], ...] = ()
    order: int = 0


@cache
def models() -> tuple[Entry, ...]:
    return tuple(msgspec.convert(entry, Entry) for entry in shelf.describe("models"))


@cache
def jobs() -> tuple[Entry, ...]:
    return tuple(msgspec.convert(entry, Entry) for entry in shelf.describe("jobs"))


def model(name: str) -> Entry:
    return _named(models(), "model", name)


def job(name: str) -> Entry:
    return _named(jobs(), "job", name)


def _named(entries: tuple[Entry, ...], kind: str, name: str) -> Entry:
    found = next((entry for entry in entries if entry.name == name), None)
    if found is None:  # a StopIteration would end the loop of whoever asked, without a word
        raise LookupError(f"there is no {kind} {name!r}")
    return found


def answer(job_name: str, results: list[Any]) -> Any:
    """One answer of what the workers of a run returned; None where a job has none."""
    make = getattr(shelf.load("jobs", job_name), "answer", None)
    return None if make is None else make(results)


def knobs(job_name: str, model_name: str) -> list[Knob]:
    """The knobs of a recipe: those of every run, then the model's, then the job's."""
    own = [Knob(**knob) for entry in (model(model_name), job(job_name)) for knob in entry.knobs]  # type: ignore[arg-type]
    return [*EVERY_RUN, *own]
