"""The models and jobs to choose from, as their files declare them, and why one of them cannot run here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from playground.lab.wire import shelf
from playground.lab.wire.declaration import Job, Model
from playground.lab.wire.knob import EVERY_RUN, Knob

Kind = TypeVar("Kind", Model, Job)

# The fields that `list --json` shows of a model or a job. The fields of the other kind have their defaults.
LISTED = (
    *("name", "title", "summary", "claim", "look", "available", "why", "unit", "work", "hosts", "shared_gil"),
    *("one_process", "worker", "own_gils", "one_loop", "awaits", "at_once", "together", "in_a_loop", "each_mb"),
    *("ops", "knobs", "order"),
)


@cache
def models() -> tuple[Model, ...]:
    return tuple(shelf.entries(Model))


@cache
def jobs() -> tuple[Job, ...]:
    return tuple(shelf.entries(Job))


def model(name: str) -> Model:
    return _named(models(), "model", name)


def job(name: str) -> Job:
    return _named(jobs(), "job", name)


def _named(entries: Iterable[Kind], kind: str, name: str) -> Kind:
    found = next((entry for entry in entries if entry.name == name), None)
    if found is None:  # a StopIteration would silently end a caller's loop
        raise LookupError(f"there is no {kind} {name!r}")
    return found


def answer(job_name: str, results: list[Any]) -> Any:
    """The workers' results made into one answer; None if the job has none."""
    make = job(job_name).answer
    return None if make is None else make(results)


def knobs(job_name: str, model_name: str) -> list[Knob]:
    """The knobs of a recipe: those of every run, then the model's, then the job's."""
    return [*EVERY_RUN, *model(model_name).knobs, *job(job_name).knobs]


def listed(entry: Model | Job) -> dict[str, Any]:
    """A model or a job as `list --json` shows it."""
    facts = {**Model._field_defaults, **Job._field_defaults, **entry._asdict(), "available": entry.available}
    facts.update(ops=entry.op_names, knobs=[knob._asdict() for knob in entry.knobs])
    return {name: facts[name] for name in LISTED}
