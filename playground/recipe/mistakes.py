"""Words for mistakes in a recipe: whole sentences that name the field and the allowed values.

The command line, files, pasted lines and the window share them, so that a mistake reads the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from playground.files.visible import one_line
from playground.lab.wire.knob import as_given, spaced

SUBJECTS = {
    "workers": "The number of workers",
    "amount": "The number of ops for each worker",
    "seconds": "The length of a run",
    "job": "The job",
    "model": "The model",
    "host": "The place",
    "interpreter": "The Python",
}
WHAT = {"job": "job", "model": "model", "host": "place"}
LEAST_BEGUN = 2  # letters that a half-typed name needs for a guess
MOST_GIVEN = 60  # characters that are quoted of a wrong value
TYPES = {"int": "a whole number", "float": "a number", "str": "text in quotes", "object": "a table"}


class BadRecipe(ValueError):
    """A mistake in a recipe, as a sentence. `field` is the field it is in; `given` and `allowed` are set if they can be
    said in a few words."""

    def __init__(self, field: str, words: str, given: object = None, allowed: str = "") -> None:
        super().__init__(words)
        self.field, self.given, self.allowed = field, given, allowed


def at_start(words: str) -> str:
    """The words with a capital letter, as a sentence begins."""
    return words[:1].upper() + words[1:]


def quoted(text: str) -> str:
    """Typed text in quotes, at most MOST_GIVEN characters of it, with invisible characters made visible."""
    text = one_line(text)
    return f"“{text if len(text) <= MOST_GIVEN else f'{text[:MOST_GIVEN]}…'}”"


def meant(given: str, known: Mapping[str, str]) -> str:
    """The name that was probably meant: a similar one, or one that begins with `given`. Empty if there is none."""
    close = get_close_matches(given, known, 1, 0.7)
    begun = [words for words in known if words.startswith(given)] if len(given) >= LEAST_BEGUN else []
    return known[close[0]] if close else known[min(begun, key=len)] if begun else ""


def unknown(kind: str, given: str, name: str, allowed: Iterable[str], within: str = "") -> str:
    """`There is no job “prims”. Did you mean primes?`, or a list of the allowed names if there is no guess."""
    more = f"Did you mean {name}?" if name else f"There are: {', '.join(allowed)}."
    return f"There is no {kind} {quoted(given)}{within}. {more}"


def out_of_range(field: str, value: float, low: float, high: float, unit: str = "") -> BadRecipe:
    allowed = range_words(low, high, unit)
    given = f", not {as_given(value)}{f' {unit}' if unit else ''}"
    return BadRecipe(field, f"{SUBJECTS[field]} must be {allowed}{given}.", value, allowed)


def range_words(low: float, high: float, unit: str = "") -> str:
    return f"{spaced(low)} to {spaced(high)}{f' {unit}' if unit else ''}"


def twice(field: str, first: str, second: str) -> str:
    return f"{SUBJECTS[field]} is given twice: {quoted(first)} and {quoted(second)}."


def wrong_type(field: str, wanted: str, given: object) -> BadRecipe:
    """The mistake of a wrong type in a file, where a field is called by its own name."""
    allowed = TYPES.get(wanted, "a number or text in quotes")
    return BadRecipe(field, f"{field} must be {allowed}, not {_shown(given)}.", given, allowed)


def _shown(given: object) -> str:
    """The value as a TOML file would show it."""
    match given:
        case bool():
            return str(given).lower()
        case int() | float():
            return as_given(given)
        case str():
            return quoted(given)
        case _:
            return "a table" if isinstance(given, dict) else "a list"
