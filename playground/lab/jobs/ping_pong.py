"""Ping-pong: workers in pairs, in which one sends a message and the other sends it back. The time of such a round trip
is what it costs to talk, and depends on who talks and over what. With an odd number of workers the last one has no
partner, and sits out."""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import contextmanager
from functools import partial
from statistics import median
from time import perf_counter_ns
from typing import Any, Callable, Deque, Dict, Iterator, List, Optional, Sequence, Tuple

from ..wire import ring, trip_times
from ..wire.cannot_prepare import CannotPrepare
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Block, Call, Get, Op, Ops, Put, Shared, Sleep, expect, queue, rounds
from ..wire.trip_times import show_on, show_trips

LAST = trip_times.LAST
A_MOMENT = Sleep(0)


def message_of(number: int, size: int) -> bytes:
    return (b"%015d " % number).ljust(size, b".")


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"channel": knobs["channel"], "size": int(knobs["message"])}


def shared(lab: Any) -> Dict[str, Shared]:
    """A queue for each worker."""
    if lab.knobs["channel"] != "queue":
        return {}
    return {"to %d" % worker: queue() for worker in range(lab.count)}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Make the pipes, or the memory: files of the run, which workers of every kind can open."""
    if prepared["channel"] == "pipe":
        if not hasattr(os, "mkfifo"):
            raise CannotPrepare("this system has no pipes with a name; allowed: queue, memory")
        for worker in range(lab.count):
            os.mkfifo(pipe_to(lab.directory, worker), 0o600)
    if prepared["channel"] == "memory":
        for name in ("memory", "plain memory"):
            ring.reserve(os.path.join(lab.directory, name), (lab.count // 2 + 1) * place_bytes(prepared["size"]))
    return {"workers": lab.count, "directory": lab.directory, "shown": trip_times.create(lab.directory, lab.count)}


def ops(worker: int, amount: int | None, channel: str, size: int, workers: int, directory: str, shown: str) -> Ops:
    """The worker's ops, for the channel that its messages take."""
    partner = worker ^ 1
    if partner == workers:
        return sit_out()
    if channel == "queue":
        return to_and_fro(worker, amount, size, shown, partial(Put, "to %d" % partner), Get("to %d" % worker))
    if channel == "pipe":
        mine, other = pipes = pipes_of(worker, directory)
        hear = Block(receive, mine, size)
        return to_and_fro(worker, amount, size, shown, partial(Block, send, other), hear, pipes=pipes)
    memory = Memory(worker, size, os.path.join(directory, "memory"))
    return to_and_fro(worker, amount, size, shown, partial(Call, memory.say), Call(memory.hear), memory.has_come)


def sit_out() -> Ops:
    yield A_MOMENT
    return 0, None


def to_and_fro(
    worker: int,
    amount: int | None,
    size: int,
    shown: str,
    say: Callable[[bytes], Op],
    hear: Op,
    has_come: Optional[Callable[[], bool]] = None,
    pipes: Sequence[int] = (),
) -> Ops:
    """Messages and their way back. `say` makes the op that sends one, and `hear` is the op that receives one, once it
    `has_come`: None where `hear` waits for that itself. Gives how many came back, and the median of the last thousand
    round trips, in µs."""
    board = show_on(shown)
    took: Deque[int] = deque(maxlen=LAST)
    came_back = 0
    for number in rounds(amount):
        if worker % 2:
            while has_come and not has_come():
                yield A_MOMENT
            message = yield hear
            yield say(message)
            continue
        message = message_of(number, size)
        sent = perf_counter_ns()
        yield say(message)
        while has_come and not has_come():
            yield A_MOMENT
        returned = yield hear
        took.append(perf_counter_ns() - sent)
        expect(returned == message, f"message {number} came back as {returned[:40]!r}")
        came_back += 1
        show_trips(board, worker, came_back, took)
    for pipe in pipes:
        os.close(pipe)
    return came_back, median(took) / 1000 if took else None


def answer(results: List[Tuple[int, Optional[float]]]) -> int:
    """How many messages came back as they were sent."""
    return sum(came_back for came_back, _ in results)


@contextmanager
def talk(worker: int, things: Any, channel: str, size: int, workers: int, directory: str, shown: str) -> Iterator[Any]:
    """How plain code sends to a worker's partner and receives, for workers that may block
    (lab/beside/plain_messages.py)."""
    if channel == "queue":
        yield things["to %d" % (worker ^ 1)].put, things["to %d" % worker].get
    elif channel == "pipe":
        mine, other = pipes = pipes_of(worker, directory)
        yield partial(send, other), partial(receive, mine, size)
        for pipe in pipes:
            os.close(pipe)
    else:
        memory = Memory(worker, size, os.path.join(directory, "plain memory"))
        yield memory.say, memory.wait


# --- a pipe each


def pipe_to(directory: str, worker: int) -> str:
    return os.path.join(directory, "to-%d" % worker)


def pipes_of(worker: int, directory: str) -> Tuple[int, ...]:
    """The pipe to a worker, and that to its partner; open both ways, as opening for one would wait for the partner."""
    return tuple(os.open(pipe_to(directory, one), os.O_RDWR) for one in (worker, worker ^ 1))


def send(pipe: int, message: bytes) -> None:
    while message:
        message = message[os.write(pipe, message) :]


def receive(pipe: int, size: int) -> bytes:
    message = b""
    while len(message) < size:
        message += os.read(pipe, size - len(message))
    return message


# --- memory that both have mapped


def place_bytes(size: int) -> int:
    return 8 + (size + 7) // 8 * 8


class Memory:
    """A pair's place in a mapped file: a word that counts what has been said, and the last message. The first of the
    pair says the odd ones, so the count tells whose turn it is."""

    def __init__(self, worker: int, size: int, path: str) -> None:
        self._block, words = ring.map_words(path)
        start = worker // 2 * place_bytes(size)
        self._count, self._message = words[start // 8 : start // 8 + 1], slice(start + 8, start + 8 + size)
        self._turn = worker % 2

    def say(self, message: bytes) -> None:
        self._block[self._message] = message
        self._count[0] += 1  # last, as the partner waits for it

    def has_come(self) -> bool:
        return self._count[0] % 2 == self._turn

    def hear(self) -> bytes:
        return self._block[self._message]

    def wait(self) -> bytes:
        while not self.has_come():
            time.sleep(0)
        return self.hear()


JOB = Job(
    name="ping-pong",
    title="Ping-pong",
    summary="Pairs send a message to and fro",
    claim="Talking is free between threads and coroutines, and dear between processes",
    unit="steps",
    look="trips",
    order=14,
    uses=(Call, Block, Sleep, Put, Get),
    shared=shared,
    together=True,
    in_a_loop={"channel": ("queue", "memory")},
    solo=False,
    knobs=(
        Knob(
            "channel",
            "Channel",
            "queue",
            choices=("queue", "pipe", "memory"),
            text="What messages go through between the two of a pair",
        ),
        Knob(
            "message",
            "Message",
            64,
            16,
            1_000_000,
            unit="bytes",
            text="The size of a message: larger ones take longer to copy",
        ),
    ),
    prepare=prepare,
    beside=beside,
    # how often one has to look into memory is not known
    count_ops=lambda amount, channel, **prepared: 0 if channel == "memory" else 2 * amount,
    ops=ops,
    talk=talk,
    answer=answer,
)
