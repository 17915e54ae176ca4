"""The CPU time of a lab that belongs to no worker: start-up, the loop, helpers, threads that own code starts.

The CPU time of all the lab's processes is known exactly (process_tree.py), and so is the workers' (their own records).
The rest is the lab's own. Its threads tell on which cores it was (core_threads.py). The thread that polls the run
takes the looks; the thread that draws reads them (lab_time.py)."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping

from playground.figures.core_threads import CoreThreads, WorkerThreads
from playground.figures.process_tree import CORE, LINUX, Tree, clock_of, stat_of, tree_of
from playground.reading.lab_time import CpuLook, Part

SEARCH_NS, SOON_NS, THREADS_NS = 200_000_000, 80_000_000, 50_000_000
EACH_NS = 2_000_000  # more processes are looked at less often
clock = time.perf_counter_ns
STARTING_NS = 1_500_000_000


class LabCpu:
    def __init__(self) -> None:
        self._began = self._told_until = clock()
        self._seen: queue.SimpleQueue[CpuLook] = queue.SimpleQueue()
        self._seen.put(CpuLook(self._began, 0))
        self._tree: Tree | None = None
        self._threads = CoreThreads()
        self._probe_ns = 0  # the CPU time of the probe, as of the last look
        self._next = self._search_at = self._threads_at = 0

    # -- from the thread that polls

    def look(self, lab: int | None, probe: int | None, workers: Callable[[], WorkerThreads]) -> None:
        """Take a look at the lab's processes, if it is time to."""
        now = clock()
        if lab is None or now < self._next:
            return
        if self._tree is None:
            self._tree = tree_of(lab)
        # A process found late would bring all its earlier time at once: so while a lab starts, each look searches.
        search, before = now >= self._search_at or now - self._began < STARTING_NS, self._tree.pids
        total, part = self._tree.look(search), None
        many = len(self._tree.pids) * EACH_NS
        if LINUX and now >= self._threads_at:
            on_core = self._threads.look(self._tree.pids, workers(), search)
            part = Part(self._told_until, now, on_core, self._look_at_probe(probe))
            self._told_until = now
            self._threads_at = now + max(THREADS_NS, 2 * many)
        self._seen.put(CpuLook(now, total, part))
        self._next = now + (many if LINUX else SEARCH_NS)
        if search:  # while new processes keep coming, search often: the owners of their time are painted now
            self._search_at = now + (SOON_NS if self._tree.pids != before else max(SEARCH_NS, 3 * many))

    def _look_at_probe(self, pid: int | None) -> dict[int, int]:
        """How long the probe, the process that watches the lab, ran since the last look, by core."""
        fields = None if pid is None else stat_of(pid)
        if pid is None or fields is None:
            return {}
        try:
            before, self._probe_ns = self._probe_ns, time.clock_gettime_ns(clock_of(pid))
        except OSError:
            return {}
        return {int(fields[CORE]): self._probe_ns - before}

    def close(self) -> None:
        """The lab is gone: close its files. The looks stay readable."""
        self._threads.close()

    @property
    def processes(self) -> Mapping[int, int]:
        """The lab's processes at the last look, and when they began (in ticks since boot)."""
        return {} if self._tree is None else self._tree.started

    # -- from the thread that reads

    def taken(self) -> tuple[CpuLook, ...]:
        """The looks since the last call."""
        return tuple(self._seen.get_nowait() for _ in range(self._seen.qsize()))
