"""Rings: the memory-mapped file through which a lab tells what its workers do.

A worker writes one record of 40 bytes for each op it has finished, and keeps a header with its present state, so that a
worker that is blocked shows as blocked while it still is. The reader never asks and never locks: it maps the same file
and looks. A ring outlives its writer, so the last moments of a killed lab can still be read. When the writer laps the
reader, the head (records ever written) tells how many were lost.

All workers of a run share one file: first their headers, then the streams their records go to. Threads and processes
have a stream each, as they write at once. Workers that take turns in one thread share a single stream (a record names
its worker), so that a hundred thousand of them are one more thing to read, and not a hundred thousand.

Header: 32 words of 8 bytes. Record: start, end, CPU time and core wait in ns (u64 each), task u32 (the worker), core
u16, kind u8, flags u8. Little endian, like every machine this runs on.
"""

from __future__ import annotations

import itertools
import mmap
import os
import struct

MAGIC = 0x31474E4952504350  # "PCPRING1"
PROBE_MAGIC = 0x3142524F5250  # "PROBR1"
VERSION = 2

HEADER_BYTES = 256
# native, which packs in half the time of "<", and is the same: 40 and 32 bytes, without gaps
RECORD = struct.Struct("@QQQQIHBB")
PROBE_RECORD = struct.Struct("@QQQII")
SAMPLE = struct.Struct("@QQQIHBB")  # of a thread: when, CPU time, core wait, worker, core, what it did, flags

# header words
(
    W_MAGIC,
    W_VERSION,
    W_PID,
    W_TID,
    W_CAPACITY,
    W_HEAD,
    W_STATE,
    W_SINCE,
    W_THREAD_STATE,
    W_GIL_ADDRESS,
    W_GIL_LAYOUT,
    W_OPS,
    W_TOTAL,
    W_CPU,
    W_CORE_WAIT,
    W_STARTED,
    W_ENDED,
    W_CORE,
    W_FLAGS,
    W_LANES,
    W_STREAMS,
    W_LINE,
    W_DUE,
) = range(23)
HEADER_WORDS = HEADER_BYTES // 8
# … and at their end what the thread's CPU time and core wait were when its present piece began, for a worker that is
# watched from outside
W_BASE_CPU, W_BASE_CORE_WAIT = 30, 31
SLACK_NS = 50_000  # by which Linux may wake a sleeper late, so as to wake several at once
W_IDENT, W_DONE = 28, 29  # the thread, as Python calls it; has the worker done all its job asks for?
WATCHED = 1  # worker's W_FLAGS: what it does now nobody tells; look (thread_looks.py)

# kinds of record, and states of a worker; AFTER: what it waited for was over, and it had not come to go on yet
NONE, RUN, SLEEP, IO, LOCK, PAUSED, TURN, AFTER = range(8)
KIND_NAMES = ("none", "run", "sleep", "io", "lock", "paused", "turn", "after")

CORE_UNKNOWN = 0xFFFF
# record flags, beside 1 for a core that was given up: the wait was a call in the thread of a loop; it was no op, but
# what a worker did between two; whether it still waited, or waited for its turn, is not known (of an op that asked for
# nothing: what it was kept waiting by)
HELD_UP, BETWEEN, DOUBT = 2, 4, 8

# words of the control block, which everything in the run reads. Each has one writer, so that no order undoes another:
# the app's UI thread turns the knobs, the thread that owns the engine stops and pauses, and a run is also stopped by
# its lab (a worker process was killed) and by the way out of a freeze
CONTROL_BYTES = 1088
C_BELL, C_SWITCH_INTERVAL, C_PROBE_RATE, C_BEGUN = range(4)
C_STOP, C_STOP_LAB, C_STOP_OUT = 11, 12, 13
C_PAUSE, C_UNSTAMPED = 16, 17
# … and written by a lab whose workers take turns: how late its loop is (heartbeat.py)
C_LOOP_DUE, C_LOOP_BEATS, C_LOOP_LATE_MAX, C_LOOP_CPU, C_LOOP_COUNTS = 4, 5, 6, 7, 24
C_SWITCHES, C_SWITCHES_TRACED = 8, 9  # how often another worker went on; does greenlet tell, or who resumes them?
C_CALLED = 10  # when a lab's model was called, to make its workers
C_IDLE, C_OVER = 14, 15  # since when nothing can wake a loop; of how many workers in a row the share of time is over
LOOP_COUNTS = CONTROL_BYTES // 8 - C_LOOP_COUNTS
APP, LAB, OUT = range(3)  # who rings
RINGERS = 3
_rung = itertools.count(1)


def stopping(words: memoryview) -> bool:
    """Has anybody asked this run to stop?"""
    return bool(words[C_STOP] or words[C_STOP_LAB] or words[C_STOP_OUT])


def ring_bell(words: memoryview, who: int) -> None:
    """Something else in the block is new: one look at this word before each op tells it. What it says was never there
    before, so that of two who ring at once the one who is overwritten is heard too."""
    words[C_BELL] = next(_rung) * RINGERS + who


def map_words(path: str, writable: bool = True) -> tuple[mmap.mmap, memoryview]:
    """Map a whole file, and give it as words of 8 bytes too."""
    descriptor = os.open(path, (os.O_RDWR if writable else os.O_RDONLY) | getattr(os, "O_BINARY", 0))
    try:
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        block = mmap.mmap(descriptor, 0, access=access)
    finally:
        os.close(descriptor)
    return block, memoryview(block).cast("Q")


class Rings:
    """The whole file, mapped once for all workers of a process."""

    def __init__(self, path: str) -> None:
        self.block, self.words = map_words(path)

    def ring(self, index: int) -> Ring:
        return Ring(self.block, self.words, index)


class Ring:
    """The writer's side of one worker. The hot loop (worker.drive) uses `block`, `words`, `first` and `capacity`
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
        """It is known, and waits for its turn to begin."""
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
        self.words[W_SINCE] = now
        self.words[W_STATE] = state

    def end(self, now: int) -> None:
        self.words[W_STATE] = NONE
        self.words[W_SINCE] = now
        self.words[W_ENDED] = now


def stream_place(lanes: int, capacity: int, stream: int) -> int:
    """Where in the file the records of a stream begin."""
    return lanes * HEADER_BYTES + stream * capacity * RECORD.size


def create(path: str, capacity: int, lanes: int = 1, streams: int = 1) -> None:
    """Make the rings' file; its pages are reserved now, so that a full disk is an error here, not a SIGBUS later."""
    _reserve(path, stream_place(lanes, capacity, streams), MAGIC, capacity)
    block, words = map_words(path)
    for lane in range(lanes):
        words[lane * HEADER_WORDS + W_CAPACITY] = capacity
    words[W_LANES], words[W_STREAMS] = lanes, streams
    words.release()
    block.close()


def create_samples(path: str, capacity: int) -> None:
    _reserve(path, HEADER_BYTES + capacity * SAMPLE.size, PROBE_MAGIC, capacity)


def create_probe(path: str, capacity: int) -> None:
    _reserve(path, HEADER_BYTES + capacity * PROBE_RECORD.size, PROBE_MAGIC, capacity)


def create_control(path: str) -> None:
    _reserve(path, CONTROL_BYTES, 0, 0)


def _reserve(path: str, size: int, magic: int, capacity: int) -> None:
    reserve(path, size, struct.pack("<5Q", magic, VERSION, 0, 0, capacity) if magic else b"")


def reserve(path: str, size: int, header: bytes = b"") -> None:
    """Make a file full-size at once, where the system can."""
    # Short-lived: Windows is not to write its pages to disk all the time.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_SHORT_LIVED", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
        if header:
            os.write(descriptor, header)
    finally:
        os.close(descriptor)
