"""Locks, queues and events made of channels, as Stackless programs make theirs: a tasklet that has to wait receives
from (or sends to) a channel, and stands in line there. A channel's `balance` says how many do: below 0 they wait to
receive."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque

from ..blocking import blocking


def kit(channel: Callable[[], Any]) -> Any:
    """The kit of locks, queues and events. `channel` makes a channel."""

    def line() -> Any:
        made = channel()
        made.preference = 0  # whoever finds a partner waiting goes on; the partner has its turn later
        return made

    return blocking.kit(line, Semaphore, Queue, Event)


class Semaphore:
    def __init__(self, line: Callable[[], Any], free: int) -> None:
        self._free, self._line = free, line()

    def acquire(self) -> None:
        if self._free:
            self._free -= 1
        else:
            self._line.receive()

    def release(self) -> None:
        if self._line.balance < 0:
            self._line.send(None)  # the receiver holds it from now on
        else:
            self._free += 1


class Queue:
    def __init__(self, line: Callable[[], Any], size: int) -> None:
        self._size = size
        self._items: Deque[Any] = deque()
        self._takers, self._givers = line(), line()  # while it is empty, and while it is full

    def put(self, item: Any) -> None:
        if self._takers.balance < 0:
            self._takers.send(item)
        elif self._size and len(self._items) >= self._size:
            self._givers.send(item)
        else:
            self._items.append(item)

    def get(self) -> Any:
        if not self._items:
            return self._takers.receive()
        item = self._items.popleft()
        if self._givers.balance > 0:
            self._items.append(self._givers.receive())
        return item


class Event:
    def __init__(self, line: Callable[[], Any]) -> None:
        self._set, self._line = False, line()

    def wait(self) -> None:
        if not self._set:
            self._line.receive()

    def set(self) -> None:
        self._set = True
        while self._line.balance < 0:
            self._line.send(None)
