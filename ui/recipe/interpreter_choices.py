"""The known Pythons as words for the recipe bar: `CPython 3.11`; where two would read alike, with what tells them
apart, the whole version or the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from playground.files.visible import one_line
from playground.interpreters.known import Interpreter, mending_command, reason
from ui.recipe.choices import InterpreterChoice
from ui.recipe.known_interpreters import NOT_FOUND
from ui.recipe.packages import Packages

There = Callable[[Path], bool]


def choices(
    found: Sequence[Interpreter],
    unasked: Collection[str] = (),
    packages: Packages | None = None,
    there: There = Path.exists,
) -> list[InterpreterChoice]:
    """`unasked` are the Pythons that need the user's word: only their paths are known."""
    titles = Counter(one.title for one in found)
    versions = Counter(_version(one) for one in found)
    return [
        InterpreterChoice(one.path, one_line(one.path), available=False, why=one.why or "", unasked=True)
        if one.path in unasked
        else _choice(one, titles[one.title] > 1, versions[_version(one)] > 1, packages, there)
        for one in found
    ]


def _version(one: Interpreter) -> str:
    return f"{one.facts.implementation} {one.facts.version}"


def _in_full(one: Interpreter) -> str:
    return f"{_version(one)}{' free-threaded' if one.facts.free_threaded else ''}"


def _choice(
    one: Interpreter, same_title: bool, same_version: bool, packages: Packages | None, there: There
) -> InterpreterChoice:
    own = one.path == ""
    missing = not (one.available or one.facts.version or there(Path(one.path)))
    title = one.title if own or not same_title or not one.facts.version else _in_full(one)
    note = one.note if one.available else ""
    if same_version and not own:
        note = f"{note}, {_short(Path(one.path).parent)}" if note else _short(Path(one.path).parent)
    why = NOT_FOUND if missing else one.why or ""
    models = {model: reason(one, model) for model in one.models}
    commands = {model: mending_command(one, model) or "" for model in one.models}
    row = InterpreterChoice(one.path, title, note, one.available, why, missing, models=models, commands=commands)
    if packages is None:
        return row
    installs = {model: packages.action(one, model) for model in one.models}
    return replace(row, installs=installs, notes={model: packages.note(one, model) for model in one.models})


def _short(folder: Path) -> str:
    """The folder, with ~ for the home folder, and without its middle where it is long."""
    words = str(folder).replace(str(Path.home()), "~", 1)
    return words if len(words) <= 24 else f"{words[:8]}…{words[-15:]}"
