"""How a worker that may block carries out what is no call: threads and processes block on it, a greenlet switches.

Each model brings its own kit: a place with Lock, Semaphore, Queue and Event in it, such as the module
`multiprocessing`. What these make has the same methods everywhere."""

from __future__ import annotations

import queue
import socket
import threading
import time
from typing import Any, Callable, Dict, Optional

from ..beside import http_get
from ..wire.ops import Acquire, Block, Fetch, Get, Put, Release, Set, Shared, Sleep, Turn, Wait

Things = Dict[str, Any]


class ThreadKit:
    """For workers that are threads of one process."""

    Lock = staticmethod(threading.Lock)
    Semaphore = staticmethod(threading.Semaphore)
    Event = staticmethod(threading.Event)
    Queue: Any = queue.Queue


def make(shared: Dict[str, Shared], kit: Any) -> Things:
    """All that a job's workers share, made of a model's own kind of locks and queues."""
    return {name: make_one(thing, kit) for name, thing in shared.items()}


def make_one(thing: Shared, kit: Any) -> Any:
    if thing.make in ("Semaphore", "Queue"):
        return getattr(kit, thing.make)(thing.size)
    return getattr(kit, thing.make)()


class Blocking:
    """Carries out any op but a call, and gives what came of it."""

    def __init__(
        self,
        things: Optional[Things] = None,
        sleep: Optional[Callable[[float], object]] = None,
        connect: Callable[..., Any] = socket.create_connection,
    ) -> None:
        things = {} if things is None else things
        sleep = sleep or time.sleep
        self.things = things
        self._ways: Dict[type, Callable[[Any], Any]] = {
            Block: lambda op: op.fn(*op.args),
            Sleep: lambda op: sleep(op.seconds),
            Turn: lambda op: sleep(0),
            Fetch: lambda op: http_get.fetch(op.url, connect),
            Acquire: lambda op: things[op.name].acquire(),
            Release: lambda op: things[op.name].release(),
            Put: lambda op: things[op.name].put(op.item),
            Get: lambda op: things[op.name].get(),
            Wait: lambda op: things[op.name].wait(),
            Set: lambda op: things[op.name].set(),
        }

    def __call__(self, op: Any) -> Any:
        way = self._ways.get(type(op))
        if way is None:
            raise TypeError("this model cannot do %r" % (op,))
        return way(op)
