"""What workers print: lines in a file of the run directory, in rings of fixed size, so that a flood of them fills
neither memory nor a pipe, and is read only when somebody looks.

In a lab, its worker processes and its subinterpreters `sys.stdout` and `sys.stderr` are streams of this file's own.
They collect what is written until a line is whole, for each worker and thread apart, and write that line with the
worker it comes from (`current_worker.worker`). What C code and other programs write to descriptors 1 and 2 goes through
a pipe to the app (`playground/reading/raw_output.py`).

A ring is written by one process, or one interpreter of it, at a time; its threads take turns at a lock. Usually each
worker has a ring, so that the lines of a quiet worker are not washed away by a loud one. Lines of no worker go to a
ring of the lab's own, or in a worker process to that of the process's last worker. Workers that take turns in one
thread share a ring, and so do very many workers: then each process or interpreter claims one.

File: 8 words; for each ring 8 words; for each worker one word, the count of its lines; then the slots. A slot holds a
line, or a piece of a longer one. The head (slots ever written) moves when a line is there in all its pieces. Words are
of 8 bytes."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Deque, Dict, Iterator, List, Optional, Tuple

from . import current_worker, ring
from .binary_format import Format, Record

FORMAT = Format("output", b"PCPOUTPT", 3)
HEADER_WORDS = RING_WORDS = 8
O_RINGS, O_SLOTS, O_WORKERS = range(2, 5)  # the file's words, after the two that sign it
R_HEAD, R_LINES = range(2)  # a ring's words

ROOM = 104
# `line`: its number in the ring; `length` and `piece`: of this piece, its bytes and its number; `left`: how many follow
SLOT = Record(at="Q", line="Q", worker="i", length="H", piece="B", left="B", text="%ds" % ROOM)
MOST_PIECES = 20  # of a line; what is longer is cut, and says so
MOST_BYTES = ROOM * MOST_PIECES
SLOTS_IN_ALL, MOST_SLOTS = 49_152, 8192  # 6 MB in all, 1 MB for a ring
MOST_RINGS, SHARED_RINGS = 768, 128  # with more workers a ring would be shorter than three of the longest lines

clock = time.perf_counter_ns
RLock, get_ident = threading.RLock, threading.get_ident  # bound now: gevent may replace them later


def create(path: str, workers: int, one_interpreter: bool = True, one_loop: bool = False) -> None:
    """Make the file, with all its room reserved now."""
    rings = 1 if one_loop else workers + 1
    if rings > MOST_RINGS:
        rings = 1 if one_interpreter else SHARED_RINGS
    slots = min(MOST_SLOTS, SLOTS_IN_ALL // rings)
    size = slots_place(rings, workers) + rings * slots * SLOT.size
    with ring.made(path, size, FORMAT) as (_, words):
        words[O_RINGS], words[O_SLOTS], words[O_WORKERS] = rings, slots, workers


def counts_place(rings: int) -> int:
    """The word where the counts of the workers' lines begin."""
    return HEADER_WORDS + rings * RING_WORDS


def slots_place(rings: int, workers: int) -> int:
    """The byte where the slots begin."""
    return (counts_place(rings) + workers) * 8


class Output:
    """The file, as one process or interpreter writes to it."""

    def __init__(self, path: str, home: Optional[int] = None) -> None:
        self._path = path
        self.block, self.words = ring.map_words(path, FORMAT)
        self._each = self.words[O_RINGS] > self.words[O_WORKERS]  # has each worker a ring?
        self._home = home  # the ring for lines of no worker; None: not known yet
        self._rings: Dict[int, _Ring] = {}
        if not self._each and home is None:
            self._home = self._claim()

    def begin(self, worker: int) -> None:
        """A worker begins here. In a worker process its ring takes the lines of no worker from now on."""
        if self._each and self._home != 0:
            self._home = worker + 1

    def put(self, worker: int, lines: List[str]) -> bool:
        """Write whole lines. False: there is no place for them."""
        number = worker + 1 if self._each and worker >= 0 else self._home
        if number is None:
            return False
        to = self._rings.get(number) or self._rings.setdefault(number, _Ring(self, number))
        to.put(worker, lines)
        return True

    def _claim(self) -> Optional[int]:
        """A ring that no other process or interpreter has: whoever makes its file has it. The first is the lab's."""
        for number in range(1, self.words[O_RINGS]):
            try:
                os.close(os.open("%s.%d" % (self._path, number), os.O_CREAT | os.O_EXCL, 0o600))
                return number
            except FileExistsError:
                continue
            except OSError:  # no more files can be made
                break
        return None


class _Ring:
    """One ring of the file. What is printed while this thread already writes here (by a finalizer, or a signal handler)
    must not come in between: it waits until the line is whole."""

    def __init__(self, output: Output, number: int) -> None:
        words = output.words
        rings, workers = words[O_RINGS], words[O_WORKERS]
        begin = HEADER_WORDS + number * RING_WORDS
        self._words = words[begin : begin + RING_WORDS]
        self._counts = words[counts_place(rings) : counts_place(rings) + workers]
        self._block, self._slots = output.block, words[O_SLOTS]
        self._first = slots_place(rings, workers) + number * self._slots * SLOT.size
        self._lock = RLock()
        self._waiting: Deque[Tuple[int, List[str]]] = deque()
        self._busy = False

    def put(self, worker: int, lines: List[str]) -> None:
        with self._lock:
            self._waiting.append((worker, lines))
            if self._busy:
                return
            self._busy = True
            try:
                while self._waiting:
                    self._write(*self._waiting.popleft())
            finally:
                self._busy = False

    def _write(self, worker: int, lines: List[str]) -> None:
        words, block, first, slots, now = self._words, self._block, self._first, self._slots, clock()
        head, line = words[R_HEAD], words[R_LINES]
        for text in lines:
            data = encoded(text)
            left = (len(data) - 1) // ROOM if data else 0
            for piece in range(left + 1):
                part = data[piece * ROOM : (piece + 1) * ROOM] if left else data
                place = first + head % slots * SLOT.size
                SLOT.pack_into(block, place, now, line, worker, len(part), piece, left - piece, part)
                head += 1
            line += 1
            if worker >= 0:
                self._counts[worker] += 1
            words[R_LINES] = line
            words[R_HEAD] = head


def beginning(text: str) -> str:
    """The beginning of a text, as much as one line takes."""
    return text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")


def encoded(text: str) -> bytes:
    if len(text) <= MOST_BYTES:
        data = text.encode("utf-8", "backslashreplace")
        if len(data) <= MOST_BYTES:
            return data
    kept = text[:MOST_BYTES].encode("utf-8", "backslashreplace")[: MOST_BYTES - ROOM].decode("utf-8", "ignore")
    return ("%s … %d more characters" % (kept, len(text) - len(kept))).encode("utf-8")


class Stream(io.TextIOBase):
    """In the place of `sys.stdout` or `sys.stderr`. An unfinished line waits until it is whole, or until its worker
    ends."""

    encoding = "utf-8"
    errors = "backslashreplace"
    name, mode, line_buffering = "<output>", "w", True

    def __init__(self, output: Output, under: Any) -> None:
        self.under = under  # what was here before
        self._output = output
        # worker → thread → the beginning of a line; empty where it was written as a line already, as it was too long
        self._begun: Dict[int, Dict[int, str]] = {}

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        worker, thread = current_worker.worker.get(), get_ident()
        begun = self._begun.get(worker)
        if begun is None:
            begun = self._begun.setdefault(worker, {})
        before = begun.pop(thread, None)
        whole = before + text if before else text
        told = before == ""  # was the beginning of this line written already?
        if "\n" in text or len(whole) > MOST_BYTES:
            lines = whole.split("\n")
            rest = lines.pop()
            if told and lines and not lines[0]:  # print writes a line's end in a call of its own
                del lines[0]
            told = len(rest) > MOST_BYTES
            if told:  # no end in sight
                line = rest if len(text) > MOST_BYTES else beginning(rest)
                lines.append(line)
                rest = rest[len(line) :]
            if lines:
                self._put(worker, lines)
        else:
            rest = whole
        if rest or told:
            begun[thread] = rest
        return len(text)

    def _put(self, worker: int, lines: List[str]) -> None:
        if not self._output.put(worker, lines):
            self.under.write("\n".join(lines) + "\n")

    def end(self, worker: int) -> None:
        """The worker has ended. An unfinished line of its counts as a line."""
        for rest in list(self._begun.pop(worker, {}).values()):
            if rest:
                self._put(worker, [rest])

    def end_all(self) -> None:
        for worker in list(self._begun):
            self.end(worker)

    @property
    def buffer(self) -> Bytes:
        return Bytes(self)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """The descriptor to which a program that is started from here writes."""
        descriptor: int = self.under.fileno()
        return descriptor

    def reconfigure(self, **options: object) -> None:
        """Does nothing: it writes lines, in UTF-8, whatever is asked."""

    def close(self) -> None:
        """Does nothing: it is the run's, and stays open."""


class Bytes(io.RawIOBase):
    """The stream's `buffer`, for code that writes bytes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def close(self) -> None:
        """Does nothing, as the stream's."""


# --- of this process or interpreter

_streams: Tuple[Stream, ...] = ()
_output: Optional[Output] = None
_follows_forks = False


def take(path: str, home: Optional[int] = None) -> None:
    """From now on what is printed here goes to that file. `home`: the ring for lines of no worker, if it is known."""
    global _output, _streams, _follows_forks
    _output = Output(path, home)
    _streams = (Stream(_output, sys.stdout), Stream(_output, sys.stderr))
    sys.stdout, sys.stderr = _streams
    if not _follows_forks and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)  # the rings are the parent's: a child has to take some of its own
        _follows_forks = True


def give_back() -> None:
    """Put the former streams back; unfinished lines are written first."""
    for stream in _streams:
        stream.end_all()
    _forget()


def _forget() -> None:
    global _output, _streams
    if sys.stdout in _streams:
        sys.stdout = sys.stdout.under
    if sys.stderr in _streams:
        sys.stderr = sys.stderr.under
    _output, _streams = None, ()


@contextmanager
def taken(path: str, home: Optional[int] = None) -> Iterator[None]:
    take(path, home)
    try:
        yield
    finally:
        give_back()


@contextmanager
def aside() -> Iterator[None]:
    """Drop what is printed while ops are only tried: the run has not printed it."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def begin(worker: int) -> None:
    if _output is not None:
        _output.begin(worker)


def end(worker: int) -> None:
    for stream in _streams:
        stream.end(worker)
