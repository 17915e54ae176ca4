"""What threads do that are no workers: those that the user's code starts (born_threads.py), and those of the lab's own
that burn CPU time worth mentioning. They are looked at from outside, as watched workers are (thread_looks.py); samples
go to `started.ring`, each with the number of its thread's line in `born`.

At most sixteen threads are looked at, at a time."""

from __future__ import annotations

import json
import os
import time
from typing import Dict, List, Set, Tuple

from ..wire import ring
from . import born_threads
from .thread_looks import BEGINS, PERIOD_NS, Calls, Looker, Thread

clock = time.perf_counter_ns

MOST, PER_TICK = 16, 8
FIND_NS = 250_000_000
BURNS = 0.02  # of a core: what a thread of the lab's own has to take to be looked at
TOO_MANY = 256  # threads of a process: to look through them would cost more than it tells
LATE_NS = PERIOD_NS

Key = Tuple[int, int]  # process and thread


class Started(Looker):
    SAMPLES = "started.ring"

    def __init__(self, directory: str, calls: Calls, place: int = ring.HERE) -> None:
        super().__init__(directory, calls, place)
        self._path = os.path.join(directory, born_threads.FILE)
        self._file = os.open(self._path, os.O_RDONLY)
        self._rest, self._lines = b"", 0
        self._waiting: List[Tuple[int, Key]] = []  # lines of threads for which there is no room yet
        self._live: Dict[int, Thread] = {}
        self._known: Set[Key] = set()
        self._ran: Dict[Key, int] = {}  # CPU time of the lab's own threads at the last look
        self._next, self._find_at = 0, 0

    def sample(self, now: int) -> None:
        self.due = now + PERIOD_NS
        self._read_lines()
        if now >= self._find_at:
            self._find_at = now + FIND_NS
            self._find()
        live = list(self._live)
        first = self._next % len(live) if live else 0
        turn = (live[first:] + live[:first])[:PER_TICK]
        self._next = first + len(turn)
        for number in turn:
            self._look_at(number)

    # -- which there are

    def _read_lines(self) -> None:
        text = self._rest + os.read(self._file, 65536)
        *lines, self._rest = text.split(b"\n")
        for told in lines:
            one = json.loads(told)
            self._known.add((one["pid"], one["tid"]))
            self._waiting.append((self._lines, (one["pid"], one["tid"])))
            self._lines += 1
        while self._waiting and len(self._live) < MOST:
            self._open(*self._waiting.pop(0))

    def _open(self, number: int, key: Key) -> None:
        if key in self._lanes():  # a lane tells of it; or it is a greenlet that goes by the name of a thread
            return
        try:
            thread = self._live[number] = Thread(*key, self._gil_of(key[0]), self._calls)
            _, cpu, core_wait = thread.look(True)
        except OSError:  # it has ended already
            self._live.pop(number, None)
            return
        self._put(clock(), cpu, core_wait, number, thread.core, BEGINS, 0)

    def _lanes(self) -> Set[Key]:
        return {(words[ring.W_PID], words[ring.W_TID]) for words in self._workers if not words[ring.W_ENDED]}

    def _gil_of(self, pid: int) -> int:
        own = (words[ring.W_GIL_ADDRESS] for words in self._workers if words[ring.W_PID] == pid)
        return next(own, 0)

    def _find(self) -> None:
        """Write a line for each thread of the lab's processes that has none and burns CPU time."""
        workers = self._lanes()
        ran: Dict[Key, int] = {}
        for pid in {pid for pid, _ in workers if pid}:
            for tid in _threads_of(pid):
                key = (pid, tid)
                if key in self._known or key in workers:
                    continue
                taken = ran[key] = _ran(pid, tid)
                if taken - self._ran.get(key, taken) > BURNS * FIND_NS:
                    born_threads.append(self._path, born_threads.line(pid, tid, 0, -1, _name_of(pid, tid)))
                    self._known.add(key)
        self._ran = ran

    # -- what they do

    def _look_at(self, number: int) -> None:
        thread = self._live[number]
        before = clock()
        try:
            state, cpu, core_wait = thread.look(True)
        except OSError:
            del self._live[number]
            thread.close()
            return
        now = clock()
        if now - before < LATE_NS:  # else the probe lost its core, and the time would be wrong
            self._put((before + now) >> 1, cpu, core_wait, number, thread.core, state, 0)


def _threads_of(pid: int) -> List[int]:
    try:
        names = os.listdir("/proc/%d/task" % pid)
    except OSError:
        return []
    return [int(name) for name in names] if len(names) <= TOO_MANY else []


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(200)
    except OSError:
        return b""


def _ran(pid: int, tid: int) -> int:
    return int((_read("/proc/%d/task/%d/schedstat" % (pid, tid)).split() or (b"0",))[0])


def _name_of(pid: int, tid: int) -> str:
    name = b"main thread" if tid == pid else _read("/proc/%d/task/%d/comm" % (pid, tid))
    return name.decode("utf-8", "replace").strip()
