"""Short names of Pythons: `3.13`, `3.13t` (free-threaded), `pypy3.9`. Each Python gets the shortest name that does not
already mean another one, so that what is printed can be typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.interpreters.interpreter import Interpreter, in_order
from playground.interpreters.places import absolute
from playground.recipe.mistakes import quoted
from playground.recipe.python_name import KINDS, NAME, is_name
from playground.recipe.recipe import BadRecipe


def short_names(found: Sequence[Interpreter]) -> dict[str, str]:
    """Path → the name by which `matching` finds the Python; the path itself if each of its names means another one."""
    able = [one for one in found if one.available]
    return {
        one.path: next((name for name in _possible(one) if matching(name, able) is one), one.path)
        for one in in_order(able)
    }


def _possible(one: Interpreter) -> list[str]:
    kind = next((kind for kind, title in KINDS.items() if title == one.facts.implementation), None)
    if kind is None:
        return []
    numbers = [".".join(map(str, one.number[:parts])) for parts in (2, 3)]
    return [f"{kind}{number}{'t' if one.facts.free_threaded else ''}" for number in numbers]


def matching(text: str, found: Sequence[Interpreter], available: bool = True) -> Interpreter | None:
    """The Python that a name means: this one if it fits, else the newest that does. Searched are those that can be a
    lab, or, if not `available`, the others."""
    match = NAME.fullmatch(text) if is_name(text) else None
    if match is None:
        return None
    number = tuple(int(part) for part in (match["number"] or "").split(".") if part)
    for one in in_order(found):
        fits = one.facts.implementation == KINDS[match["kind"].lower()] and one.number[: len(number)] == number
        if one.available == available and fits and one.facts.free_threaded == bool(match["free"]):
            return one
    return None


def named(text: str, find: Callable[[], list[Interpreter]], ask: Callable[[str], Interpreter]) -> Interpreter:
    """The interpreter that a recipe names by path or short name. One that cannot be run is refused with the reason."""
    if is_name(text):
        found = find()
        one = matching(text, found)
        if one is None:
            unable = matching(text, found, available=False)
            why = f"{unable.path} {unable.why}" if unable else "it was not found"
            allowed = _allowed(found)
            raise BadRecipe(
                "interpreter", f"There is no Python {text} to run: {why}. There are: {allowed}.", text, allowed
            )
        return one
    one = ask(absolute(text))
    if not one.available:
        allowed = "what `list interpreters` shows"
        raise BadRecipe("interpreter", f"{quoted(text)} cannot be used: {one.why}.", text, allowed)
    return one


def _allowed(found: Sequence[Interpreter]) -> str:
    return ", ".join(["a path", *(name for path, name in short_names(found).items() if name != path)])
