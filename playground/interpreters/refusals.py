"""Can this interpreter run this recipe? Answered before the start, with what would help."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playground.interpreters.interpreter import Interpreter, in_order
from playground.recipe.mistakes import at_start
from playground.recipe.recipe import BadRecipe, Recipe
from playground.start.bootstrap import is_frozen

# A model that lacks a package names the command that installs it: `needs gevent: "/usr/bin/python3" -m pip install
# gevent`.
MENDING = re.compile(r': ("[^"]+" -m pip install [\w. -]+)$')


def why_not(interpreter: Interpreter, model: str, others: Iterable[Interpreter] = ()) -> str | None:
    """Why this interpreter cannot run a model, the command that mends that, and which other one can; None if it can."""
    why = reason(interpreter, model)
    if why is None:
        return None
    mending = mending_command(interpreter, model)
    able = next((one for one in in_order(others) if one.available and one.models.get(model, "unknown") is None), None)
    return why + (f": {mending}" if mending else "") + (f"; {where(able)} can" if able else "")


def reason(interpreter: Interpreter, model: str) -> str | None:
    """Why this interpreter cannot run a model, in a few words."""
    why = interpreter.models.get(model)
    return None if why is None else MENDING.sub("", why)


def mending_command(interpreter: Interpreter, model: str) -> str | None:
    """The command that installs the packages a model lacks there; None in a frozen app, which has no pip."""
    found = MENDING.search(interpreter.models.get(model) or "")
    return found[1] if found and (interpreter.path or not is_frozen()) else None


def where(interpreter: Interpreter) -> str:
    """`PyPy 3.9 at /usr/bin/pypy3`."""
    return f"{interpreter.title} at {interpreter.executable}"


def check(recipe: Recipe, interpreter: Interpreter, others: Iterable[Interpreter] = ()) -> None:
    """Raise BadRecipe if this interpreter cannot run the recipe."""
    others = in_order(others)
    why = why_not(interpreter, recipe.model, others)
    if why:
        raise BadRecipe("model", f"{recipe.model} cannot be run by {interpreter.title}: {why}.", recipe.model)
    if recipe.knob("gil") == "off" and not interpreter.facts.free_threaded:
        able = next((one for one in others if one.available and one.facts.free_threaded), None)
        other = f"; {where(able)} can" if able else ""
        raise BadRecipe("knobs.gil", f"The GIL cannot be off: {no_build_without(interpreter)}{other}.", "off")
    if recipe.knob("gil") != "default" and not recipe.place.other_pythons:
        raise BadRecipe(
            "knobs.gil",
            f"{at_start(recipe.place.where)} the GIL is as this Python has it, not “{recipe.knob('gil')}”.",
            recipe.knob("gil"),
            "default",
        )


def no_build_without(interpreter: Interpreter) -> str:
    facts = interpreter.facts
    if facts.implementation != "CPython":
        return f"{facts.implementation} has no build without the GIL"
    if interpreter.number < (3, 13):
        return f"{interpreter.title} has no build without the GIL, 3.13t is the first"
    return f"this {interpreter.title} is the build with the GIL, {interpreter.title.split()[-1]}t is the one without"
