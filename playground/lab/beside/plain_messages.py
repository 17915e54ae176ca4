"""What messages cost while nothing watches them: the round trips of *ping-pong* once more, in plain code just before
the run, by the same workers over the same channel. To record an op takes longer than a coroutine needs to pass on a
message, so the trips of a recorded run are mostly the recorder's time; this figure stands beside theirs.

It takes 40 ms, 120 at most, plus the time until all workers are there: all pairs talk at once, as they will in the run.
PyPy compiles while a program runs, and would have to be measured for seconds: there it is not known."""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import Any, Awaitable, Callable, Deque, Generator, Iterator, List, Tuple

from ..wire import ring, shelf, trip_times
from ..wire.declaration import Job
from ..wire.ops import Get, Op, Put, Sleep

LEAST, LEAST_NS, MOST_NS = 200, 40_000_000, 120_000_000  # trips at least; how long to make them, at least and at most
ENOUGH = 20  # with fewer trips no figure is given
MOST = 256  # workers: with more, even a few rounds would delay the start for too long
POLL_S = 0.001
PYPY = sys.implementation.name == "pypy"
clock = time.perf_counter_ns
sleep = time.sleep  # bound now: gevent may replace it later


class Talk:
    """One worker's part. Only the first of a pair measures the time; the other returns each message until it gets the
    last."""

    def __init__(self, board: trip_times.Board, worker: int, size: int) -> None:
        self.first = worker % 2 == 0
        self.mine, self.other = "to %d" % worker, "to %d" % (worker ^ 1)  # queues
        self.message, self.last = b"." * size, b"!" * size
        self._words, self._at = board[1], worker * trip_times.WORDS
        self._took: Deque[int] = Deque(maxlen=trip_times.LAST)
        self._begun = 0
        self._sent = 0

    def rounds(self) -> Iterator[bytes]:
        """The messages to send, until the time is over."""
        self._begun = clock()
        enough, over, count = self._begun + LEAST_NS, self._begun + MOST_NS, 0
        while True:
            self._sent = clock()
            yield self.message
            now = clock()
            self._took.append(now - self._sent)
            count += 1
            if now >= over or (now >= enough and count >= LEAST):
                return
            if count % trip_times.REST_EVERY == 0:
                sleep(trip_times.REST_S)

    def end(self) -> None:
        took = list(self._took)
        if len(took) >= ENOUGH:
            # without the first quarter, which is for warming up
            self._words[self._at + trip_times.PLAIN] = round(median(took[len(took) // 4 :]))
        self._words[self._at + trip_times.PLAIN_TOOK] = clock() - self._begun

    # -- in code that blocks

    def block(self, send: Callable[[bytes], object], receive: Callable[[], bytes]) -> None:
        if self.first:
            for message in self.rounds():
                send(message)
                receive()
            send(self.last)
            self.end()
            return
        message = receive()
        while message != self.last:
            send(message)
            message = receive()

    # -- in coroutines

    async def wait(self, send: Callable[[bytes], Awaitable[Any]], receive: Callable[[], Awaitable[bytes]]) -> None:
        if self.first:
            for message in self.rounds():
                await send(message)
                await receive()
            await send(self.last)
            self.end()
            return
        message = await receive()
        while message != self.last:
            await send(message)
            message = await receive()

    # -- in generators, which yield what they wait for

    def ask(self) -> Generator[Op, Any, None]:
        if self.first:
            for message in self.rounds():
                yield Put(self.other, message)
                yield Get(self.mine)
            yield Put(self.other, self.last)
            self.end()
            return
        message = yield Get(self.mine)
        while message != self.last:
            yield Put(self.other, message)
            message = yield Get(self.mine)


# --- workers that may block: each measures when all are there, and then begins


def before(order: Any, index: int, things: Any) -> None:
    """Measure, as the calling worker's part, if its job has messages. All workers come here, or none."""
    job = shelf.load(Job, order.recipe["job"])
    if not job.talk or "shown" not in order.prepared or order.recipe["workers"] > MOST or PYPY:
        return
    board = trip_times.show_on(order.prepared["shown"])
    count = order.recipe["workers"] // 2 * 2
    if index >= count or not met(board[1], index, count, order.mapped.control):
        return
    with job.talk(index, things, **order.prepared) as (send, receive):
        Talk(board, index, order.prepared["size"]).block(send, receive)


def met(words: memoryview, index: int, count: int, control: Any) -> bool:
    """Wait until all workers are here. False: the run is over before it began."""
    words[index * trip_times.WORDS + trip_times.HERE] = 1
    missing = 0
    while missing < count:
        if words[missing * trip_times.WORDS + trip_times.HERE]:
            missing += 1
        elif ring.stopping(control.words):
            return False
        else:
            sleep(POLL_S)
    return True


# --- workers that take turns: all together, before the first of them begins


def talks(lab: Any) -> List[Talk]:
    """Each worker's part. Empty where the job sends no messages over a queue, and where there are too many workers."""
    prepared = lab.order.prepared
    if prepared.get("channel") != "queue" or "shown" not in prepared or lab.count > MOST or PYPY or lab.stopping:
        return []
    board = trip_times.show_on(prepared["shown"])
    return [Talk(board, worker, prepared["size"]) for worker in range(lab.count // 2 * 2)]


def ways(lab: Any, things: Any) -> List[Tuple[Talk, Any, Any]]:
    """Each worker's part, with the way it sends to its partner and the way it receives."""
    return [(talk, things[talk.other].put, things[talk.mine].get) for talk in talks(lab)]


def idle() -> Generator[Op, Any, None]:
    """Stands in for a loop's heartbeat."""
    while True:
        yield Sleep(0.01)
