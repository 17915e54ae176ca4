"""Sleep: wait, holding neither a core nor the GIL. Any number of workers can do it at once."""

from __future__ import annotations

from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Ops, Sleep, rounds


def ops(worker: int, amount: int | None, nap: float) -> Ops:
    naps = 0
    for _ in rounds(amount):
        yield Sleep(nap)
        naps += 1
    return naps


JOB = Job(
    name="sleep",
    title="Sleep",
    summary="Waits, and needs nothing while it does",
    claim="Waiting lets go of the GIL: any number of workers can wait at once",
    unit="naps",
    order=11,
    knobs=(Knob("nap", "Nap", 0.01, 0.0001, 10.0, unit="s", text="How long each sleep is"),),
    ops=ops,
    answer=sum,
)
