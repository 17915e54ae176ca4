"""Generators: a scheduler of twenty lines. A generator runs until its next `yield`, and there tells what it waits for.
Whoever resumes it is the scheduler: Python needs nothing more for many things at once in one thread."""

from __future__ import annotations

from typing import Any, Generator

from ..beside import plain_messages
from ..lab import Lab
from ..loops.hub import Hub
from ..loops.turns import Steps, Turns
from ..wire.declaration import Model
from ..wire.ops import Op, Sleep

Task = Generator[Op, Any, None]


def run(lab: Lab) -> None:
    schedule([talk.ask() for talk in plain_messages.talks(lab)], plain_messages.idle(), Hub(lab.shared))
    turns = lab.turns(yields=True)  # each piece of work ends with a yield
    tasks = [worker(steps) for steps in turns.steps()]
    hub = Hub(lab.shared)
    hub.polls = turns.polls
    turns.beats.idle = hub.idle
    schedule(tasks, heartbeat(turns), hub)
    turns.beats.end()


def schedule(tasks: list[Task], beside: Task, hub: Hub) -> None:
    alive = len(tasks)
    for task in (beside, *tasks):
        hub.later(task)
    while alive:
        for task, outcome in hub.turn():
            try:
                op = task.throw(outcome.problem) if outcome.problem else task.send(outcome.result)
            except StopIteration:
                alive -= 1
            else:
                hub.begin(op, task)


def worker(steps: Steps) -> Task:
    op = steps.next()
    while op is not None:
        try:
            result = yield op
        except Exception as problem:
            op = steps.fail(problem)
        else:
            op = steps.next(result)


def heartbeat(turns: Turns) -> Task:
    while True:
        yield Sleep(turns.beats.next_s())


MODEL = Model(
    name="generators",
    title="Generators",
    summary="a scheduler of twenty lines",
    worker=("generator", "generators"),
    order=11,
    one_loop=True,
    selects=True,
    run=run,
)
