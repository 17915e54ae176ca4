"""Quantities: numbers and their units as people read them: "5 ms", "37.2", "12 000", "3.9 ×"."""

from __future__ import annotations

from math import floor, log10
from typing import Any

THIN = "\u2009"  # between groups of three digits
MINUS = "\u2212"


def whole(number: float) -> str:
    """12000 → 12 000."""
    words = f"{number:,.0f}".replace(",", THIN)
    return words.replace("-", MINUS)


def compact(number: float) -> str:
    """9 876, then 11.6 k, 1.2 M: short enough for a narrow column."""
    if number < 10_000:
        return whole(number)
    size, unit = (1e3, "k") if number < 1e6 else (1e6, "M") if number < 1e9 else (1e9, "G")
    return f"{number / size:.3g} {unit}"


def figure(value: float, digits: int = 3) -> str:
    """About `digits` significant digits, and never an exponent: 0.02, 3.9, 37.2, 146, 12 000."""
    if value == 0:
        return "0"
    places = digits - 1 - floor(log10(abs(value)))
    if places <= 0:
        return whole(value)
    words = f"{value:.{min(places, 6)}f}"
    return words.replace("-", MINUS)


def plain(value: float) -> str:
    """The shortest way to write a number, to three digits: 5, 0.5, 2.25."""
    words = figure(value)
    return words.rstrip("0").rstrip(".") if "." in words else words


def seconds(value: float) -> str:
    """0.005 → 5 ms."""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor * 0.9995:
            return f"{plain(value / factor)} {unit}"
    return f"{plain(value * 1e9)} ns" if value else "0 s"


def milliseconds(value: float) -> str:
    """3.9 ms; 2.3 s from a second on."""
    return f"{figure(value, 2)} ms" if value < 1000 else f"{figure(value / 1000, 2)} s"


def quantity(value: float | str, unit: str) -> str:
    """A knob's value with its unit."""
    if isinstance(value, str):
        return value
    if unit == "s":
        return seconds(value)
    if unit == "Hz" and value >= 1000:
        return f"{plain(value / 1000)} kHz"
    return f"{plain(value)} {unit}".strip()


def percent(part: float) -> str:
    """0.244 → 24 %."""
    if 0 < part < 0.005:
        return "< 1 %"
    return f"{part * 100:.0f} %"


def per_second(value: float, unit: str) -> str:
    """37.2 chunks/s, 1.9 M numbers/s."""
    return f"{figure(value) if value < 10_000 else compact(value)} {unit}/s"


def times(ratio: float) -> str:
    """3.9 ×."""
    return f"{figure(ratio, 2) if ratio < 1000 else whole(ratio)} ×"


def megabytes(value: float) -> str:
    if 0 < value < 0.1:
        return f"{value * 1000:.2g} KB"
    return f"{value:.2g} MB" if value < 10 else f"{figure(value)} MB"


def of_unit(value: Any, unit: str) -> str:
    """A figure in a narrow column."""
    if isinstance(value, str):
        return value
    match unit:
        case "cores":
            return f"{value:.1f}"
        case "ms":
            return milliseconds(value)
        case "MB":
            return megabytes(value)
        case "part":
            return percent(value)
        case "×":
            return times(value)
    return f"{plain(value)} {unit}".strip()
