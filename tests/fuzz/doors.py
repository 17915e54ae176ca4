"""The ways by which a recipe comes in, tried: a record, a line, a file. Either something that can be run comes out, and
then it survives being written and read again, or a refusal with its field and its reason."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playground.files.visible import unseen
from playground.recipe import limits, line_reader, line_writer, recipe_file
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.script.making import NoScript, script_for
from tests.fuzz import damage, grammar

LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Outcome:
    """What came of one try: `field` and `words` of a refusal, or the recipe that can be run."""

    recipe: Recipe | None = None
    field: str = ""
    words: str = ""


class Wrong(AssertionError):
    """Neither a recipe nor a proper refusal."""


def try_record(dice: random.Random) -> Outcome:
    made = grammar.recipe(dice, dice.choice((0.0, 0.05, 0.3)))
    return outcome(lambda: made)


def try_line(dice: random.Random) -> Outcome:
    made = grammar.recipe(dice, dice.choice((0.0, 0.02)))
    try:
        line = dice.choice((line_writer.to_line, line_writer.to_sentence))(made)
    except (BadRecipe, LookupError):  # one that nobody could have written as a line
        line = f"{made.workers} x {made.job} as {made.model} on {made.interpreter}"
    if dice.random() < 0.7:
        line = damage.text(dice, line)
    return outcome(lambda: with_code(line_reader.from_line(line), made))


def try_file(dice: random.Random) -> Outcome:
    made = grammar.recipe(dice, dice.choice((0.0, 0.02)))
    try:
        content = recipe_file.to_toml(made).encode()
    except (UnicodeEncodeError, TypeError):  # the window says so when it is saved
        content = b"job = 'primes'\nworkers = 4\n"
    if dice.random() < 0.5:
        content = damage.text(dice, content.decode()).encode("utf-8", "surrogatepass")
    if dice.random() < 0.3:
        content = damage.content(dice, content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.recipe.toml"
        path.write_bytes(content)
        return outcome(lambda: recipe_file.load(path))


DOORS: dict[str, Callable[[random.Random], Outcome]] = {"record": try_record, "line": try_line, "file": try_file}


def outcome(read: Callable[[], Recipe]) -> Outcome:
    try:
        recipe = checked(read())
        limits.check(recipe)
    except BadRecipe as problem:
        judge_refusal(problem)
        return Outcome(None, problem.field, str(problem))
    judge_recipe(recipe)
    return Outcome(recipe)


def judge_refusal(problem: BadRecipe) -> None:
    words = str(problem)
    if not problem.field or len(problem.field) > len("knobs.") + 40:
        raise Wrong(f"a refusal names no field, or one of {len(problem.field)} characters: {words!r}")
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise Wrong(f"a refusal has no words, or {len(words)} characters of them")
    # what is said of code are mostly Python's own words
    if problem.field != "code" and not words.rstrip(" )”").endswith((".", "?")) and not problem.allowed:
        raise Wrong(f"a refusal is no sentence: {words!r}")
    if found := unseen(words):
        raise Wrong(f"a refusal has characters that nobody sees, {found}: {words!r}")


def judge_recipe(recipe: Recipe) -> None:
    """What can be run can be written as a file and as a line, and comes back; a script is made, or refused in words."""
    if recipe.seconds is not None and not math.isfinite(recipe.seconds):
        raise Wrong(f"a run of {recipe.seconds} s")
    if recipe_file.from_toml(recipe_file.to_toml(recipe)) != recipe:
        raise Wrong("it comes back from its file as another")
    try:
        line = line_writer.to_line(recipe)
    except BadRecipe as problem:
        judge_refusal(problem)
    else:
        again = line_reader.from_line(line)
        if checked(with_code(again, recipe)) != recipe:
            raise Wrong(f"it comes back from its line as another: {line!r}")
    try:
        compile(script_for(recipe), "script", "exec")
    except NoScript as reason:
        if not str(reason):
            raise Wrong("no script, and no word why") from None


def with_code(again: Recipe, recipe: Recipe) -> Recipe:
    """A line leaves the user's own code out."""
    return Recipe(**{name: getattr(again, name) for name in again.__struct_fields__} | {"code": recipe.code})
