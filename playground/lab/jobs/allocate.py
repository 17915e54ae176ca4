"""Allocate: each worker holds a given amount of memory, has written to every page of it, and looks at it now and then.
What a worker takes beyond that is what its model costs."""

from __future__ import annotations

from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, Sleep, expect, rounds

MB, PAGE = 1_000_000, 4096
PAUSE_S = 0.05


def fill(size: int) -> bytearray:
    """Memory that has been written to: memory that is only asked for takes none."""
    return bytearray(b"\1") * size


def look_at(block: bytearray) -> int:
    """The sum of one byte of each page."""
    return sum(block[::PAGE])


def ops(worker: int, amount: int | None, hold: int) -> Ops:
    held = []
    for _ in range(hold):
        block = yield Call(fill, MB)
        held.append(block)
    for number in rounds(amount):
        seen = yield Call(look_at, held[number % hold])
        expect(seen == len(range(0, MB, PAGE)), f"{seen} is not the sum of what was written")
        yield Sleep(PAUSE_S)
    return len(held)


JOB = Job(
    name="allocate",
    title="Allocate",
    summary="Each worker holds memory, and looks at it",
    claim="A thread takes little memory, a process takes an interpreter's",
    unit="steps",
    look="memory",
    order=15,
    solo=False,
    knobs=(
        Knob("hold", "Each holds", 10, 1, 1024, unit="MB", text="How much memory each worker holds while it lives"),
    ),
    count_ops=lambda amount, hold: hold + 2 * amount,
    ops=ops,
    answer=sum,
)
