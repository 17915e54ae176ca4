"""Serial: one worker after the other, in the lab's main thread. Every other model is compared with this one.

In a run with a time limit each worker has an equal share of the time; then its job is closed, wherever it is, and the
next worker begins (`Control.over`). The locks that it holds at that moment are let go, or the next worker would wait
for them for ever."""

from __future__ import annotations

from typing import Any, List

from ..blocking.blocking import Blocking, Things
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.ops import Acquire, Release


def run(lab: Lab) -> None:
    carry_out = InTurn(lab.things())
    for index in range(lab.count):
        if lab.stopping:
            break
        lab.work(index, carry_out)
        carry_out.let_go()


class InTurn(Blocking):
    """Knows which locks its worker holds."""

    def __init__(self, things: Things) -> None:
        super().__init__(things)
        self._things = things
        self._held: List[str] = []

    def __call__(self, op: Any) -> Any:
        result = super().__call__(op)
        if isinstance(op, Acquire):
            self._held.append(op.name)
        elif isinstance(op, Release) and op.name in self._held:
            self._held.remove(op.name)
        return result

    def let_go(self) -> None:
        while self._held:
            self._things[self._held.pop()].release()


MODEL = Model(
    name="serial",
    title="Serial",
    summary="one after the other",
    order=1,
    hosts=("lab", "ui"),
    at_once=False,
    run=run,
)
