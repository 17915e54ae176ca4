"""Locks, queues and events made of channels, as Stackless programs make theirs: a tasklet that has to wait receives
from (or sends to) a channel, and stands in line there. A channel's `balance` says how many do: below 0 they wait to
receive."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque


class Channels:
    """The kit of which `blocking.make` makes locks, queues and events."""

    def __init__(self, channel: Callable[[], Any]) -> None:
        self._channel = channel

    def line(self) -> Any:
        line = self._channel()
        line.preference = 0  # whoever finds a partner waiting goes on; the partner has its turn later
        return line

    def Lock(self) -> Semaphore:  # noqa: N802
        return Semaphore(self, 1)

    def Semaphore(self, size: int) -> Semaphore:  # noqa: N802
        return Semaphore(self, size)

    def Queue(self, size: int) -> Queue:  # noqa: N802
        return Queue(self, size)

    def Event(self) -> Event:  # noqa: N802
        return Event(self)


class Semaphore:
    def __init__(self, channels: Channels, free: int) -> None:
        self._free, self._line = free, channels.line()

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
    def __init__(self, channels: Channels, size: int) -> None:
        self._size = size
        self._items: Deque[Any] = deque()
        self._takers, self._givers = channels.line(), channels.line()  # while it is empty, and while it is full

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
    def __init__(self, channels: Channels) -> None:
        self._set, self._line = False, channels.line()

    def wait(self) -> None:
        if not self._set:
            self._line.receive()

    def set(self) -> None:
        self._set = True
        while self._line.balance < 0:
            self._line.send(None)
