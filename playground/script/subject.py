"""What a script is about: the job's source, its worker function, and the values that the run had."""

from __future__ import annotations

import ast
import random
import socket
from dataclasses import dataclass, field
from types import SimpleNamespace
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

PIECES, STEPS = 10_000, 100  # for each worker, where the recipe says none: of 150 µs; of what takes longer


@dataclass
class Subject:
    title: str
    summary: str
    unit: str
    source: Source
    function: Function
    values: dict[str, object]  # of the parameters of its function, by name
    amount: int
    answer: ast.FunctionDef | None = None
    shared: dict[str, Shared] = field(default_factory=dict)
    whole: Source | None = None  # the job's file, where `source` is not that
    beside: Source | None = None  # what the script has to begin before its workers
    notes: dict[str, str] = field(default_factory=dict)  # of a value: what it is
    names: dict[str, str] = field(default_factory=dict)  # that parameters have in the script
    worker: str = "work"  # what the worker's function is called
    longest: int | None = 59  # lines; the user's own code may have as many as it has
    own: str = ""  # the user's own code, but for what is written anew

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
        title=job.title,
        summary=job.summary,
        unit=job.unit,
        source=source,
        function=function,
        values=values,
        amount=many,
        answer=answer,
        shared=dict(job.things(SimpleNamespace(knobs=recipe.all_knobs(), count=recipe.workers))),
        beside=beside,
        whole=whole,
        notes={"size": _size_note(job), **{knob.name: _note(knob) for knob in knobs_of(recipe)}},
    )


def read_beside(job: str) -> Source | None:
    """What a script of that job needs beside its workers; its `ops`, if it has some, take the place of the job's."""
    path = FOLDER / "beside" / f"{job}.py"
    return Source(path.read_text(encoding="utf-8"), path) if path.is_file() else None


def free_port() -> int:
    """Of those that no system hands out by itself: it should still be free when the script is run."""
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
    """Rounds that take some seconds."""
    if job.typical is None:
        return STEPS
    each = job.count_ops(STEPS, **made) / STEPS if job.count_ops else 1
    return max(1, round(PIECES / max(1, each)))


def _note(knob: Knob) -> str:
    """What a value is, if its name does not say it."""
    said = knob.title.lower().startswith(knob.name.replace("_", " "))
    return ", ".join(filter(None, ["" if said else knob.title.lower(), knob.unit]))


def _prepared(job: Job, recipe: Recipe, size: int | None) -> dict[str, Any]:
    """As the lab would, but for the time it takes to find how large a piece has to be."""
    try:
        made = job.prepare(lambda *how, **limits: size, recipe.all_knobs())
    except CannotPrepare as why:
        raise NoScript(str(why)) from None
    return made
