"""Compute, wait, compute: what most programs do. Which model is best depends on how much there is of each."""

from __future__ import annotations

from typing import Any, Callable

from ..beside.calibrate import PIECE_NS
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, Sleep, expect, rounds


def add_up(size: int) -> int:
    total = 0
    for number in range(size):
        total += number
    return total


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    size = calibrate(add_up, smallest=100)
    before, after = (round(float(knobs[name]) * 1e6 / PIECE_NS) for name in ("before", "after"))
    return {"size": size, "before": before, "wait": float(knobs["wait"]) / 1000, "after": after}


def ops(worker: int, amount: int | None, size: int, before: int, wait: float, after: int) -> Ops:
    done = 0
    for _ in rounds(amount):
        for _ in range(before):
            total = yield Call(add_up, size)
            expect(total == size * (size - 1) // 2, f"the numbers below {size} do not add up to {total}")
        yield Sleep(wait)
        for _ in range(after):
            total = yield Call(add_up, size)
            expect(total == size * (size - 1) // 2, f"the numbers below {size} do not add up to {total}")
        done += 1
    return done


JOB = Job(
    name="mix",
    title="Compute, wait, compute",
    summary="A bit of each, as most programs do",
    claim="Which model is best depends on how much there is to compute, and how much to wait for",
    unit="steps",
    work="rounds",
    typical=4000,
    order=12,
    solo=False,  # its ops are not alike
    knobs=(
        Knob(
            "before",
            "Compute first",
            2.0,
            0.0,
            1000.0,
            unit="ms",
            text="Computing time before each wait, of one worker that has a core",
        ),
        Knob("wait", "Wait", 5.0, 0.0, 10_000.0, unit="ms", text="How long a worker sleeps between computing"),
        Knob(
            "after",
            "Compute after",
            2.0,
            0.0,
            1000.0,
            unit="ms",
            text="Computing time after each wait, of one worker that has a core",
        ),
    ),
    prepare=prepare,
    count_ops=lambda amount, before, after, **rest: amount * (before + 1 + after),
    ops=ops,
    answer=sum,
)
