"""On which cores the threads of some processes ran: for each thread, the system tells how long it ran since the last
look, and on which core last. Threads that are workers are left out, as they have records of their own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

from playground.figures.process_tree import CORE, PROC

MOST_THREADS = 64  # that one look reads
LEAST_NS = 500_000  # a thread that ran less is not asked for its core

WorkerThreads = Mapping[int, frozenset[int]]  # process → threads in it that are workers now
NONE: WorkerThreads = {}


class _Thread:
    """A thread's files in /proc. They stay open: reading takes a fifth of the time of opening."""

    __slots__ = ("_stat", "_times", "ran")

    def __init__(self, pid: int, tid: int) -> None:
        place = f"{PROC}/{pid}/task/{tid}"
        self._times = os.open(f"{place}/schedstat", os.O_RDONLY)
        try:
            self._stat = os.open(f"{place}/stat", os.O_RDONLY)
        except OSError:
            os.close(self._times)
            raise
        self.ran = 0  # ns of its CPU time that have been counted

    def ran_until_now(self) -> int:
        return int(os.pread(self._times, 100, 0).split()[0])

    def core(self) -> int:
        return int(os.pread(self._stat, 1000, 0).rpartition(b")")[2].split()[CORE])

    def close(self) -> None:
        os.close(self._times)
        os.close(self._stat)


class CoreThreads:
    def __init__(self) -> None:
        self._known: dict[int, _Thread] = {}
        self._were_workers: set[int] = set()
        self._listed: dict[int, tuple[int, list[int]]] = {}  # process → how many threads it had, and which
        self._only_workers: dict[int, frozenset[int]] = {}  # process → its workers, if it had no other threads

    def look(self, pids: frozenset[int], workers: WorkerThreads = NONE, search: bool = True) -> dict[int, int]:
        """Core → ns since the look before. Without `search`, processes that had only workers are left out."""
        on_core: dict[int, int] = {}
        seen = set[int]()
        for pid in pids:
            own = workers.get(pid, frozenset())
            if not search and own and self._only_workers.get(pid) == own:
                continue
            self._were_workers |= own
            for tid in self._own_threads(pid, own)[: MOST_THREADS - len(seen)]:
                seen.add(tid)
                with contextlib.suppress(OSError, IndexError):  # it has ended
                    self._look_at(pid, tid, on_core)
        self._forget(seen, pids)
        return on_core

    def _own_threads(self, pid: int, workers: frozenset[int]) -> list[int]:
        place = f"{PROC}/{pid}/task"
        try:
            count = os.stat(place).st_nlink - 2  # noqa: PTH116 (many times a second)
            if count == len(workers):
                self._only_workers[pid] = workers
                return []
            self._only_workers.pop(pid, None)
            before, listed = self._listed.get(pid, (0, []))
            if before != count:
                listed = [int(name) for name in os.listdir(place)]  # noqa: PTH208
                self._listed[pid] = (count, listed)
        except OSError:
            return []
        return [tid for tid in listed if tid not in workers]

    def _look_at(self, pid: int, tid: int, on_core: dict[int, int]) -> None:
        thread = self._known.get(tid)
        if thread is None:
            thread = self._known[tid] = _Thread(pid, tid)
            if tid in self._were_workers:  # its time as a worker is in the worker's records
                thread.ran = thread.ran_until_now()
        since = thread.ran_until_now() - thread.ran
        if since >= LEAST_NS:  # less is counted at a later look
            core = thread.core()
            on_core[core] = on_core.get(core, 0) + since
            thread.ran += since

    def _forget(self, seen: set[int], pids: frozenset[int]) -> None:
        for tid in self._known.keys() - seen:
            self._known.pop(tid).close()
        for known in (self._listed, self._only_workers):
            for pid in known.keys() - pids:
                del known[pid]

    def close(self) -> None:
        self._forget(set(), frozenset())
