"""Greenlets: functions that can stop in the middle, anywhere, and go on later. `switch` leaves one greenlet and goes on
with another; this file decides which, with a hub of its own. Nothing else ever switches: a worker that does not wait
keeps all the others waiting."""

from __future__ import annotations

from typing import Any, Iterable

from ..asked import packages_missing
from ..beside import plain_messages
from ..lab import Lab
from ..loops.hub import Hub
from ..loops.turns import Steps
from ..wire.declaration import Model
from ..wire.knob import YIELDS
from ..wire.ops import Get, Put, Sleep


def run(lab: Lab) -> None:
    from greenlet import getcurrent, greenlet

    hub, scheduler = Hub(lab.shared), getcurrent()

    def wait_for(op: Any) -> Any:
        """Called in a worker's greenlet, this leaves it. It comes back when the op is done."""
        hub.begin(op, getcurrent())
        return scheduler.switch().get()

    def worker(steps: Steps) -> None:
        steps.live(wait_for)

    def plainly(talk: plain_messages.Talk) -> None:
        talk.block(lambda message: wait_for(Put(talk.other, message)), lambda: wait_for(Get(talk.mine)))

    def heartbeat() -> None:
        while True:
            wait_for(Sleep(turns.beats.next_s()))

    def all_of(work: Any, each: Iterable[Any]) -> None:
        alive = 0
        for what in each:
            one = greenlet(work)
            one.switch(what)  # it begins, and is back here as soon as it has to wait
            alive += not one.dead
        while alive:
            for one, outcome in hub.turn():
                one.switch(outcome)
                alive -= one.dead

    all_of(plainly, plain_messages.talks(lab))
    turns = lab.turns(yields=lab.knobs["yields"] == "after each call")
    turns.trace()
    turns.beats.idle, hub.polls = hub.idle, turns.polls
    greenlet(heartbeat).switch()
    all_of(worker, turns.steps())
    turns.beats.end()


MODEL = Model(
    name="greenlet",
    title="Greenlets",
    summary="functions that switch by hand",
    worker=("greenlet", "greenlets"),
    order=10,
    one_loop=True,
    selects=True,
    knobs=(YIELDS,),
    run=run,
    unavailable=lambda: packages_missing.missing(greenlet="greenlet"),
)
