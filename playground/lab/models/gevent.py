"""gevent: greenlets, and a hub in C (libev) that knows of timers and sockets. Code is written as if it blocked; what
looks like blocking switches to the hub, and the hub goes on with a greenlet that is ready."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, Callable, List, Sequence

from ..asked import packages_missing
from ..beside import plain_messages
from ..blocking.blocking import Blocking
from ..lab import Lab
from ..loops.socket_polls import Polls
from ..loops.turns import Steps
from ..recording import greenlet_switches, own_module
from ..wire import ring
from ..wire.declaration import Model
from ..wire.knob import YIELDS, Knob

clock = time.perf_counter_ns

# In your own code, the standard library's sleeps, sockets and locks become gevent's; jobs use gevent's anyway.
MONKEY_PATCH = Knob(
    "monkey_patch",
    "Monkey patching",
    "yes",
    choices=("yes", "no"),
    text="Yes makes the standard library wait in the gevent way; no lets it block the loop",
)


def patch(lab: Lab) -> None:
    if lab.recipe["job"] == own_module.NAME and lab.knobs["monkey_patch"] == "yes":
        from gevent import monkey

        monkey.patch_all()


def run(lab: Lab) -> None:
    import gevent
    from gevent import event, lock, queue, socket

    kit = SimpleNamespace(Lock=lock.Semaphore, Semaphore=lock.Semaphore, Queue=queue.Queue, Event=event.Event)
    things = lab.things(kit)
    plainly = [gevent.spawn(talk.block, send, receive) for talk, send, receive in plain_messages.ways(lab, things)]
    gevent.joinall(plainly, raise_error=True)
    turns = lab.turns(yields=lab.knobs["yields"] == "after each call")
    turns.trace(greenlet_switches.switched if lab.recipe["job"] == own_module.NAME else None)

    def heartbeat() -> None:
        while True:
            gevent.sleep(turns.beats.next_s())

    loop = gevent.get_hub().loop
    carry_out = Blocking(things, gevent.sleep, noted(socket.create_connection, loop, turns.polls))
    turns.beats.idle = lambda: not loop.activecnt
    beside = gevent.spawn(heartbeat)
    every = turns.steps()
    workers = [gevent.spawn(steps.live, carry_out) for steps in every]
    turns.beats.note = lambda: note_lines(every, workers)
    gevent.joinall(workers, raise_error=True)
    beside.kill()
    turns.beats.end()


def noted(connect: Callable[..., Any], loop: Any, polls: Polls) -> Callable[..., Any]:
    """`connect`, which reports the loop's looks for sockets to `polls` from the first connection on."""
    began = 0
    watchers: List[Any] = []

    def begin() -> None:
        nonlocal began
        began = clock()

    def opened(*where: Any) -> Any:
        if not watchers:
            try:
                watchers.extend((loop.prepare(ref=False), loop.check(ref=False)))
            except TypeError:  # Windows' loop, libuv, tells nobody of its looks
                return connect(*where)
            watchers[1].priority = loop.MAXPRI  # called before all else that the look has found
            watchers[0].start(begin)
            watchers[1].start(lambda: polls.looked(began, clock(), loop.pendingcnt))
        return connect(*where)

    return opened


def note_lines(every: Sequence[Steps], workers: Sequence[Any]) -> None:
    """Note the line of the user's code in which each worker waits."""
    for steps, worker in zip(every, workers):
        line = own_module.line_of(worker.gr_frame)
        if line:
            steps.ring.words[ring.W_LINE] = line


MODEL = Model(
    name="gevent",
    title="gevent",
    summary="greenlets that switch where they would block",
    worker=("greenlet", "greenlets"),
    order=9,
    one_loop=True,
    knobs=(YIELDS, MONKEY_PATCH),
    run=run,
    patch=patch,
    unavailable=lambda: packages_missing.missing(gevent="gevent"),
)
