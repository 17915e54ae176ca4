"""What the recipe bar has to choose from: the rows of its menus, why something cannot be chosen here, and what a choice
brings with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground import catalogue
from playground.recipe import HOST_TITLES, HOSTS, LONGEST_SECONDS, USUAL_SECONDS, Recipe
from ui import way_out
from ui.panels import lengths
from ui.panels.choice_menu import Choice

PRESETS = (1, 2, 4, 8, 16, 32, 64)
HOST_NOTES = {
    "lab": "beside this window",
    "app": f"shares this window's GIL, threads only, {LONGEST_SECONDS['app']:g} s at most",
    "ui": f"freezes this window, serial only, {LONGEST_SECONDS['ui']:g} s at most",
}
USUAL_MODELS = {"lab": "threads", "app": "threads", "ui": "serial"}
KIN = {("thread-pool", "app"): "qthreadpool", ("qthreadpool", "lab"): "thread-pool"}
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


def count_rows() -> list[Choice]:
    cores = os.cpu_count()
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


def nearest_model(model: str, host: str) -> str:
    """The model itself, if that host has it; else the one there that is most like it."""
    if host in catalogue.model(model).hosts:
        return model
    return KIN.get((model, host), USUAL_MODELS[host])


def host_rows() -> list[Choice]:
    return [Choice(host, HOST_TITLES[host], HOST_NOTES[host]) for host in HOSTS]


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
            return count_rows(), str(recipe.workers)
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


def fixed_by(host: str, recipe: Recipe, seconds_in_lab: float | None) -> dict[str, Any]:
    """The fields that a host fixes: only a lab may have another Python, or go on until it is stopped."""
    if host == "lab":
        return {"host": host} if recipe.host == "lab" else {"host": host, "seconds": seconds_in_lab}
    length = recipe.seconds
    longest = way_out.longest(host) or LONGEST_SECONDS[host]
    if length is None or length > longest:
        length = USUAL_SECONDS[host]
    return {"host": host, "seconds": length, "interpreter": ""}
