"""Ping-pong: workers in pairs, in which one sends a message and the other sends it back. The time of such a round trip
is what it costs to talk, and depends on who talks and over what. With an odd number of workers the last one has no
partner, and sits out."""

from __future__ import annotations

import mmap
import os
import time
from collections import deque
from contextlib import contextmanager
from functools import partial
from statistics import median
from time import perf_counter_ns
from typing import Any, Callable, Deque, Dict, Iterator, List, Optional, Tuple

from ..wire import ring, trip_times
from ..wire.cannot_prepare import CannotPrepare
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Block, Call, Get, Ops, Put, Shared, Sleep, expect, queue, rounds
from ..wire.trip_times import show_on, show_trips

LAST = trip_times.LAST


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


def count_ops(amount: int, channel: str, **prepared: Any) -> int:
    return 0 if channel == "memory" else 2 * amount  # how often one has to look is not known


def ops(worker: int, amount: int | None, channel: str, size: int, workers: int, directory: str, shown: str) -> Ops:
    """The worker's ops, for the channel that its messages take."""
    partner = worker ^ 1
    if partner == workers:
        return sit_out()
    if channel == "queue":
        return by_queue(worker, partner, amount, size, shown)
    if channel == "pipe":
        return by_pipe(worker, partner, amount, size, directory, shown)
    return by_memory(worker, partner, amount, size, directory, shown)


def answer(results: List[Tuple[int, Optional[float]]]) -> int:
    """How many messages came back as they were sent."""
    return sum(came_back for came_back, _ in results)


@contextmanager
def talk(worker: int, things: Any, channel: str, size: int, workers: int, directory: str, shown: str) -> Iterator[Any]:
    """How plain code sends to a worker's partner and receives, for workers that may block
    (lab/beside/plain_messages.py)."""
    partner = worker ^ 1
    if channel == "queue":
        yield things["to %d" % partner].put, things["to %d" % worker].get
    elif channel == "pipe":
        mine, other = (os.open(pipe_to(directory, one), os.O_RDWR) for one in (worker, partner))
        yield partial(send, other), partial(receive, mine, size)
        os.close(mine)
        os.close(other)
    else:
        yield in_plain_memory(worker, size, directory)


def sit_out() -> Ops:
    yield Sleep(0)
    return 0, None


def told(came_back: int, took: Deque[int]) -> Tuple[int, Optional[float]]:
    """How many came back, and the median of the last thousand round trips, in µs."""
    return came_back, median(took) / 1000 if took else None


# --- a queue each


def by_queue(worker: int, partner: int, amount: int | None, size: int, shown: str) -> Ops:
    mine, other = "to %d" % worker, "to %d" % partner
    board = show_on(shown)
    took: Deque[int] = deque(maxlen=LAST)
    came_back = 0
    for number in rounds(amount):
        if worker % 2:
            message = yield Get(mine)
            yield Put(other, message)
            continue
        message = message_of(number, size)
        sent = perf_counter_ns()
        yield Put(other, message)
        returned = yield Get(mine)
        took.append(perf_counter_ns() - sent)
        expect(returned == message, f"message {number} came back as {returned[:40]!r}")
        came_back += 1
        show_trips(board, worker, came_back, took)
    return told(came_back, took)


# --- a pipe each


def pipe_to(directory: str, worker: int) -> str:
    return os.path.join(directory, "to-%d" % worker)


def send(pipe: int, message: bytes) -> None:
    while message:
        message = message[os.write(pipe, message) :]


def receive(pipe: int, size: int) -> bytes:
    message = b""
    while len(message) < size:
        message += os.read(pipe, size - len(message))
    return message


def by_pipe(worker: int, partner: int, amount: int | None, size: int, directory: str, shown: str) -> Ops:
    mine = os.open(pipe_to(directory, worker), os.O_RDWR)  # both ways: opened for one, it would wait for the partner
    other = os.open(pipe_to(directory, partner), os.O_RDWR)
    board = show_on(shown)
    took: Deque[int] = deque(maxlen=LAST)
    came_back = 0
    for number in rounds(amount):
        if worker % 2:
            message = yield Block(receive, mine, size)
            yield Block(send, other, message)
            continue
        message = message_of(number, size)
        sent = perf_counter_ns()
        yield Block(send, other, message)
        returned = yield Block(receive, mine, size)
        took.append(perf_counter_ns() - sent)
        expect(returned == message, f"message {number} came back as {returned[:40]!r}")
        came_back += 1
        show_trips(board, worker, came_back, took)
    os.close(mine)
    os.close(other)
    return told(came_back, took)


# --- memory that both have mapped: a word that counts what has been said, and the message


def place_bytes(size: int) -> int:
    return 8 + (size + 7) // 8 * 8


def say(block: mmap.mmap, words: memoryview, place: int, message: bytes, count: int) -> None:
    block[place + 8 : place + 8 + len(message)] = message
    words[place // 8] = count  # last, as the partner waits for it


def hear(block: mmap.mmap, place: int, size: int) -> bytes:
    return block[place + 8 : place + 8 + size]


def in_plain_memory(worker: int, size: int, directory: str) -> Tuple[Callable[[bytes], None], Callable[[], bytes]]:
    block, words = ring.map_words(os.path.join(directory, "plain memory"))
    place = worker // 2 * place_bytes(size)
    said = worker % 2  # the count that this worker's next message follows

    def tell(message: bytes) -> None:
        nonlocal said
        say(block, words, place, message, said + 1)
        said += 2

    def listen() -> bytes:
        while words[place // 8] != said:
            time.sleep(0)
        return hear(block, place, size)

    return tell, listen


def by_memory(worker: int, partner: int, amount: int | None, size: int, directory: str, shown: str) -> Ops:
    block, words = ring.map_words(os.path.join(directory, "memory"))
    place = worker // 2 * place_bytes(size)
    board = show_on(shown)
    took: Deque[int] = deque(maxlen=LAST)
    came_back = 0
    for number in rounds(amount):
        if worker % 2:
            while words[place // 8] != 2 * number + 1:
                yield Sleep(0)
            message = yield Call(hear, block, place, size)
            yield Call(say, block, words, place, message, 2 * number + 2)
            continue
        message = message_of(number, size)
        sent = perf_counter_ns()
        yield Call(say, block, words, place, message, 2 * number + 1)
        while words[place // 8] != 2 * number + 2:
            yield Sleep(0)
        returned = yield Call(hear, block, place, size)
        took.append(perf_counter_ns() - sent)
        expect(returned == message, f"message {number} came back as {returned[:40]!r}")
        came_back += 1
        show_trips(board, worker, came_back, took)
    return told(came_back, took)


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
    count_ops=count_ops,
    ops=ops,
    talk=talk,
    answer=answer,
)
