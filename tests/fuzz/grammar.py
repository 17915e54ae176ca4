"""Random recipes that make sense: from the declarations of jobs, models and places, so that a new one is tried too.
Now and then a value lies at an edge of its range or beyond."""

from __future__ import annotations

import random

from playground import catalogue, hosts
from playground.lab.wire.knob import Knob
from playground.recipe.own_code import EXAMPLE_FILES
from playground.recipe.recipe import Recipe, knobs_of

ODD_NUMBERS = (0, -1, 1, 2, 10**5, 10**9, 10**9 + 1, 2**31, 2**63, 10**400, 0.0, -0.0, 1e-300, 1e308, 0.05)
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
ODD_TEXTS = (
    "",
    " ",
    "\0",
    "…",
    "日本",
    "3.13t",
    "../..",
    "~",
    "a" * 5000,
    "on",
    "with",
    "\u202eon",
    "\ud800",
    '"',
    "\x1b[2J",
)
EXAMPLES = tuple(path.read_text(encoding="utf-8") for path in sorted(EXAMPLE_FILES.glob("*.py")))

Value = float | int | str


def recipe(dice: random.Random, oddness: float = 0.1) -> Recipe:
    """`oddness`: how often a value is one that nobody would choose."""

    def odd() -> bool:
        return dice.random() < oddness

    job = dice.choice(catalogue.jobs()).name
    model = dice.choice(catalogue.models())
    host = dice.choice(model.hosts) if not odd() else dice.choice(hosts.every()).name
    made = Recipe(
        job=job if not odd() else odd_text(dice),
        workers=dice.choice((1, 2, 3, 4, 8, 16, 64)) if not odd() else int(whole(dice)),
        model=model.name if not odd() else odd_text(dice),
        host=host if not odd() else odd_text(dice),
        interpreter=odd_text(dice) if odd() else "",
        amount=dice.choice((None, None, 1, 10, 1000)) if not odd() else int(whole(dice)),
        seconds=dice.choice((None, 0.2, 1.0, 3.0, 10.0)) if not odd() else float(number(dice, most=1e300)),
        code=code(dice) if job == "own" or odd() else "",
    )
    if made.job != job or made.model != model.name:
        return made
    knobs = dice.sample(knobs_of(made), dice.choice((0, 0, 1, 2, 3)) if knobs_of(made) else 0)
    values: dict[str, Value] = {knob.name: value(dice, knob) if not odd() else odd_value(dice) for knob in knobs}
    if odd():
        values[odd_text(dice)] = odd_value(dice)
    return Recipe(**{name: getattr(made, name) for name in made.__struct_fields__} | {"knobs": values})


def value(dice: random.Random, knob: Knob) -> Value:
    """An allowed one."""
    if knob.choices:
        return dice.choice(knob.choices)
    if isinstance(knob.default, int):
        return dice.choice((int(knob.low), int(knob.high), dice.randint(int(knob.low), int(knob.high))))
    return dice.choice((knob.low, knob.high, dice.uniform(knob.low, knob.high)))


def odd_value(dice: random.Random) -> Value:
    return number(dice) if dice.random() < 0.7 else odd_text(dice)


def number(dice: random.Random, most: float = float("inf")) -> float | int:
    found = dice.choice((*ODD_NUMBERS, *NOT_NUMBERS, dice.uniform(-1e6, 1e6)))
    return found if isinstance(found, float) or found <= most else most


def whole(dice: random.Random) -> float | int:
    return dice.choice([one for one in ODD_NUMBERS if isinstance(one, int)])


def odd_text(dice: random.Random) -> str:
    names = [entry.name for entry in catalogue.jobs()] + [entry.name for entry in catalogue.models()]
    return dice.choice((*ODD_TEXTS, dice.choice(names), dice.choice(names)[:-1], dice.choice(names).upper()))


def code(dice: random.Random) -> str:
    return dice.choice(
        (*EXAMPLES, "", "def job(i, n):\n    return i\n", "def job(", "\0", "async def job(i, n): ...\n")
    )
