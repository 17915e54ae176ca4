"""A hub: what a scheduler of our own needs beside its workers. It knows who can go on, who sleeps until when, who waits
for which socket, and who stands in line for a lock, a queue or an event.

Generators, greenlets and tasklets all use this hub; their models show how each kind of worker is suspended and resumed.
`begin(op, who)` starts what an op asks for; as soon as that is done, `turn()` gives `who` with the outcome."""

from __future__ import annotations

import heapq
import selectors
import time
from collections import deque
from itertools import count
from typing import Any, Callable, Deque, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ..beside import http_get
from ..wire.ops import Fetch, Op, Shared, Sleep, Turn, learnt
from .socket_polls import Polls
from .waiting_lines import Lines

clock, perf_counter_ns = time.perf_counter, time.perf_counter_ns  # monotonic goes in steps of 15.6 ms on Windows


class Outcome(NamedTuple):
    """The outcome of an op: its result, or the exception that it raised."""

    result: Any = None
    problem: Optional[BaseException] = None

    def get(self) -> Any:
        if self.problem is not None:
            raise self.problem
        return self.result


NOTHING = Outcome()


class Hub:
    def __init__(self, shared: Mapping[str, Shared]) -> None:
        self.polls = Polls()  # told of each look for sockets
        self.ready: Deque[Tuple[Any, Outcome]] = deque()
        self._sleepers: List[Tuple[float, int, Any]] = []  # a heap: until when; in which order they came; who
        self._numbers = count()
        self._sockets = selectors.DefaultSelector()
        self._fetches: Dict[Any, Tuple[float, http_get.Waits, Any]] = {}  # by socket, the earliest limit first
        self._ways: Dict[type, Callable[[Any, Any], None]] = {
            Turn: lambda op, who: self.later(who),
            Sleep: lambda op, who: self.sleep(op.seconds, who),
            Fetch: lambda op, who: self._fetch(http_get.fetching(op.url), who),
        }
        self._ask = Lines(shared, self._at_once, self.later).ask

    def begin(self, op: Op, who: Any) -> None:
        try:
            way = self._ways.get(type(op)) or learnt(op, self._ways, self._ask)
            way(op, who)
        except Exception as problem:  # it asks for something that does not exist: no other worker is concerned
            self.ready.append((who, Outcome(problem=problem)))

    def turn(self, wait: bool = True) -> Iterator[Tuple[Any, Outcome]]:
        """All who can go on now, each once, in the order in which they came. If there is nobody, sleeps until there is
        (unless `wait` is False)."""
        self._look(wait and not self.ready)
        for _ in range(len(self.ready)):
            yield self.ready.popleft()

    def sleep(self, seconds: float, who: Any) -> None:
        heapq.heappush(self._sleepers, (clock() + seconds, next(self._numbers), who))

    def later(self, who: Any, result: Any = None) -> None:
        """`who` can go on, when its turn comes."""
        self.ready.append((who, NOTHING if result is None else Outcome(result)))

    def idle(self) -> bool:
        """Is nobody ready, asleep or waiting for a socket? Whoever asks is not counted."""
        return not (self.ready or self._sleepers or self._fetches)

    # -- inside

    def _at_once(self, who: Any, result: Any = None) -> None:
        """`who` had nothing to wait for, and goes on before all others."""
        self.ready.appendleft((who, NOTHING if result is None else Outcome(result)))

    def _look(self, wait: bool) -> None:
        """Find who has slept enough, and which sockets are ready. `wait`: sleep until there is one."""
        if self._fetches:
            began = perf_counter_ns()
            found = self._sockets.select(self._until_next() if wait else 0)
            self.polls.looked(began, perf_counter_ns(), len(found))
            for key, _ in found:
                self._go_on(key.fileobj)
        elif wait:
            time.sleep(self._until_next())
        now = clock()
        self._give_up(now)
        while self._sleepers and self._sleepers[0][0] <= now:
            self.later(heapq.heappop(self._sleepers)[2])

    def _until_next(self) -> float:
        """Somebody always sleeps: the heartbeat."""
        return max(0.0, self._sleepers[0][0] - clock())

    def _fetch(self, waits: http_get.Waits, who: Any) -> None:
        """Let a fetch do what it can until it has to wait for its socket."""
        try:
            sock, event = next(waits)
        except StopIteration as done:
            self.later(who, done.value)
        except Exception as problem:
            self.ready.append((who, Outcome(problem=problem)))
        else:
            self._sockets.register(sock, event)
            self._fetches[sock] = (clock() + http_get.LIMIT_S, waits, who)

    def _go_on(self, sock: Any) -> None:
        self._sockets.unregister(sock)
        _, waits, who = self._fetches.pop(sock)
        self._fetch(waits, who)

    def _give_up(self, now: float) -> None:
        """End the fetches that have reached their limit: a server may never answer."""
        while self._fetches:
            sock, (limit, waits, who) = next(iter(self._fetches.items()))
            if now < limit:
                break
            self._sockets.unregister(sock)
            del self._fetches[sock]
            waits.close()
            self.ready.append((who, Outcome(problem=http_get.Failed("no answer within %g s" % http_get.LIMIT_S))))
