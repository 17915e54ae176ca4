"""Ops: what a job asks for, one at a time. A job is a generator that yields ops; the model that runs the job decides
how each is carried out (a thread blocks, asyncio awaits, gevent switches), so that one job runs under every model.

What workers share (locks, queues, events) a job names in its SHARED, and its ops speak of it by that name."""

from __future__ import annotations

from itertools import count
from typing import Any, Callable, Dict, Generator, Iterable, NamedTuple, Optional, Tuple, Type

from . import ring


class Op:
    """One thing to do. `kind` is what the worker's lane shows meanwhile."""

    __slots__: Tuple[str, ...] = ()
    kind = ring.RUN

    def __repr__(self) -> str:
        return "%s(%s)" % (type(self).__name__, ", ".join(repr(getattr(self, name)) for name in self.__slots__))


class Call(Op):
    """Run plain Python now: `fn(*args)`. Its result is what `yield` gives back to the job."""

    __slots__ = ("args", "fn")

    def __init__(self, fn: Callable[..., Any], *args: Any) -> None:
        self.fn = fn
        self.args = args

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fn.__name__}{self.args!r})"


class Block(Call):
    """Call what waits in the operating system: for a file, or a pipe. There is no other way to use files, so where
    workers take turns in one thread, all others wait as long."""

    __slots__ = ()
    kind = ring.IO


class Sleep(Op):
    """Do nothing for a while, holding neither a core nor the GIL."""

    __slots__ = ("seconds",)
    kind = ring.SLEEP

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Fetch(Op):
    """Get a page by HTTP, over a real socket. Gives its body."""

    __slots__ = ("url",)
    kind = ring.IO

    def __init__(self, url: str) -> None:
        self.url = url


class Named(Op):
    """Does something with what the job's SHARED has under that name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Acquire(Named):
    """Take a lock or semaphore, waiting for it if need be."""

    __slots__ = ()
    kind = ring.LOCK


class Release(Named):
    """Give a lock or semaphore back."""

    __slots__ = ()


class Put(Named):
    """Put an item into a queue, waiting while it is full."""

    __slots__ = ("item",)
    kind = ring.LOCK

    def __init__(self, name: str, item: Any) -> None:
        super().__init__(name)
        self.item = item


class Get(Named):
    """Take the oldest item out of a queue, waiting while it is empty."""

    __slots__ = ()
    kind = ring.LOCK


class Wait(Named):
    """Wait until an event has been set."""

    __slots__ = ()
    kind = ring.LOCK


class Set(Named):
    """Set an event: all that wait for it go on."""

    __slots__ = ()


class Turn(Op):
    """Let the others go on first. Made here, where a model asks for it; no job yields it."""

    __slots__ = ()
    kind = ring.TURN


TURN = Turn()


ALL: Tuple[Type[Op], ...] = (Call, Block, Sleep, Fetch, Acquire, Release, Put, Get, Wait, Set)
ALONE = (Call, Block, Sleep, Fetch)  # what needs nothing of another worker

Ops = Generator[Op, Any, Any]


class Shared(NamedTuple):
    """Something that all workers of a run share. Jobs name it; models make it."""

    make: str  # Lock, Semaphore, Queue or Event
    size: int = 0  # how many may hold a semaphore; how many items a queue takes before it is full (0: any number)


LOCK = Shared("Lock")
EVENT = Shared("Event")


def semaphore(size: int) -> Shared:
    return Shared("Semaphore", size)


def queue(size: int = 0) -> Shared:
    return Shared("Queue", size)


def shared(job: Any, site: Any) -> Dict[str, Shared]:
    """What the workers of a job share, by name; a job may have it depend on how many they are."""
    things: Dict[str, Shared] = job.shared(site) if hasattr(job, "shared") else getattr(job, "SHARED", {})
    return things


class Wrong(Exception):
    """A result is not what it should be."""


def rounds(amount: Optional[int]) -> Iterable[int]:
    """0, 1, 2 … : so many, or without end."""
    return count() if amount is None else range(amount)


def expect(right: bool, words: str) -> None:
    """Jobs check what they computed: a wrong result ends the worker with these words."""
    if not right:
        raise Wrong(words)


def needs(job: Any) -> Tuple[Type[Op], ...]:
    """The ops that a job makes use of."""
    return getattr(job, "OPS", (Call, Sleep))


def able(model: Any) -> Tuple[Type[Op], ...]:
    """The ops that a model can carry out."""
    return getattr(model, "OPS", ALL)


def refusal(model: str, can: Iterable[str], job: str, needed: Iterable[str]) -> str | None:
    """Why a model cannot run a job: the ops that it cannot do, all by name. None if it can do what the job needs."""
    missing = [op for op in needed if op not in can]
    if not missing:
        return None
    return "%s cannot do %s, which %s needs" % (model, " or ".join(missing), job)


def names(ops: Iterable[Type[Op]]) -> Tuple[str, ...]:
    return tuple(op.__name__ for op in ops)
