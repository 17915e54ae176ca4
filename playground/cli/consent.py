"""What a recipe brings that is not the user's own, on the command line: code in its file, the path of an interpreter,
virtual environments beside the file. It is shown, and run on a yes, which is remembered (`trust`). Where there is no
terminal to ask on, nothing is run; `--trust` gives the word beforehand, for that one command."""

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
    """`--run-code` is what it was called when only code was asked about."""
    parser.add_argument("--trust", "--run-code", action="store_true", help=HELP)


def settled(recipe: Recipe, options: argparse.Namespace) -> tuple[Recipe, list[str]]:
    """The recipe that may be run as it is, with the environments beside its file that may be asked who they are.
    BadRecipe without the user's word. Of what came from elsewhere nothing has been started until then."""
    asking = _Asking(options)
    theirs = options.interpreter is None  # who types a path on a command line could start that program just as well
    if theirs and recipe.interpreter and not known.is_name(recipe.interpreter):
        recipe = msgspec.structs.replace(recipe, interpreter=known.absolute(recipe.interpreter))
        asking.ask(_code(recipe, options), [recipe.interpreter], f"{asking.whence} names this interpreter")
        return recipe, []
    asking.ask(_code(recipe, options), [], "")
    return recipe, _beside(recipe, asking)


def _code(recipe: Recipe, options: argparse.Namespace) -> str:
    """That the recipe's file brings."""
    theirs = file_of(options) is not None and options.code is None and recipe.job == "own"
    return recipe.code if theirs else ""


def _beside(recipe: Recipe, asking: _Asking) -> list[str]:
    """Needed only for a name that nothing goes by which has the user's word already."""
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
        """About what has no word yet."""
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
    """With line numbers. A character that could hide or change what is seen on a terminal is shown by its number."""
    lines = visible(code.expandtabs(4).rstrip("\n")).split("\n")
    return "\n".join(f"{number:>4}  {line}" for number, line in enumerate(lines, 1))
