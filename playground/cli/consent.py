"""Consent on the command line for what a recipe brings along: code in its file, the path of an interpreter, virtual
environments next to the file. They are shown, and run after a yes, which is remembered (`trust`). Without a terminal
to ask on, nothing is run; `--trust` says yes beforehand, for that one command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from playground.cli.options import file_of
from playground.files.visible import one_line, visible
from playground.interpreters import known
from playground.recipe.recipe import BadRecipe, Recipe
from playground.run.trust import Trust

HELP = (
    "run the code and the interpreter that a recipe brings without asking. Without this they are shown on stderr and "
    "you are asked; where there is no terminal to ask on, they are not run (exit code 2)"
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """`--run-code` is the old name of `--trust`, from when only code needed consent."""
    parser.add_argument("--trust", "--run-code", action="store_true", help=HELP)


def settled(recipe: Recipe, options: argparse.Namespace) -> tuple[Recipe, list[str]]:
    """The recipe, allowed to run, and the environments next to its file that may be asked for their facts. BadRecipe
    without the user's consent. Nothing that the recipe brings has been started before that."""
    asking = _Asking(options)
    theirs = options.interpreter is None  # a user who types a path could start that program just as well
    if theirs and recipe.interpreter and not known.is_name(recipe.interpreter):
        recipe = msgspec.structs.replace(recipe, interpreter=known.absolute(recipe.interpreter))
        asking.ask(_code(recipe, options), [recipe.interpreter], f"{asking.whence} names this interpreter")
        return recipe, []
    asking.ask(_code(recipe, options), [], "")
    return recipe, _beside(recipe, asking)


def _code(recipe: Recipe, options: argparse.Namespace) -> str:
    """The code that the recipe's file brings, or an empty text."""
    theirs = file_of(options) is not None and options.code is None and recipe.job == "own"
    return recipe.code if theirs else ""


def _beside(recipe: Recipe, asking: _Asking) -> list[str]:
    """The allowed environments next to the file. The user is asked only if no allowed interpreter has the name."""
    if asking.file is None or not known.is_name(recipe.interpreter):
        return []
    there = known.beside(asking.file)
    trusted = [path for path in there if asking.trust.may_start(path)]
    if len(trusted) < len(there) and known.matching(recipe.interpreter, known.find(trusted)) is None:
        asking.ask("", there, f"{asking.whence} wants {recipe.interpreter!r}; beside it lies")
        return there
    return trusted


class _Asking:
    def __init__(self, options: argparse.Namespace) -> None:
        self.file: Path | None = file_of(options)
        self.whence = one_line(str(self.file)) if self.file is not None else "the line"
        self.trust = Trust()
        self._granted: bool = options.trust

    def ask(self, code: str, pythons: Sequence[str], why: str) -> None:
        """Ask for the code and the interpreters that are not allowed yet. BadRecipe unless the user says yes."""
        code = "" if self.trust.holds_code(code) else code
        pythons = [path for path in pythons if not self.trust.may_start(path)]
        if self._granted or not (code or pythons):
            return
        shown_now = {path: self.trust.content_now(path) for path in pythons}
        if code:
            print(f"{self.whence} brings this code:\n\n{shown(code)}\n", file=sys.stderr)
        if pythons:
            changed = any(map(self.trust.names, pythons))
            rows = "\n".join(f"  {one_line(path)}" for path in pythons)
            print(f"{why}, which may be any program{CHANGED if changed else ''}:\n\n{rows}\n", file=sys.stderr)
        field = "code" if code else "interpreter"
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise BadRecipe(
                field, f"The {field} of {self.whence} runs on your word only; once you have looked: --trust"
            )
        print("Run it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
            raise BadRecipe(field, f"The {field} of {self.whence} is not run.")
        if code:
            self.trust.grant_code(code)
        for path in pythons:
            self.trust.grant_python(path, shown_now[path])
            if not self.trust.may_start(path):
                raise BadRecipe("interpreter", f"{one_line(path)} was changed while you were asked. It is not run.")


CHANGED = " (it was changed since you allowed it)"


def shown(code: str) -> str:
    """The code with line numbers. A character that could hide or change text on a terminal is shown by its number."""
    lines = visible(code.expandtabs(4).rstrip("\n")).split("\n")
    return "\n".join(f"{number:>4}  {line}" for number, line in enumerate(lines, 1))
