"""A recipe in a file: a small TOML file, or the user's own code in a Python file. A file that is none, or too large, or
has a wrong field, is refused in the words of any other bad recipe."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

import msgspec

from playground.files import toml_text
from playground.recipe import own_code
from playground.recipe.mistakes import meant, unknown, wrong_type
from playground.recipe.recipe import BadRecipe, Recipe

LARGEST_CODE = own_code.MOST_BYTES
LARGEST_FILE = 2_000_000  # bytes: the file may hold the largest code with every character escaped
_VALUE = (float, int, str)


def from_toml(text: str | bytes) -> Recipe:
    try:
        given = msgspec.toml.decode(text)
    except RecursionError:
        raise BadRecipe("recipe", "This cannot be read as TOML: too many brackets within each other.") from None
    except UnicodeDecodeError:
        raise BadRecipe("recipe", "This is not text, but a recipe is: a file of TOML in UTF-8.") from None
    except ValueError as problem:  # also numbers of thousands of digits
        raise BadRecipe("recipe", f"This is not TOML: {str(problem)[:200]}.") from None
    odd = [name for name in given if name not in Recipe.__struct_fields__]
    if odd:
        fields = Recipe.__struct_fields__
        words = unknown("field", odd[0], meant(odd[0], {name: name for name in fields}), fields, " in a recipe")
        raise BadRecipe(odd[0][:40], words, odd[0], ", ".join(fields))
    try:
        return msgspec.convert(given, Recipe)
    except msgspec.ValidationError as problem:
        message, _, path = str(problem).partition(" - at `$.")
        field = _field(path.rstrip("`"), given)
        wanted = re.search(r"Expected `(\w+)", message)
        raise wrong_type(field, wanted[1] if wanted and "." not in field else "", _value_of(field, given)) from None


def _field(path: str, given: dict[str, Any]) -> str:
    """The field in msgspec's path. Of a wrong knob msgspec gives no name, so the knob is looked for here."""
    if path != "knobs[...]":
        return path
    wrong = (name for name, value in given["knobs"].items() if isinstance(value, bool) or not isinstance(value, _VALUE))
    return f"knobs.{next(wrong)[:40]}"


def _value_of(field: str, given: dict[str, Any]) -> object:
    table, _, knob = field.partition(".")
    return given[table].get(next(name for name in given[table] if name[:40] == knob)) if knob else given[table]


def load(path: Path, waits: bool = False) -> Recipe:
    """The recipe in a file. `waits`: the file may be a pipe, which ends when its writer says so; a window cannot wait
    for that."""
    return from_toml(_content("recipe", path, LARGEST_FILE, waits))


def load_code(path: Path, waits: bool = False) -> str:
    """The user's own code, from a file."""
    content = _content("code", path, LARGEST_CODE, waits)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadRecipe("code", f"{path} is not UTF-8 in line {line}.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")  # as Python reads it


def _content(field: str, path: Path, most: int, waits: bool) -> bytes:
    try:
        with open(path, "rb", opener=None if waits else _open_at_once) as file:
            if not (waits or stat.S_ISREG(os.fstat(file.fileno()).st_mode)):
                raise BadRecipe(field, f"{path} is no usual file.")
            content = file.read(most + 1)
    except OSError as problem:
        raise BadRecipe(field, f"{path} cannot be read: {problem.strerror}.") from None
    if len(content) > most:
        raise BadRecipe(field, f"{path} is larger than {most // 1000} kB.")
    return content


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting: opening a pipe usually waits for its writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def to_toml(recipe: Recipe) -> str:
    """The recipe as TOML: every field that is not empty, knobs last."""
    plain: dict[str, Any] = msgspec.to_builtins(recipe)
    if not plain["knobs"]:
        del plain["knobs"]
    return toml_text.written({name: value for name, value in plain.items() if value != ""})
