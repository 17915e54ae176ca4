"""monocle: o-routines, generators that yield callbacks and go on when those are called. It dates from 2010, before
Python had coroutines, and shows what coroutines have replaced.

Its event loop runs one task a turn. With no socket open it then sleeps 0.1 s, whatever else is due; an open socket,
such as a server has, makes it wait no longer than until the next task. monocle's own network code needs Python 2, so
sockets are given to its loop by hand."""

from __future__ import annotations

import select
import selectors
import socket
from itertools import count
from types import SimpleNamespace
from typing import Any, Callable, Dict

from ..asked import packages_missing
from ..beside import http_get
from ..lab import Lab
from ..loops.socket_polls import Polls
from ..loops.turns import Steps
from ..loops.waiting_lines import Lines
from ..wire.declaration import Model
from ..wire.knob import YIELDS, Knob
from ..wire.ops import Fetch, Op, Sleep, Turn, learnt


def run(lab: Lab) -> None:
    import monocle

    monocle.init("asyncore")
    from monocle import Return, launch
    from monocle.callback import Callback
    from monocle.stack import eventloop

    _o: Callable[[Any], Any] = monocle._o  # makes an o-routine of a generator function
    turns = lab.turns(yields=lab.knobs["yields"] == "after each call")
    tasks, sockets, alive = Tasks(eventloop), eventloop.evlp._map, lab.count

    def wait_for(op: Op) -> Any:
        callback = Callback()
        way = ways.get(type(op)) or learnt(op, ways, ask)
        way(op, callback)
        return callback

    @_o
    def fetch(url: str) -> Any:
        waits = http_get.fetching(url)
        while True:
            try:
                sock, event = next(waits)
            except StopIteration as done:
                yield Return(done.value)
            ready = Callback()
            Waiting(sockets, sock, event, ready)
            yield ready

    def fetched(op: Any, callback: Any) -> None:
        note_looks(turns.polls)
        fetch(op.url).add(callback)

    ways: Dict[type, Callable[[Any, Any], object]] = {
        Turn: lambda op, callback: tasks.later(callback),
        Sleep: lambda op, callback: tasks.later(callback, seconds=op.seconds),
        Fetch: fetched,
    }
    ask = Lines(lab.shared, at_once, tasks.later).ask

    @_o
    def worker(steps: Steps) -> Any:
        nonlocal alive
        try:
            op = steps.next()
            while op is not None:
                try:
                    result = yield wait_for(op)
                except Exception as problem:
                    op = steps.fail(problem)
                else:
                    op = steps.next(result)
        finally:
            alive -= 1
            if not alive:
                eventloop.halt()

    @_o
    def heartbeat() -> Any:
        while True:
            yield wait_for(Sleep(turns.beats.next_s()))

    silent, _other_end = socket.socketpair()
    if lab.knobs["open_socket"] == "yes":
        Waiting(sockets, silent, selectors.EVENT_READ, None)
    launch(heartbeat)
    for steps in turns.steps():
        tasks.later(worker, steps)
    eventloop.run()
    turns.beats.end()


def note_looks(polls: Polls) -> None:
    """Report the loop's looks for sockets to `polls`: asyncore makes a `poll` of its module `select` for each."""
    import asyncore

    def poll() -> Any:
        real = select.poll()
        return SimpleNamespace(register=real.register, poll=polls.told(real.poll))

    of_asyncore = vars(asyncore)
    if hasattr(select, "poll") and of_asyncore["select"] is select:
        of_asyncore["select"] = SimpleNamespace(**dict(vars(select), poll=poll))


def at_once(callback: Any, result: Any = None) -> None:
    callback(result)


class Tasks:
    """The loop's tasks. The loop sorts them, and compares the calls of two that are due at the same moment: for that
    each has a number."""

    def __init__(self, eventloop: Any) -> None:
        self._eventloop = eventloop
        self._numbers = count()

    def later(self, callback: Any, result: Any = None, seconds: float = 0) -> None:
        self._eventloop.queue_task(seconds, call, next(self._numbers), callback, result)


def call(number: int, callback: Any, result: Any) -> Any:
    return callback(result)


class Waiting:
    """Waits in the loop's map of sockets until one is ready, once."""

    accepting = False  # these names are asyncore's

    def __init__(self, sockets: Dict[int, Any], sock: socket.socket, event: int, callback: Any) -> None:
        self._sockets, self._descriptor = sockets, sock.fileno()
        self._event, self._callback = event, callback
        sockets[self._descriptor] = self

    def readable(self) -> bool:
        return self._event == selectors.EVENT_READ

    def writable(self) -> bool:
        return self._event == selectors.EVENT_WRITE

    def ready(self) -> None:
        if self._sockets.get(self._descriptor) is self:  # else another of its events was reported already
            del self._sockets[self._descriptor]
            self._callback(None)

    handle_read_event = handle_write_event = handle_expt_event = handle_close = ready

    def handle_error(self) -> None:
        raise


MODEL = Model(
    name="monocle",
    title="monocle",
    summary="o-routines, which yield callbacks",
    worker=("o-routine", "o-routines"),
    order=12,
    one_loop=True,
    selects=True,
    rehearses=False,  # the process has only this loop, and it would go on with the trial's tasks
    knobs=(
        YIELDS,
        Knob(
            "open_socket",
            "Has a socket open",
            "yes",
            choices=("yes", "no"),
            text="Without a socket to watch, its loop sleeps 0.1 s after each turn",
        ),
    ),
    run=run,
    unavailable=lambda: packages_missing.missing(monocle="monocle", asyncore="pyasyncore"),
)
