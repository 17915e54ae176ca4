"""Rings: the memory-mapped file through which a lab tells what its workers do.

A worker writes one record for each op it has finished, and keeps a header with its present state, so that a
worker that is blocked shows as blocked while it still is. The reader never asks and never locks: it maps the same file
and looks. A ring outlives its writer, so the last moments of a killed lab can still be read. When the writer laps the
reader, the head (records ever written) tells how many were lost.

All workers of a run share one file: first their headers, then the streams their records go to. Threads and processes
have a stream each, as they write at once. Workers that take turns in one thread share a single stream (a record names
its worker), so that a hundred thousand of them are one more thing to read, and not a hundred thousand.

All is little endian, like every machine this runs on.
"""

from __future__ import annotations

import errno
import itertools
import mmap
import os
from contextlib import contextmanager
from typing import Iterator

from .binary_format import Format, Record

RINGS = Format("rings", b"PCPRING\0", 4)
PROBED = Format("the probe's records", b"PCPROBE\0", 3)
SAMPLED = Format("samples of threads", b"PCPSAMPL", 3)
CONTROL = Format("control words", b"PCPCNTRL", 2)

# `object`: the number of the shared object that the op waited for or took; negative if it gave the object back
RECORD = Record(start="Q", end="Q", cpu="Q", core_wait="Q", task="I", core="H", kind="B", flags="B", object="q")
PROBE_RECORD = Record(t="Q", holder="Q", switches="Q", target="I", locked="I")
SAMPLE = Record(t="Q", cpu="Q", core_wait="Q", worker="I", core="H", state="B", flags="B")

# the words of a worker's header, after the two that sign the file
W_PID, W_TID, W_CAPACITY, W_HEAD = range(2, 6)  # how many records its stream holds, and how many were ever written
W_STATE, W_SINCE = range(6, 8)
W_THREAD_STATE, W_GIL_ADDRESS, W_GIL_LAYOUT = range(8, 11)  # where the probe looks (gil.py)
W_OPS, W_TOTAL, W_CPU, W_CORE_WAIT = range(11, 15)
W_STARTED, W_ENDED = range(15, 17)
W_CORE, W_FLAGS = range(17, 19)
W_LANES, W_STREAMS = range(19, 21)  # in the first header: how many headers the file has, and how many streams
W_LINE, W_DUE, W_OBJECT = range(21, 24)  # … when its sleep is over; the shared object that it waits for now, or 0
W_IDENT, W_DONE = range(24, 26)  # the thread, as Python calls it; has it done all that its job asks for?
W_BASE_CPU, W_BASE_CORE_WAIT = range(26, 28)  # its thread's times when its present piece began, if watched from outside
W_PLACE = 28  # the number of the computer that the worker is on, known before it begins
HEADER_WORDS = 32
HEADER_BYTES = 8 * HEADER_WORDS
NOBODY = memoryview(bytes(HEADER_BYTES)).cast("Q")
HERE = 0  # W_PLACE: the computer that the app runs on
WATCHED = 1  # in a worker's W_FLAGS: nothing reports what it does now; look (thread_looks.py)

# kinds of record, and states of a worker; AFTER: its wait was over, and it had not come to go on yet
NONE, RUN, SLEEP, IO, LOCK, PAUSED, TURN, AFTER = range(8)
KINDS = 8

CORE_UNKNOWN = 0xFFFF
# record flags. SLEPT: the thread gave up its core by itself. HELD_UP: the wait was a call in the thread of a loop.
# BETWEEN: no op, but what a worker did between two. DOUBT: it may have waited still, or have waited for its turn; in an
# op that asked for nothing, the cause of its wait is not known. FAILED: the op was not done, since it raised or the run
# was stopped in it; so what it asked for was not taken
SLEPT, HELD_UP, BETWEEN, DOUBT, FAILED = 1, 2, 4, 8, 16

# words of the control block, which everything in the run reads. Each has one writer, so that no order undoes another:
# the app's UI thread turns the knobs, the thread that owns the engine stops and pauses, and a run is also stopped by
# its lab (a worker process was killed) and by the way out of a freeze
C_BELL, C_SWITCH_INTERVAL, C_PROBE_RATE, C_UNSTAMPED = range(2, 6)
C_PAUSE, C_STOP, C_STOP_LAB, C_STOP_OUT = range(6, 10)
C_OVER = 10  # how many workers, one after the other, have used up their share of the time
C_CALLED, C_BEGUN = range(11, 13)  # when a lab's model was called, to make its workers, and when the first one began
# … and written by a lab whose workers take turns: how late its loop is (heartbeat.py)
C_LOOP_DUE, C_LOOP_BEATS, C_LOOP_LATE_MAX, C_LOOP_CPU = range(13, 17)
C_IDLE = 17  # since when nothing can wake it
C_SWITCHES, C_SWITCHES_TRACED = range(18, 20)  # how often another worker went on; did greenlet report that?
C_LOOP_COUNTS = 20  # from here on: how many beats were how late
LOOP_COUNTS = 112
CONTROL_WORDS = C_LOOP_COUNTS + LOOP_COUNTS
APP, LAB, OUT = range(3)  # who rings
RINGERS = 3
_rung = itertools.count(1)


def stopping(words: memoryview) -> bool:
    """Has anybody asked this run to stop?"""
    return bool(words[C_STOP] or words[C_STOP_LAB] or words[C_STOP_OUT])


def ring_bell(words: memoryview, who: int) -> None:
    """Something else in the block is new: workers see that by one look at this word before each op. Its value was never
    there before, so that if two ring at once the one that is overwritten is heard too."""
    words[C_BELL] = next(_rung) * RINGERS + who


def map_words(path: str, kind: Format | None = None, writable: bool = True) -> tuple[mmap.mmap, memoryview]:
    """Map a whole file; gives the map, and the same as words of 8 bytes. The file has to be of that kind, if one is
    named."""
    descriptor = os.open(path, (os.O_RDWR if writable else os.O_RDONLY) | getattr(os, "O_BINARY", 0))
    try:
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        block = mmap.mmap(descriptor, 0, access=access)
    finally:
        os.close(descriptor)
    words = memoryview(block).cast("Q")
    if kind is not None:
        kind.check(words, path)
    return block, words


class Rings:
    """The whole file, mapped once for all workers of a process."""

    def __init__(self, path: str) -> None:
        self.block, self.words = map_words(path, RINGS)

    def ring(self, index: int) -> Ring:
        return Ring(self.block, self.words, index)


class Ring:
    """The writer's side of one worker. The hot loop (drive.py) uses `block`, `words`, `first` and `capacity`
    directly."""

    __slots__ = ("block", "capacity", "first", "index", "words")

    def __init__(self, block: mmap.mmap, words: memoryview, index: int = 0) -> None:
        self.block = block
        self.words = words[index * HEADER_WORDS : (index + 1) * HEADER_WORDS]
        self.index = index
        self.capacity = self.words[W_CAPACITY]
        stream = index if words[W_STREAMS] > 1 else 0
        self.first = stream_place(words[W_LANES], self.capacity, stream)

    def queue(self, now: int) -> None:
        """The worker is known, and waits for its turn to begin."""
        self.words[W_SINCE] = now
        self.words[W_STATE] = TURN

    def begin(self, tid: int, thread_state: int, now: int, state: int = RUN) -> None:
        words = self.words
        words[W_PID] = os.getpid()
        words[W_TID] = tid
        if thread_state:  # else it may be known already, from outside
            words[W_THREAD_STATE] = thread_state
        words[W_SINCE] = now
        words[W_STATE] = state
        words[W_STARTED] = now

    def enter(self, state: int, now: int) -> None:
        words = self.words
        words[W_SINCE] = now
        words[W_STATE] = state

    def end(self, now: int) -> None:
        self.words[W_OBJECT] = 0
        self.words[W_STATE] = NONE
        self.words[W_SINCE] = now
        self.words[W_ENDED] = now


def stream_place(lanes: int, capacity: int, stream: int) -> int:
    """Where in the file the records of a stream begin."""
    return lanes * HEADER_BYTES + stream * capacity * RECORD.size


def headers_at(words: memoryview, count: int, place: int) -> list[memoryview]:
    """The headers of the first workers; one that is at another place reads as a worker that has not begun, as a process
    there may have the same number as one here."""
    headers = (words[index * HEADER_WORDS : (index + 1) * HEADER_WORDS] for index in range(count))
    return [header if header[W_PLACE] == place else NOBODY for header in headers]


def create(path: str, capacity: int, lanes: int = 1, streams: int = 1, place: int = HERE) -> None:
    """Make the rings' file."""
    with made(path, stream_place(lanes, capacity, streams), RINGS) as (_, words):
        for lane in range(lanes):
            words[lane * HEADER_WORDS + W_CAPACITY] = capacity
        for lane in range(lanes if place != HERE else 0):
            words[lane * HEADER_WORDS + W_PLACE] = place
        words[W_LANES], words[W_STREAMS] = lanes, streams


def create_samples(path: str, capacity: int) -> None:
    _create_stream(path, capacity, SAMPLE, SAMPLED)


def create_probe(path: str, capacity: int) -> None:
    _create_stream(path, capacity, PROBE_RECORD, PROBED)


def _create_stream(path: str, capacity: int, record: Record, kind: Format) -> None:
    with made(path, HEADER_BYTES + capacity * record.size, kind) as (_, words):
        words[W_CAPACITY] = capacity


def create_control(path: str) -> None:
    with made(path, CONTROL_WORDS * 8, CONTROL):
        pass


class Stream:
    """The writer's side of a file with one stream of records, which are not a worker's own."""

    def __init__(self, path: str, record: Record, kind: Format) -> None:
        self.block, self.words = map_words(path, kind)
        self._record = record

    def put(self, *values: int) -> None:
        head = self.words[W_HEAD]
        place = HEADER_BYTES + head % self.words[W_CAPACITY] * self._record.size
        self._record.pack_into(self.block, place, *values)
        self.words[W_HEAD] = head + 1


@contextmanager
def made(path: str, size: int, kind: Format) -> Iterator[tuple[mmap.mmap, memoryview]]:
    """Make a file of that kind, mapped while its beginning is written. It is there in whole or not at all. Its pages
    are reserved now, so that a full disk is an error here, not a SIGBUS later."""
    if os.path.exists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
    new = path + ".new"
    reserve(new, size)
    block, words = map_words(new)
    kind.sign(words)
    yield block, words
    words.release()
    block.close()
    os.rename(new, path)


def reserve(path: str, size: int) -> None:
    """Make a file full-size at once, where the system can."""
    # Short-lived: so Windows does not write its pages to disk all the time.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_SHORT_LIVED", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
    finally:
        os.close(descriptor)
