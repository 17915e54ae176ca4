"""The user's own coroutines, as a loop sees them: each runs in steps, and waits between them. `Driven` stands between
the loop and a coroutine, and reports every step to the worker's stretch. Tasks that such code starts are driven too, as
parts of the same worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from types import CodeType, CoroutineType
from typing import Any, Callable, Optional, Set, Tuple

from ..wire import current_worker, ring
from . import stretch
from .own_module import FILE, Whole, end_if_forked, left, plain

SLEEP: CodeType = asyncio.sleep.__code__
WAITING_FOR_OTHERS = ("locks.py", "queues.py", "tasks.py", "taskgroups.py")  # files of asyncio

Due = Optional[int]  # when a sleep will be over
_lives: Set[Any] = set()  # the coroutines that are whole workers


async def awaited(whole: Whole, own: stretch.Stretch) -> Any:
    """The whole life of a worker that is a coroutine."""
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is None:
        loop.set_task_factory(task_of)
    result = None
    for _ in range(whole.times):
        own.begin()
        driven = Driven(whole.call(), own)
        _lives.add(driven)
        try:
            result = await driven
        finally:
            _lives.discard(driven)
            own.end()
    return plain(result)


def note_lines() -> None:
    """Note the line of the user's code in which each worker's coroutine waits."""
    for driven in _lives:
        driven.note_line()


def task_of(loop: Any, coroutine: Any, **more: Any) -> Any:
    own = stretch.of(current_worker.worker.get())
    if own is not None and isinstance(coroutine, CoroutineType):
        coroutine = Driven(coroutine, own)
    return asyncio.Task(coroutine, loop=loop, **more)


class Driven(Coroutine):  # type: ignore[type-arg]
    def __init__(self, coroutine: Any, own: stretch.Stretch) -> None:
        self._coroutine, self._stretch = coroutine, own
        self._due: Due = None

    def send(self, value: Any) -> Any:
        return self._step(self._coroutine.send, value)

    def throw(self, problem: Any, *more: Any) -> Any:
        return self._step(self._coroutine.throw, problem if not more or more[0] is None else more[0])

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._coroutine, name)  # cr_frame and others, for whoever prints tasks

    def note_line(self) -> None:
        inner, line = self._coroutine, 0
        while inner is not None and hasattr(inner, "cr_frame"):
            if inner.cr_frame is not None and inner.cr_code.co_filename == FILE:
                line = inner.cr_frame.f_lineno
            inner = inner.cr_await
        self._stretch.at_line(line)

    def _step(self, resume: Callable[[Any], Any], value: Any) -> Any:
        if not self._stretch.running:
            self._stretch.enter(self._due)
        kind, self._due = None, None
        process = os.getpid()
        try:
            waited = resume(value)
            end_if_forked(process)
            kind, seconds = waits_for(self._coroutine, waited)
            if seconds is not None:
                self._due = stretch.clock() + int(seconds * 1e9)
            return waited
        except BaseException as problem:
            end_if_forked(process, None if isinstance(problem, StopIteration) else problem)
            if isinstance(problem, SystemExit):
                raise left(problem) from None
            raise
        finally:
            self._stretch.leave(kind)


def waits_for(coroutine: Any, waited: Any) -> Tuple[int, Optional[float]]:
    """What a coroutine that has just stopped is waiting for; for a sleep, also how long."""
    if waited is None:  # as with sleep(0): it only lets the others go on
        return ring.TURN, None
    inner = coroutine
    while hasattr(inner.cr_await, "cr_await"):
        inner = inner.cr_await
    code = inner.cr_code
    if code is SLEEP:
        seconds = inner.cr_frame.f_locals.get("delay")
        return ring.SLEEP, seconds if isinstance(seconds, (int, float)) else None
    folder, _, file = code.co_filename.replace("\\", "/").rpartition("/")
    of_asyncio = folder.endswith("/asyncio") and file in WAITING_FOR_OTHERS
    if of_asyncio or isinstance(waited, asyncio.Task) or hasattr(waited, "_children"):
        return ring.LOCK, None
    return ring.IO, None
