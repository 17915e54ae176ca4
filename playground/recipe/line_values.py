"""The values in a line, as they are typed: numbers, lengths of time, amounts, settings of knobs."""

from __future__ import annotations

import math
import re

from playground.lab.wire.knob import Knob
from playground.recipe.line_grammar import AMOUNT

LENGTH = re.compile(r"(?P<number>\S*?\d)\s*(?P<unit>[a-z]*)", re.IGNORECASE)
UNITS = {"": 1, "s": 1, "sec": 1, "second": 1, "seconds": 1, "ms": 0.001, "min": 60, "minute": 60, "minutes": 60}


def read_length(text: str) -> float | None:
    """Seconds: 5, 5 s, 500 ms, 2 min."""
    length = LENGTH.fullmatch(text)
    number = read_number(length["number"]) if length else None
    if length is None or number is None or length["unit"].casefold() not in UNITS:
        return None
    try:
        return float(number * UNITS[length["unit"].casefold()])
    except OverflowError:  # hundreds of digits: no float, and no length of a run either
        return math.inf


def read_amount(text: str) -> int | None:
    """Ops for each worker: 1000 each, 1 000 ops each."""
    found = re.fullmatch(AMOUNT, re.sub(r"(?<=\d) (?=\d)", "", text), re.IGNORECASE)
    number = read_number(found["number"]) if found else None
    return number if isinstance(number, int) else None


def setting_value(knob: Knob, found: re.Match[str]) -> float | int | str:
    text = found["value"] if found["quoted"] is None else found["quoted"].replace('""', '"')
    if knob.choices:
        return next((choice for choice in knob.choices if choice.casefold() == text.casefold()), text)
    unit = re.escape(knob.unit)
    number = read_number(re.sub(rf"\s*{unit}$", "", text, flags=re.IGNORECASE) if unit else text)
    return text if number is None else number


def read_number(text: str) -> int | float | None:
    plain = re.sub("[\u2009\u202f\xa0]", "", text)
    for read in (int, float):
        try:
            return read(plain)
        except ValueError:
            continue
    return None
