"""Say your number: every worker prints its own, round after round, with a pause in between. Nobody tells them in which
order."""

from __future__ import annotations

from typing import Any, Callable, List

from ..wire.knob import Knob
from ..wire.ops import Call, Ops, Sleep, rounds

NAME = "say-number"
TITLE = "Say your number"
SUMMARY = "Each prints its number; whose order is it?"
CLAIM = "Threads run in the order in which they were started"
UNIT = "steps"
WORK = "numbers"
LOOK = "order"
ORDER = 13
SOLO = False  # nobody is to speak before the start
KNOBS = (
    Knob(
        "pause",
        "Pause between rounds",
        0.5,
        0.0,
        10.0,
        unit="s",
        text="How long a worker sleeps after it has said its number",
    ),
)


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"pause": float(knobs["pause"])}


def count_ops(amount: int, pause: float) -> int:
    return 2 * amount


def ops(worker: int, amount: int | None, pause: float) -> Ops:
    said = 0
    for _ in rounds(amount):
        yield Call(print, worker + 1)
        yield Sleep(pause)
        said += 1
    return said


def answer(said: List[int]) -> int:
    return sum(said)
