"""Locks, semaphores, events and queues for workers of one process whose interpreters share no objects. They are made of
pipes, which the operating system keeps: waiting is a read that blocks, without the GIL and without polling.

They can be pickled to another interpreter of this process, as they hold nothing but the numbers of their pipes. A queue
without a limit takes what its pipe holds (64 KB on Linux, thousands of small items); then a put waits, as with a full
queue."""

from __future__ import annotations

import os
import pickle
import struct
from typing import Any

LENGTH = struct.Struct("=Q")


class Semaphore:
    """A pipe with one byte for each worker that may still come in."""

    def __init__(self, size: int = 1) -> None:
        self._reader, self._writer = os.pipe()
        for _ in range(size):
            self.release()

    def acquire(self) -> None:
        os.read(self._reader, 1)

    def release(self) -> None:
        os.write(self._writer, b".")

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *problem: object) -> None:
        self.release()


Lock = Semaphore


class Event(Semaphore):
    """A pipe with one byte, which each waiting worker puts back for the next."""

    def __init__(self) -> None:
        super().__init__(0)

    def set(self) -> None:
        self.release()

    def wait(self) -> None:
        self.acquire()
        self.release()


class Queue:
    def __init__(self, size: int = 0) -> None:
        self._reader, self._writer = os.pipe()
        self._getting, self._putting = Lock(), Lock()
        self._room = Semaphore(size) if size else None

    def put(self, item: Any) -> None:
        text = pickle.dumps(item)
        text = LENGTH.pack(len(text)) + text
        if self._room is not None:
            self._room.acquire()
        with self._putting:
            while text:
                text = text[os.write(self._writer, text) :]

    def get(self) -> Any:
        with self._getting:
            text = self._read(LENGTH.unpack(self._read(LENGTH.size))[0])
        if self._room is not None:
            self._room.release()
        return pickle.loads(text)

    def _read(self, size: int) -> bytes:
        text = b""
        while len(text) < size:
            text += os.read(self._reader, size - len(text))
        return text
