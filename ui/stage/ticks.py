"""Ticks: which round moments of a time window have a label and a gridline."""

from __future__ import annotations

from math import ceil, floor, log10

from ui.stage.time_window import TimeWindow

TICK_ROOM = 74  # px between ticks, at least


def tick_step(span: float, width: float, room: float = TICK_ROOM) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ seconds whose ticks are `room` pixels apart."""
    least = span * room / max(1.0, width)
    decade = 10.0 ** floor(log10(least))
    return float(next(decade * step for step in (1, 2, 5, 10) if decade * step >= least * 0.999))


def tick_values(left: float, right: float, width: float, room: float = TICK_ROOM) -> tuple[float, list[float]]:
    """The step, and the round values (seconds, at most 0) within a window."""
    step = tick_step(right - left, width, room)
    first, last = ceil(left / step - 1e-6), floor(right / step + 1e-6)
    return step, [number * step for number in range(first, last + 1)]


def tick_words(value: float, step: float) -> str:
    """The label of a tick, as exact as the step: −3 s, −0.25 s, −40 ms."""
    if abs(value) < 1e-12:
        return "0"
    unit, factor = ("ms", 1e3) if step < 0.1 and abs(value) < 1 else ("s", 1.0)
    places = max(0, -floor(log10(step * factor) + 1e-9))
    return f"−{abs(value) * factor:.{places}f} {unit}"


def grid(window: TimeWindow, width: int, room: float) -> list[float]:
    """The x of gridlines in a plot `width` pixels wide, at least `room` apart; none at the edges."""
    left, right = window.x_range
    _, values = tick_values(left, right, width, room)
    places = [(value - left) / (right - left) * width for value in values]
    return [place for place in places if 2 < place < width - 2]
