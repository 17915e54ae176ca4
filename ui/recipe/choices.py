"""The rows of the recipe bar's menus: what can be chosen, why something cannot be chosen here, and what a choice brings
with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground import catalogue, hosts
from playground.hosts import Host
from playground.lab.wire.declaration import Job
from playground.recipe.recipe import Recipe
from ui.kit.choice_menu import Choice
from ui.loop import freeze_exit
from ui.recipe import lengths

PRESETS = (1, 2, 4, 8, 16, 32, 64)
LOCATE = "locate"  # the value of a row that is no path
COPY, COPIED = "Copy command", "Copied"
UNASKED = "not asked yet"
USE_IT = "Use it"  # the user's word for a Python that came from elsewhere


@dataclass(frozen=True)
class InterpreterChoice:
    path: str  # empty: the Python that runs the app
    title: str  # "CPython 3.11"
    note: str = ""  # "GIL"
    available: bool = True
    why: str = ""
    missing: bool = False  # it existed once
    unasked: bool = False  # it came from elsewhere, and starts on the user's word only
    models: Mapping[str, str | None] = field(default_factory=dict)  # each with the reason why it cannot run, or None
    commands: Mapping[str, str] = field(default_factory=dict)  # for a model that lacks a package: how to install it
    installs: Mapping[str, str] = field(default_factory=dict)  # … what a press on the row does
    notes: Mapping[str, str] = field(default_factory=dict)  # … how far that is, or why it failed

    @property
    def brief(self) -> tuple[str, str]:
        """Title and note where there is little room."""
        return (Path(self.path).name, UNASKED) if self.unasked else (self.title, self.note)


def model_rows(chosen: InterpreterChoice, others: Sequence[InterpreterChoice]) -> list[Choice]:
    """The models as the chosen interpreter has them. One that it lacks can be installed, or another Python has it."""
    rows = []
    for entry in catalogue.models():
        why = chosen.models.get(entry.name, entry.why)
        other = able_to_run(entry.name, others)
        use = COPY if chosen.commands.get(entry.name) else f"Use {other.title}" if other else ""
        action = chosen.installs.get(entry.name) or use
        note = chosen.notes.get(entry.name) or why
        rows.append(Choice(entry.name, entry.title, note or entry.summary, why is None, action if why else ""))
    return rows


def able_to_run(model: str, interpreters: Sequence[InterpreterChoice]) -> InterpreterChoice | None:
    return next((one for one in interpreters if one.available and one.models.get(model, "unknown") is None), None)


def nearest_model(model: str, place: Host) -> str:
    """The model itself, if the place takes it; else the most similar one that it takes."""
    if place.takes(catalogue.model(model).hosts):
        return model
    return place.instead.get(model, place.usual_model)


def _row(entry: Job | Host, words: str) -> Choice:
    """The row of a job or a place: what it is, or why it is not available here."""
    return Choice(entry.name, entry.title, words if entry.available else entry.why or "", entry.available)


def interpreter_rows(interpreters: Sequence[InterpreterChoice]) -> list[Choice]:
    able = [Choice(one.path, one.title, one.note) for one in interpreters if one.available]
    unable = [
        Choice(one.path, one.title, one.why, False, USE_IT if one.unasked else "Locate" if one.missing else "")
        for one in sorted(interpreters, key=lambda one: not one.unasked)
        if not one.available
    ]
    return [*able, Choice(LOCATE, "Locate…", "one that is not in this list"), *unable]


def rows(
    name: str, recipe: Recipe, chosen: InterpreterChoice, interpreters: Sequence[InterpreterChoice]
) -> tuple[list[Choice], str]:
    """The rows of the menu of this name, and the value of the one that is taken."""
    match name:
        case "workers":
            notes = {recipe.place.hardware.cores: "as many as cores"}
            return [Choice(str(count), str(count), notes.get(count, "")) for count in PRESETS], str(recipe.workers)
        case "job":
            return [_row(job, job.summary) for job in catalogue.jobs()], recipe.job
        case "model":
            return model_rows(chosen, interpreters), recipe.model
        case "host":
            return [_row(place, place.note) for place in hosts.every()], recipe.host
        case "length":
            return lengths.rows(recipe)
        case _:
            return interpreter_rows(interpreters), recipe.interpreter


def fixed_by(place: Host, recipe: Recipe, seconds_before: float | None) -> dict[str, Any]:
    """The fields that a place fixes: not every place has other Pythons, or lets a run go on until it is stopped.
    `seconds_before`: the length of the recipe before a place shortened it."""
    fields: dict[str, Any] = {"host": place.name}
    longest, length = freeze_exit.longest(place), recipe.seconds
    if longest is None:
        length = length if recipe.place.longest_s is None else seconds_before
    elif length is None or length > longest:
        length = place.usual_s
    if length != recipe.seconds:
        fields["seconds"] = length
    return fields if place.other_pythons else {**fields, "interpreter": ""}
