"""What the recipe bar has to choose from: the rows of its menus, why something cannot be chosen here, and what a choice
brings with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground import catalogue, hosts
from playground.hosts import Host
from playground.recipe.recipe import Recipe
from ui.kit.choice_menu import Choice
from ui.loop import freeze_exit
from ui.recipe import lengths

PRESETS = (1, 2, 4, 8, 16, 32, 64)
LOCATE = "locate"  # the value of a row; no path
COPY, COPIED = "Copy command", "Copied"
UNASKED = "not asked yet"
USE_IT = "Use it"  # the user's word for a Python that came from elsewhere


@dataclass(frozen=True)
class InterpreterChoice:
    path: str  # empty is the Python that runs the app
    title: str  # "CPython 3.11"
    note: str = ""  # "GIL"
    available: bool = True
    why: str = ""
    missing: bool = False  # it was here once
    unasked: bool = False  # it came from elsewhere, and is started on the user's word only
    models: Mapping[str, str | None] = field(default_factory=dict)  # each with the reason why not, or None
    commands: Mapping[str, str] = field(default_factory=dict)  # that install what a model misses, where one does
    installs: Mapping[str, str] = field(default_factory=dict)  # what a press on that row does
    notes: Mapping[str, str] = field(default_factory=dict)  # how far that is, and why it failed

    @property
    def brief(self) -> tuple[str, str]:
        """Title and note where there is little room."""
        return (Path(self.path).name, UNASKED) if self.unasked else (self.title, self.note)


def count_rows(cores: int) -> list[Choice]:
    return [Choice(str(count), str(count), "as many as cores" if count == cores else "") for count in PRESETS]


def job_rows() -> list[Choice]:
    return [
        Choice(entry.name, entry.title, entry.summary if entry.available else entry.why or "", entry.available)
        for entry in catalogue.jobs()
    ]


def model_rows(chosen: InterpreterChoice, others: Sequence[InterpreterChoice]) -> list[Choice]:
    """As the interpreter that is chosen has them. What it misses can be installed there, or another one has it."""
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
    """The model itself, if that place takes it; else the one there that is most like it."""
    if place.takes(catalogue.model(model).hosts):
        return model
    return place.instead.get(model, place.usual_model)


def host_rows() -> list[Choice]:
    return [
        Choice(place.name, place.title, place.note if place.available else place.why or "", place.available)
        for place in hosts.every()
    ]


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
    """Of the menu of this name, and which of them is taken."""
    match name:
        case "workers":
            return count_rows(recipe.place.hardware.cores), str(recipe.workers)
        case "job":
            return job_rows(), recipe.job
        case "model":
            return model_rows(chosen, interpreters), recipe.model
        case "host":
            return host_rows(), recipe.host
        case "length":
            return lengths.rows(recipe)
        case _:
            return interpreter_rows(interpreters), recipe.interpreter


def fixed_by(place: Host, recipe: Recipe, seconds_before: float | None) -> dict[str, Any]:
    """The fields that a place fixes: not each has other Pythons, or lets a run go on until it is stopped.
    `seconds_before`: the length that the recipe had before a place shortened it."""
    fields: dict[str, Any] = {"host": place.name}
    longest, length = freeze_exit.longest(place), recipe.seconds
    if longest is None:
        length = length if recipe.place.longest_s is None else seconds_before
    elif length is None or length > longest:
        length = place.usual_s
    if length != recipe.seconds:
        fields["seconds"] = length
    return fields if place.other_pythons else {**fields, "interpreter": ""}
