"""The recipe that a command line asks for: a file or a line, and options that go before what stands in it.

Code that came with a recipe file is somebody else's until the user has seen it: it is shown, and run on a yes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from playground.recipe import HOSTS, BadRecipe, Recipe, load, load_code
from playground.recipe_line import EXAMPLE, NotUnderstood, from_line
from playground.recipe_words import quoted

FIELDS = ("job", "workers", "model", "host", "interpreter", "seconds", "amount")
RECIPE_HELP = f'a file, or one line like "{EXAMPLE}"; options go before what stands in it'
CODE_HELP = "run the job of your own in this file, to its end or for --seconds. You name it, so nothing is asked"
RUN_CODE_HELP = (
    "run the code that a recipe file brings without asking. Without this it is shown on stderr and you are asked; "
    "where there is no terminal to ask on, it is not run (exit code 2)"
)


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", nargs="?", metavar="RECIPE", help=RECIPE_HELP)
    parser.add_argument("--job")
    parser.add_argument("--workers", type=int, metavar="N")
    parser.add_argument("--model")
    parser.add_argument("--host", metavar="|".join(HOSTS))
    parser.add_argument("--interpreter", metavar="PATH|NAME", help="like 3.13t or pypy: list interpreters")
    parser.add_argument("--seconds", type=float, metavar="S")
    parser.add_argument("--amount", type=int, metavar="N", help="ops per worker")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE")
    parser.add_argument("--code", metavar="FILE.py", help=CODE_HELP)


def add_run_code_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run-code", action="store_true", help=RUN_CODE_HELP)


def file_of(options: argparse.Namespace) -> Path | None:
    """The recipe's file, if it is not a line."""
    text = options.recipe
    return Path(text) if text and (text.endswith(".toml") or _exists(text)) else None


def recipe_of(options: argparse.Namespace) -> Recipe:
    recipe = _given(options)
    if options.code is not None:
        if options.job not in (None, "own"):
            raise BadRecipe("--code", f"--code goes with job own, not with {options.job}.")
        recipe = msgspec.structs.replace(recipe, job="own", code=load_code(Path(options.code)))
    given = {name: getattr(options, name) for name in FIELDS}
    recipe = msgspec.structs.replace(recipe, **{name: value for name, value in given.items() if value is not None})
    if recipe.job == "own" and not recipe.code:
        raise BadRecipe("code", "The code is missing. Name the file that it is in: --code FILE.py")
    knobs = dict(recipe.knobs)
    for text in options.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadRecipe("--set", f"--set takes KNOB=VALUE, not {quoted(text)}.", text, "KNOB=VALUE")
        knobs[name] = _number_or_word(value)
    return msgspec.structs.replace(recipe, knobs=knobs)


def ask_to_run(recipe: Recipe, options: argparse.Namespace) -> None:
    """Asks whether to run the code that a recipe's file brought; BadRecipe without a yes."""
    file = file_of(options)
    if file is None or not recipe.code or recipe.job != "own" or options.code is not None or options.run_code:
        return
    print(f"{file} brings this code:\n\n{shown(recipe.code)}\n", file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadRecipe("code", f"The code of {file} is run on your word only; once you have read it: --run-code")
    print("Run it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise BadRecipe("code", f"The code of {file} is not run.")


def shown(code: str) -> str:
    """With line numbers. A character that could hide or change what is seen on a terminal is shown by its number."""
    lines = code.expandtabs(4).rstrip("\n").split("\n")
    return "\n".join(f"{number:>4}  {''.join(map(_visible, line))}" for number, line in enumerate(lines, 1))


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape", "backslashreplace").decode()


def _given(options: argparse.Namespace) -> Recipe:
    if options.recipe is None:
        return Recipe()
    file = file_of(options)
    if file is not None and file.suffix == ".py":
        raise BadRecipe("recipe", f"{file} is Python code; run it with --code {file}")
    if file is not None:
        return load(file)
    try:
        return from_line(options.recipe)
    except BadRecipe as problem:
        if " " not in options.recipe:
            raise BadRecipe("recipe", f"{quoted(options.recipe)} is no file, nor a line like: {EXAMPLE}") from None
        if isinstance(problem, NotUnderstood):
            raise BadRecipe(problem.field, _marked(options.recipe, problem), problem.given, problem.allowed) from None
        raise


def _marked(line: str, problem: NotUnderstood) -> str:
    """The reason, and below it the line with a mark at the place."""
    mark = " " * problem.start + "^" * max(1, problem.end - problem.start)
    return f"{problem}\n  {''.join(map(_visible, line))}\n  {mark}"


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a name, or with a zero in it: no file
        return False


def _number_or_word(value: str) -> float | int | str:
    for read in (int, float):
        try:
            return read(value)
        except ValueError:
            continue
    return value
