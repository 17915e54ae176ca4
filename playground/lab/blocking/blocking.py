"""How a worker that may block carries out every op but a call: threads and processes block on it, a greenlet switches.

Each model brings its own kit: an object with Lock, Semaphore, Queue and Event in it, such as the module
`multiprocessing`. The things made from a kit have the same methods in every model."""

from __future__ import annotations

import queue
import socket
import threading
import time
from functools import partial
from types import SimpleNamespace
from typing import Any, Callable, Dict, Mapping, Optional, Type

from ..beside import http_get
from ..wire.ops import Block, Fetch, Op, Shared, Sleep, Turn, learnt

Things = Dict[str, Any]


ThreadKit = SimpleNamespace(**vars(threading), Queue=queue.Queue)  # for workers that are threads of one process


def kit(by: Any, semaphore: Any, queue: Any, event: Any) -> SimpleNamespace:
    """A kit of classes that are given `by` first, what they all stand on. A lock is a semaphore for one."""
    kinds = {"Lock": partial(semaphore, by, 1), "Semaphore": partial(semaphore, by)}
    return SimpleNamespace(**kinds, Queue=partial(queue, by), Event=partial(event, by))


def make(shared: Mapping[str, Shared], kit: Any) -> Things:
    """All that a job's workers share, made of a model's own kind of locks and queues."""
    return {name: make_one(thing, kit) for name, thing in shared.items()}


def make_one(thing: Shared, kit: Any) -> Any:
    made = getattr(kit, thing.make, None)
    if made is None:
        raise TypeError("this model has no %s" % thing.make)
    return made() if thing.size is None else made(thing.size)


class Blocking:
    """Carries out any op but a call, and gives its result."""

    def __init__(
        self,
        things: Things,
        sleep: Optional[Callable[[float], object]] = None,
        connect: Callable[..., Any] = socket.create_connection,
    ) -> None:
        sleep = sleep or time.sleep
        self.things = things
        self._ways: Dict[type, Callable[[Any], Any]] = {
            Block: lambda op: op.fn(*op.args),
            Sleep: lambda op: sleep(op.seconds),
            Turn: lambda op: sleep(0),
            Fetch: lambda op: http_get.fetch(op.url, connect),
        }

    def __call__(self, op: Any) -> Any:
        try:
            way = self._ways[type(op)]
        except KeyError:
            way = learnt(op, self._ways, self._ask)
        return way(op)

    def _ask(self, kind: Type[Op]) -> Callable[[Any], Any]:
        methods = Methods(self.things, kind.method)
        if not kind.arguments:  # nothing to unpack: quicker
            return lambda op: methods[op.name]()
        return lambda op: methods[op.name](*op.arguments)


class Methods(Dict[str, Callable[..., Any]]):
    """A method of what the workers share, by the name of the thing. It is looked up when it is first asked for."""

    def __init__(self, things: Things, method: str) -> None:
        self._things, self._method = things, method

    def __missing__(self, name: str) -> Callable[..., Any]:
        bound: Callable[..., Any]
        bound = self[name] = getattr(self._things[name], self._method)
        return bound
