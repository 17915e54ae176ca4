"""Say your number: every worker prints its own number, round after round, with a pause in between. Nobody tells the
workers in which order."""

from __future__ import annotations

from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, Sleep, rounds


def ops(worker: int, amount: int | None, pause: float) -> Ops:
    said = 0
    for _ in rounds(amount):
        yield Call(print, worker + 1)
        yield Sleep(pause)
        said += 1
    return said


JOB = Job(
    name="say-number",
    title="Say your number",
    summary="Each prints its number; whose order is it?",
    claim="Threads run in the order in which they were started",
    unit="steps",
    work="numbers",
    look="order",
    order=13,
    solo=False,  # nobody is to speak before the start
    knobs=(
        Knob(
            "pause",
            "Pause between rounds",
            0.5,
            0.0,
            10.0,
            unit="s",
            text="How long a worker sleeps after it has said its number",
        ),
    ),
    count_ops=lambda amount, pause: 2 * amount,
    ops=ops,
    answer=sum,
)
