"""When a loop looks for sockets. A worker that waits for a socket becomes ready at a moment that nobody notes: the loop
sees it at its next look, and then resumes all that it has found, one after the other. So in a busy loop it is not known
how long a worker waited for its socket, and how long for its turn.

What is known: while a loop waits in its look, no worker is ready. Between two looks the ready workers are at most those
that the first look found and that have not gone on yet, plus those that the second look finds. `doubt` adds up the time
between looks, times the share of all waiting workers that these can be: that is how long each of them may have been
ready, on average."""

from __future__ import annotations

import time
from typing import Any, Callable, Sequence

clock = time.perf_counter_ns
WAITED_NS = 50_000  # a look that took longer has waited: when it began, no socket was ready


class Polls:
    def __init__(self) -> None:
        self.waiting = 0  # workers that wait for sockets
        self.doubt = 0.0  # ns
        self.last = 0  # the end of the last look; 0: looks are not reported
        self._found = 0  # what that look found, less those that have gone on since

    def begin(self) -> float:
        """A worker waits for a socket from now on. Gives what `end` has to know."""
        self.waiting += 1
        return self.doubt

    def end(self, begun: int, before: float, now: int) -> tuple[int, int]:
        """The worker goes on. Gives until when it surely waited for its socket, and from when on surely for its
        turn."""
        self.waiting -= 1
        if self.last <= begun:  # it went on without a look, or looks are not reported
            return now, now
        self._found = max(0, self._found - 1)
        return max(begun, self.last - round(self.doubt - before)), self.last

    def looked(self, began: int, ended: int, found: int) -> None:
        if self.waiting and self.last:
            most = self._found + (found if ended - began < WAITED_NS else 0)
            self.doubt += (began - self.last) * min(1.0, most / self.waiting)
        self.last, self._found = ended, found

    def told(self, look: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
        """The function `look`, made to report each look."""

        def noted(*arguments: Any) -> Sequence[Any]:
            began = clock()
            found = look(*arguments)
            self.looked(began, clock(), len(found))
            return found

        return noted
