"""The subject of a script: the job's source, its worker function, and the values of the run."""

from __future__ import annotations

import ast
import random
import socket
from dataclasses import dataclass, field
from types import BuiltinFunctionType, SimpleNamespace
from typing import Any

from playground import catalogue
from playground.lab.wire.cannot_prepare import CannotPrepare
from playground.lab.wire.declaration import Job
from playground.lab.wire.knob import Knob
from playground.lab.wire.ops import Shared
from playground.recipe.recipe import Recipe, knobs_of
from playground.script import shown_source
from playground.script.folding import folded
from playground.script.python_text import Function, Source
from playground.script.refusal import NoScript
from playground.script.template import FOLDER

PIECES, STEPS = 10_000, 100  # ops for each worker if the recipe gives no amount: pieces of 150 µs, or longer steps


@dataclass
class Subject:
    summary: str
    unit: str
    source: Source
    function: Function
    values: dict[str, object]  # parameter of the function → its value
    amount: int
    answer: ast.FunctionDef | None = None
    answered_by: str = ""  # the function of Python's own that makes the answer, where the job has none
    shared: dict[str, Shared] = field(default_factory=dict)
    whole: Source | None = None  # the job's file, if `source` may be another
    beside: Source | None = None  # what the script has to start before its workers
    notes: dict[str, str] = field(default_factory=dict)  # parameter → what its value is
    names: dict[str, str] = field(default_factory=dict)  # parameter → its name in the script
    worker: str = "work"  # the name of the worker's function
    longest: int | None = 59  # lines; None for the user's own code, which may have any number
    own: str = ""  # the user's own code, without the parts that are rewritten

    @property
    def is_own(self) -> bool:
        return self.longest is None


def subject_of(recipe: Recipe, prepared: dict[str, Any] | None, amount: int | None) -> Subject:
    job, path = catalogue.job(recipe.job), shown_source.file_of(Job, recipe.job)
    whole, beside = Source(path.read_text(encoding="utf-8"), path), read_beside(path.stem)
    made = _prepared(job, recipe, (prepared or {}).get("size", job.typical))
    values = {**made, **(prepared or {})}
    if beside and "{PORT}" in beside.text:
        values.setdefault("port", free_port())
    many = amount or recipe.amount or usual_amount(job, made)
    only = beside.value("ONLY") if beside else None
    for knob, value in only.items() if isinstance(only, dict) else ():
        if recipe.knob(knob) != value:
            raise NoScript(f"there is a short program only for {knob} {value}")
    source = beside if beside and beside.function("ops") else whole
    source = source.with_function("ops", lambda text: folded(text, {**values, "amount": many}))
    function, answer = source.function("ops"), source.function("answer")
    if function is None or not isinstance(answer, ast.FunctionDef | None):
        raise NoScript(f"{job.title} has no ops of its own")
    return Subject(
        summary=job.summary or job.title,
        unit=job.unit,
        source=source,
        function=function,
        values=values,
        amount=many,
        answer=answer,
        answered_by=job.answer.__name__ if isinstance(job.answer, BuiltinFunctionType) else "",
        shared=dict(job.things(SimpleNamespace(knobs=recipe.all_knobs(), count=recipe.workers))),
        beside=beside,
        whole=whole,
        notes={"size": _size_note(job), **{knob.name: _note(knob) for knob in knobs_of(recipe)}},
    )


def read_beside(job: str) -> Source | None:
    """The file with what a job's script needs beside its workers. If it has `ops`, they replace the job's."""
    path = FOLDER / "beside" / f"{job}.py"
    return Source(path.read_text(encoding="utf-8"), path) if path.is_file() else None


def free_port() -> int:
    """A free port, from a range that no system hands out by itself: it should still be free when the script is run."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _size_note(job: Job) -> str:
    return f"{job.work if job.work_each == 1 else 'bytes'} in each" if job.work else ""


def usual_amount(job: Job, made: dict[str, Any]) -> int:
    """Rounds for each worker that take some seconds in all."""
    if job.typical is None:
        return STEPS
    each = job.count_ops(STEPS, **made) / STEPS if job.count_ops else 1
    return max(1, round(PIECES / max(1, each)))


def _note(knob: Knob) -> str:
    """What a knob's value is, if the knob's name does not say it, and its unit."""
    said = knob.title.lower().startswith(knob.name.replace("_", " "))
    return ", ".join(filter(None, ["" if said else knob.title.lower(), knob.unit]))


def _prepared(job: Job, recipe: Recipe, size: int | None) -> dict[str, Any]:
    """The values that the lab would prepare, with a given `size` of a piece: measuring it takes too long here."""
    try:
        return job.prepared(lambda *how, **limits: size, recipe.all_knobs())
    except CannotPrepare as why:
        raise NoScript(str(why)) from None
