"""Words for what is wrong with a recipe: whole sentences that name the field, and say what it may be.

Command line, files, pasted lines and the window all say it with these, so that a mistake reads the same everywhere."""

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
LEAST_BEGUN = 2  # letters, from which on what is half typed can be told
MOST_GIVEN = 60  # characters of what was given
TYPES = {"int": "a whole number", "float": "a number", "str": "text in quotes", "object": "a table"}


class BadRecipe(ValueError):
    """What is wrong with a recipe, in a sentence. `field` is where; `given` and `allowed` are there where they can be
    said in a few words."""

    def __init__(self, field: str, words: str, given: object = None, allowed: str = "") -> None:
        super().__init__(words)
        self.field, self.given, self.allowed = field, given, allowed


def at_start(words: str) -> str:
    """As the first words of a sentence."""
    return words[:1].upper() + words[1:]


def quoted(text: str) -> str:
    """What somebody has typed, so that signs that are not seen are."""
    text = one_line(text)
    return f"“{text if len(text) <= MOST_GIVEN else f'{text[:MOST_GIVEN]}…'}”"


def meant(given: str, known: Mapping[str, str]) -> str:
    """The name that was meant: one that is nearly that, or one that begins so. Empty if there is none."""
    close = get_close_matches(given, known, 1, 0.7)
    begun = [words for words in known if words.startswith(given)] if len(given) >= LEAST_BEGUN else []
    return known[close[0]] if close else known[min(begun, key=len)] if begun else ""


def unknown(kind: str, given: str, name: str, allowed: Iterable[str], within: str = "") -> str:
    """`There is no job “prims”. Did you mean primes?`, or else all that there are."""
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
    """Of a file, in which fields go by their names."""
    allowed = TYPES.get(wanted, "a number or text in quotes")
    return BadRecipe(field, f"{field} must be {allowed}, not {_shown(given)}.", given, allowed)


def _shown(given: object) -> str:
    """As it stands in a file."""
    match given:
        case bool():
            return str(given).lower()
        case int() | float():
            return as_given(given)
        case str():
            return quoted(given)
        case _:
            return "a table" if isinstance(given, dict) else "a list"
