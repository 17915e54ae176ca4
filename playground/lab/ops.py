"""Ops: what a job asks for, one at a time. A job is a generator that yields ops; the model that runs the job decides
how each is carried out (a thread blocks, asyncio awaits, gevent switches), so that one job runs under every model."""

from __future__ import annotations

from typing import Any, Callable, Generator, Union

from . import ring


class Call:
    """Run plain Python now: `fn(*args)`. Its result is what `yield` gives back to the job."""

    __slots__ = ("args", "fn")
    kind = ring.RUN

    def __init__(self, fn: Callable[..., Any], *args: Any) -> None:
        self.fn = fn
        self.args = args

    def __repr__(self) -> str:
        return f"Call({self.fn.__name__}{self.args!r})"


class Sleep:
    """Do nothing for a while, holding neither a core nor the GIL."""

    __slots__ = ("seconds",)
    kind = ring.SLEEP

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"Sleep({self.seconds!r})"


Op = Union[Call, Sleep]
Ops = Generator[Op, Any, Any]
