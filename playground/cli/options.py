"""The recipe that a command line asks for: a file or a line, and options that override its fields."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from playground import hosts
from playground.files.reachable import is_there
from playground.files.visible import one_line
from playground.recipe.line_grammar import EXAMPLE
from playground.recipe.line_reader import NotUnderstood, from_line
from playground.recipe.line_values import read_number
from playground.recipe.mistakes import quoted
from playground.recipe.recipe import BadRecipe, Recipe
from playground.recipe.recipe_file import load, load_code

FIELDS = ("job", "workers", "model", "host", "interpreter", "seconds", "amount")
RECIPE_HELP = f'a file, or one line like "{EXAMPLE}"; options go before what stands in it'
CODE_HELP = "run the job of your own in this file, to its end or for --seconds. You name it, so nothing is asked"


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", nargs="?", metavar="RECIPE", help=RECIPE_HELP)
    parser.add_argument("--job")
    parser.add_argument("--workers", type=int, metavar="N")
    parser.add_argument("--model")
    parser.add_argument("--host", metavar="|".join(host.name for host in hosts.every()))
    parser.add_argument("--interpreter", metavar="PATH|NAME", help="like 3.13t or pypy: list interpreters")
    parser.add_argument("--seconds", type=float, metavar="S")
    parser.add_argument("--amount", type=int, metavar="N", help="ops per worker")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE")
    parser.add_argument("--code", metavar="FILE.py", help=CODE_HELP)


def file_of(options: argparse.Namespace) -> Path | None:
    """The recipe's file; None if the recipe is a line or is not given."""
    text = options.recipe
    return Path(text) if text and (text.endswith(".toml") or is_there(text)) else None


def recipe_of(options: argparse.Namespace) -> Recipe:
    recipe = _given(options)
    if options.code is not None:
        if options.job not in (None, "own"):
            raise BadRecipe("--code", f"--code goes with job own, not with {options.job}.")
        recipe = msgspec.structs.replace(recipe, job="own", code=load_code(Path(options.code), waits=True))
    given = {name: getattr(options, name) for name in FIELDS}
    recipe = msgspec.structs.replace(recipe, **{name: value for name, value in given.items() if value is not None})
    if recipe.job == "own" and not recipe.code:
        raise BadRecipe("code", "The code is missing. Name the file that it is in: --code FILE.py")
    knobs = dict(recipe.knobs)
    for text in options.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadRecipe("--set", f"--set takes KNOB=VALUE, not {quoted(text)}.", text, "KNOB=VALUE")
        number = read_number(value)
        knobs[name] = value if number is None else number
    return msgspec.structs.replace(recipe, knobs=knobs)


def _given(options: argparse.Namespace) -> Recipe:
    if options.recipe is None:
        return Recipe()
    file = file_of(options)
    if file is not None and file.suffix == ".py":
        raise BadRecipe("recipe", f"{file} is Python code; run it with --code {file}")
    if file is not None:
        return load(file, waits=True)
    try:
        return from_line(options.recipe)
    except BadRecipe as problem:
        if " " not in options.recipe:
            raise BadRecipe("recipe", f"{quoted(options.recipe)} is no file, nor a line like: {EXAMPLE}") from None
        if isinstance(problem, NotUnderstood):
            raise BadRecipe(problem.field, _marked(options.recipe, problem), problem.given, problem.allowed) from None
        raise


def _marked(line: str, problem: NotUnderstood) -> str:
    """The reason, and below it the line with a mark under the part that was not understood."""
    mark = " " * problem.start + "^" * max(1, problem.end - problem.start)
    return f"{problem}\n  {one_line(line)}\n  {mark}"
