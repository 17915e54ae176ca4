"""Ops: what a job asks for, one at a time. A job is a generator that yields ops; the model that runs the job decides
how each is carried out (a thread blocks, asyncio awaits, gevent switches), so that one job runs under every model.

A job declares by name what its workers share (locks, queues, events), and its ops refer to it by that name."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import Any, Callable, Dict, Generator, Iterable, Mapping, NamedTuple, Optional, Tuple, Type

from . import ring


class Op:
    """One thing to do. `kind` is what the worker's lane shows meanwhile. Each model knows how to do the ops in this
    file; an op of any other kind has to be a Named."""

    __slots__: Tuple[str, ...] = ()
    kind = ring.RUN
    arguments: Tuple[Any, ...] = ()
    name = ""  # of the shared object that it is about
    method = ""  # of that object, which the op calls
    side = 1  # 1: it takes that object, or waits for it; −1: it gives it

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
    """Call a function that waits in the operating system: for a file, or a pipe. There is no other way to use files, so
    where workers take turns in one thread, all others wait as long."""

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
    """An op on what the workers share under a name: it calls a `method` of that object, with `arguments`. Any model can
    do that, so a new op of this kind is its class and nothing more."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Acquire(Named):
    """Take a lock or semaphore, waiting for it if need be."""

    __slots__ = ()
    method = "acquire"
    kind = ring.LOCK


class Release(Named):
    """Give a lock or semaphore back."""

    __slots__ = ()
    method = "release"
    side = -1


class Put(Named):
    """Put an item into a queue, waiting while it is full."""

    __slots__ = ("arguments",)
    method = "put"
    kind = ring.LOCK
    side = -1

    def __init__(self, name: str, item: Any) -> None:
        self.name = name  # set here, as a call of super takes as long as all else of an op
        self.arguments = (item,)


class Get(Named):
    """Take the oldest item out of a queue, waiting while it is empty."""

    __slots__ = ()
    method = "get"
    kind = ring.LOCK


class Wait(Named):
    """Wait until an event has been set."""

    __slots__ = ()
    method = "wait"
    kind = ring.LOCK


class Set(Named):
    """Set an event: all that wait for it go on."""

    __slots__ = ()
    method = "set"
    side = -1


class Turn(Op):
    """Let the others go on first. Made here, where a model asks for it; no job yields it."""

    __slots__ = ()
    kind = ring.TURN


TURN = Turn()


_CLASSES = [one for one in globals().values() if isinstance(one, type) and issubclass(one, Op)]
ALL: Tuple[Type[Op], ...] = tuple(one for one in _CLASSES if one not in (Op, Named, Turn))

Ops = Generator[Op, Any, Any]


def learnt(op: Op, ways: Dict[type, Callable[..., Any]], ask: Callable[[Any], Callable[..., Any]]) -> Any:
    """How a model carries out an op of a kind that is new to it: `ask` makes the way for that kind, and `ways` keeps
    it."""
    if not op.method:
        raise TypeError("this model cannot do %r" % (op,)) from None
    way = ways[type(op)] = ask(type(op))
    return way


class Shared(NamedTuple):
    """Something that all workers of a run share. Jobs name it; models make it."""

    make: str  # Lock, Semaphore, Queue or Event, or what else the model's kit has
    # What it is made with: how many may hold a semaphore, or how many items a queue takes before it is full (0: any
    # number). None: with nothing.
    size: Optional[int] = None


LOCK = Shared("Lock")
EVENT = Shared("Event")


def semaphore(size: int) -> Shared:
    return Shared("Semaphore", size)


def queue(size: int = 0) -> Shared:
    return Shared("Queue", size)


# How your own code names what its workers share
KINDS: Dict[str, Any] = {"LOCK": LOCK, "EVENT": EVENT, "semaphore": semaphore, "queue": queue}


def numbers(things: Mapping[str, Shared]) -> Dict[str, int]:
    """A number for each thing that the workers share, the same for lab and app: from 1 on, in the order in which the
    job names them. Any other name has 0, without the time that `get` takes."""
    return defaultdict(int, {name: number for number, name in enumerate(things, 1)})


class Wrong(Exception):
    """A result is not what it should be."""


def rounds(amount: Optional[int]) -> Iterable[int]:
    """0, 1, 2 … : so many, or without end."""
    return count() if amount is None else range(amount)


def expect(right: bool, words: str) -> None:
    """Jobs check what they computed: a wrong result ends the worker with these words."""
    if not right:
        raise Wrong(words)


def names(ops: Iterable[Type[Op]]) -> Tuple[str, ...]:
    return tuple(op.__name__ for op in ops)
