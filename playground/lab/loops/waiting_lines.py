"""Standing in line: locks, queues and events for workers that take turns. Only one worker runs at a time, so each of
these is just a number or a list, and a line of those who wait for it.

Whoever waits is something that the model can resume: a generator, a greenlet, a callback. The model brings two ways to
resume it, both called with `who` and the result: `at_once`, if nothing had to be waited for, and `later`, when its turn
comes."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Mapping, Tuple, Type

from ..blocking import blocking
from ..wire.ops import Op, Shared

GoOn = Callable[..., object]


class Lines:
    """All that a job's workers share, and how an op asks for it."""

    def __init__(self, shared: Mapping[str, Shared], at_once: GoOn, later: GoOn) -> None:
        self.at_once, self.later = at_once, later
        self._things = blocking.make(shared, blocking.kit(self, Semaphore, Queue, Event))

    def ask(self, kind: Type[Op]) -> Callable[[Any, Any], None]:
        """The function that begins an op of this kind."""
        methods = blocking.Methods(self._things, kind.method)
        if not kind.arguments:  # nothing to unpack: quicker
            return lambda op, who: methods[op.name](who)
        return lambda op, who: methods[op.name](who, *op.arguments)


class Semaphore:
    """A number of workers may hold it at once; a lock is a semaphore for one."""

    def __init__(self, lines: Lines, free: int) -> None:
        self._lines, self._free = lines, free
        self._line: Deque[Any] = deque()

    def acquire(self, who: Any) -> None:
        if self._free:
            self._free -= 1
            self._lines.at_once(who)
        else:
            self._line.append(who)

    def release(self, who: Any) -> None:
        if self._line:
            self._lines.later(self._line.popleft())  # the first in line holds it from now on
        else:
            self._free += 1
        self._lines.at_once(who)


class Queue:
    def __init__(self, lines: Lines, size: int) -> None:
        self._lines, self._size = lines, size
        self._items: Deque[Any] = deque()
        self._takers: Deque[Any] = deque()  # those who wait while it is empty
        self._givers: Deque[Tuple[Any, Any]] = deque()  # those who wait while it is full, each with its item

    def put(self, who: Any, item: Any) -> None:
        if self._size and len(self._items) >= self._size:
            self._givers.append((who, item))
            return
        if self._takers:
            self._lines.later(self._takers.popleft(), item)
        else:
            self._items.append(item)
        self._lines.at_once(who)

    def get(self, who: Any) -> None:
        if not self._items:
            self._takers.append(who)
            return
        self._lines.at_once(who, self._items.popleft())
        if self._givers:
            giver, item = self._givers.popleft()
            self._items.append(item)
            self._lines.later(giver)


class Event:
    def __init__(self, lines: Lines) -> None:
        self._lines, self._set = lines, False
        self._line: Deque[Any] = deque()

    def wait(self, who: Any) -> None:
        if self._set:
            self._lines.at_once(who)
        else:
            self._line.append(who)

    def set(self, who: Any) -> None:
        self._set = True
        while self._line:
            self._lines.later(self._line.popleft())
        self._lines.at_once(who)
