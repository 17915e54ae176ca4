"""When a loop looks for sockets. A worker that waits for one is ready from some moment on that nobody notes: the loop
sees it when it looks the next time, and then goes on with all it has found, one after the other. So of a busy loop it
is not known how long a worker waited for its socket, and how long for its turn.

What is known: while a loop waits in its look, nobody is ready. Between two looks no more can be than those it found
in the one and that have not gone on yet, and those that it finds in the other. `doubt` adds up the time between looks,
as the part of all who wait that these are at most: how long each of them may have been ready, on average."""

from __future__ import annotations

import time
from typing import Any, Callable, Sequence

clock = time.perf_counter_ns
WAITED_NS = 50_000  # a look that took longer waited: when it began, nothing was there


class Polls:
    def __init__(self) -> None:
        self.waiting = 0  # workers that wait for sockets
        self.doubt = 0.0  # ns
        self.last = 0  # the end of the last look; 0: nobody tells of them
        self._found = 0  # … what it found, less those that have gone on since

    def begin(self) -> float:
        """A worker waits for a socket from now on. Gives what `end` has to know."""
        self.waiting += 1
        return self.doubt

    def end(self, begun: int, before: float, now: int) -> tuple[int, int]:
        """It goes on. Until when it surely waited for its socket, and from when on surely for its turn."""
        self.waiting -= 1
        if self.last <= begun:  # it went on without a look, or nobody tells of them
            return now, now
        self._found = max(0, self._found - 1)
        return max(begun, self.last - round(self.doubt - before)), self.last

    def looked(self, began: int, ended: int, found: int) -> None:
        if self.waiting and self.last:
            most = self._found + (found if ended - began < WAITED_NS else 0)
            self.doubt += (began - self.last) * min(1.0, most / self.waiting)
        self.last, self._found = ended, found

    def told(self, look: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
        """The same, which tells of each look."""

        def noted(*arguments: Any) -> Sequence[Any]:
            began = clock()
            found = look(*arguments)
            self.looked(began, clock(), len(found))
            return found

        return noted
