"""Stackless tasklets: functions that hand each other things over channels. A tasklet that receives from a channel to
which nobody sends is set aside until somebody does, and the scheduler goes on with the next. PyPy brings tasklets; the
first to have them was a CPython of its own, without a C stack."""

from __future__ import annotations

import sys
from typing import Any, Optional

from ..blocking.blocking import Blocking
from ..lab import Lab
from ..loops import channels
from ..loops.hub import Hub
from ..loops.turns import Steps
from ..wire.declaration import Model
from ..wire.knob import YIELDS
from ..wire.ops import Fetch, Op, Sleep, Turn

RUN_WHEN_IDLE = 2  # tasklets: the main one, which goes round, and the heartbeat


def unavailable() -> Optional[str]:
    if sys.implementation.name == "pypy":
        return None
    return "needs PyPy, which brings stackless; CPython's own package of that name is empty"


def run(lab: Lab) -> None:
    import stackless

    turns = lab.turns(yields=lab.knobs["yields"] == "after each call")
    hub, alive = Hub({}), lab.count
    hub.polls = turns.polls
    turns.beats.idle = lambda: hub.idle() and stackless.getruncount() == RUN_WHEN_IDLE
    by_channel = Blocking(lab.things(channels.kit(stackless.channel)))

    def carry_out(op: Op) -> Any:
        if isinstance(op, Turn):
            return stackless.schedule()
        if isinstance(op, (Sleep, Fetch)):
            return wait_for(op)
        return by_channel(op)

    def wait_for(op: Op) -> Any:
        done = stackless.channel()
        done.preference = 0  # the sender goes on; the receiver has its turn later
        hub.begin(op, done)
        return done.receive().get()

    def worker(steps: Steps) -> None:
        nonlocal alive
        try:
            steps.live(carry_out)
        finally:
            alive -= 1

    def heartbeat() -> None:
        while True:
            wait_for(Sleep(turns.beats.next_s()))

    stackless.tasklet(heartbeat)()
    for steps in turns.steps():
        stackless.tasklet(worker)(steps)
    while alive:
        stackless.schedule()  # one turn for each; this main tasklet's comes last
        for done, outcome in hub.turn(wait=stackless.getruncount() == 1):
            done.send(outcome)
    turns.beats.end()


MODEL = Model(
    name="stackless",
    title="Stackless tasklets",
    summary="functions that talk over channels",
    worker=("tasklet", "tasklets"),
    order=13,
    one_loop=True,
    selects=True,
    each_mb=0.14,  # in PyPy's compiled code each tasklet keeps its piece of the C stack
    knobs=(YIELDS,),
    run=run,
    unavailable=unavailable,
)
