"""The length of a run, as the last chip of the sentence says it: for 20 s, until stopped, 1 000 chunks each. What can
be chosen and typed there."""

from __future__ import annotations

from typing import Any

from playground import catalogue
from playground.recipe.line_values import read_amount, read_length
from playground.recipe.own_code import NAME as OWN
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked
from ui.kit.choice_menu import Choice
from ui.kit.quantities import plain, whole
from ui.loop import freeze_exit

OFFERED = (1.0, 3.0, 5.0, 10.0, 20.0, 60.0)  # seconds
FIRST_AMOUNT = 1000
ENDLESS = "endless"
SECONDS, AMOUNT = "s ", "n "  # what the value of a choice begins with
PLACEHOLDER = "A length, like 7 s or 2 min"


def is_time(recipe: Recipe) -> bool:
    return recipe.seconds is not None and recipe.amount is None


def words(recipe: Recipe) -> str:
    """The words of the chip; they follow "for" where they are a time."""
    if recipe.amount is not None:
        most = f", {time_words(recipe.seconds)} at most" if recipe.seconds is not None else ""
        return f"{whole(recipe.amount)} {_unit(recipe)} each{most}"
    return _endless(recipe) if recipe.seconds is None else time_words(recipe.seconds)


def short_words(recipe: Recipe) -> str:
    if recipe.amount is not None:
        return f"{whole(recipe.amount)} each"
    return ("to its end" if recipe.job == OWN else "endless") if recipe.seconds is None else ""


def time_words(seconds: float) -> str:
    return f"{plain(seconds)} s" if seconds < 120 or seconds % 60 else f"{plain(seconds / 60)} min"


def _unit(recipe: Recipe) -> str:
    return catalogue.job(recipe.job).unit or "ops"


def _endless(recipe: Recipe) -> str:
    """Words for a run without a length or an amount: your own code comes to an end, other jobs are stopped."""
    return "until it is done" if recipe.job == OWN else "until stopped"


def rows(recipe: Recipe) -> tuple[list[Choice], str]:
    """The choices, and the value of the one taken. Without an end only where the place sets no limit."""
    longest = freeze_exit.longest(recipe.place)
    usual = [seconds for seconds in OFFERED if longest is None or seconds <= longest]
    own = [recipe.seconds] if recipe.seconds is not None and recipe.amount is None else []
    offered = [_of_time(seconds) for seconds in sorted({*usual, *own})]
    if longest is None:
        offered.append(Choice(ENDLESS, _endless(recipe)))
    if recipe.job != OWN:
        offered.append(_of_amount(FIRST_AMOUNT if recipe.amount is None else recipe.amount, recipe))
    return offered, value_of(recipe)


def value_of(recipe: Recipe) -> str:
    if recipe.amount is not None:
        return f"{AMOUNT}{recipe.amount}"
    return ENDLESS if recipe.seconds is None else f"{SECONDS}{recipe.seconds!r}"


def _of_time(seconds: float) -> Choice:
    return Choice(f"{SECONDS}{seconds!r}", time_words(seconds))


def _of_amount(amount: int, recipe: Recipe) -> Choice:
    return Choice(f"{AMOUNT}{amount}", f"{whole(amount)} {_unit(recipe)} each", "or type another number, like 500 each")


def fields(value: str) -> dict[str, Any]:
    """The fields of a recipe that a choice sets."""
    if value.startswith(AMOUNT):
        return {"amount": int(value.removeprefix(AMOUNT)), "seconds": None}
    return {"amount": None, "seconds": None if value == ENDLESS else float(value.removeprefix(SECONDS))}


def made_of(typed: str, recipe: Recipe) -> Choice | None:
    """The choice for a typed length or amount; with the reason, where it cannot be taken."""
    typed = typed.strip().removeprefix("for ").strip()
    seconds = read_length(typed)
    amount = None if recipe.job == OWN else read_amount(typed.replace(f" {_unit(recipe)}", ""))
    if seconds is not None:
        choice = _of_time(seconds)
    elif amount is not None:
        choice = Choice(f"{AMOUNT}{amount}", f"{whole(amount)} {_unit(recipe)} each")
    else:
        return None
    asked = changed(recipe, **fields(choice.value))
    try:
        checked(asked)
        why = freeze_exit.too_long(asked)
    except BadRecipe as problem:
        why = str(problem) if problem.field in ("seconds", "amount") else ""
    return Choice(choice.value, choice.title, why, not why)
