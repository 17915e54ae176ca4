"""Writes a recipe as one line: `to_line` the shortest line that reads back as the same recipe, `to_sentence` a longer
one for people, which can be read back too. The user's own code has no place in a line."""

from __future__ import annotations

import re

from playground.lab.wire.knob import Knob
from playground.recipe.line_grammar import (
    KEYWORDS,
    LONGEST,
    REMARK,
    THIS_PYTHON,
    UNQUOTED,
    host_names,
    key,
    named,
    usual_host,
)
from playground.recipe.mistakes import quoted
from playground.recipe.recipe import BadRecipe, Recipe, knobs_of, sentence

BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def to_line(recipe: Recipe) -> str:
    """The shortest line that reads back as this recipe. The user's own code is left out, and the line says so."""
    line = f"{recipe.workers} x {recipe.job} as {recipe.model}"
    if recipe.interpreter:
        line += f" on {_python_word(recipe.interpreter)}"
    line += _where_and_how_long(recipe)
    if recipe.amount is not None:
        line += f" {recipe.amount} each"
    if recipe.knobs:
        line += " with " + ", ".join(f"{name}={_word(value)}" for name, value in recipe.knobs.items())
    if recipe.job == "own":
        line += f" {REMARK}"
    if len(line) > LONGEST:
        raise BadRecipe("recipe", f"This recipe needs {len(line)} characters; a line may have {LONGEST}.")
    return line


def to_sentence(recipe: Recipe, python: str = "", brief: bool = False) -> str:
    """For slides: `4 × Count primes as threads on CPython 3.13 free-threaded in a lab process`. A brief sentence leaves
    out the place if it is the usual one."""
    words = sentence(recipe)
    if python:
        words += f" on {python}"
    words += _where_and_how_long(recipe, brief)
    if recipe.amount is not None:
        words += f", {recipe.amount} ops each"
    if recipe.knobs:
        known = {knob.name: knob for knob in knobs_of(recipe)}
        words += ", with " + ", ".join(_setting(known[name], value) for name, value in recipe.knobs.items())
    return words


def _where_and_how_long(recipe: Recipe, brief: bool = True) -> str:
    where = "" if brief and recipe.host == usual_host(recipe.model) else f" in {recipe.place.title}"
    return where if recipe.seconds is None else f"{where} for {_number(recipe.seconds)} s"


def _setting(knob: Knob, value: float | int | str) -> str:
    return f"{knob.title} = {_word(value)}{f' {knob.unit}' if knob.unit else ''}"


def _number(value: float | int) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)


def _word(value: float | int | str) -> str:
    if not isinstance(value, str):
        return _number(value)
    return value if UNQUOTED.fullmatch(value) else _quoted(value)


def _python_word(text: str) -> str:
    if BREAKS.search(text):
        raise BadRecipe("interpreter", f"{quoted(text)} has no place in one line.", text)
    other = text.casefold() in KEYWORDS or key(text) in THIS_PYTHON or named(key(text), host_names())
    return text if UNQUOTED.fullmatch(text) and not other else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
