"""Memory of a run: what its lab takes, and what one more worker costs. Sampled once a second; the largest counts.

The growth of a lab with its workers differs by up to a third of a megabyte between runs of the same recipe (4 threads
with *primes* six times: 0.21 to 0.35 MB, with *mix* 0.08 to 0.42 MB), so a small growth is not shown."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import mean

import psutil

WINDOWS = os.name == "nt"
EVERY_S = 1.0
FIRST_S = 0.3
LEAST_GROWN_MB = 0.7
MOST_LOOKED_AT = 16  # worker processes are alike; reading all of hundreds would cost more than it tells


class MemoryFigures:
    def __init__(self, one_process: bool, several_each: bool = False, at_once: int | None = None) -> None:
        """`several_each`: a worker process has several workers, which share its memory; `at_once`: how many workers
        have memory at one moment, if not all."""
        self.one_process, self.several_each, self.at_once = one_process, several_each, at_once
        self.lab_mb: float | None = None
        self._process_mb: float | None = None  # of a worker process, on average
        self._processes = 0
        self._next = time.monotonic() + FIRST_S

    def sample(self, lab_pid: int | None, worker_pids: Callable[[], set[int]]) -> None:
        now = time.monotonic()
        if lab_pid is None or now < self._next:
            return
        self._next = now + EVERY_S
        lab = _own_mb(lab_pid)
        if lab is not None:
            self.lab_mb = max(self.lab_mb or 0.0, lab)
        if self.one_process:
            return
        pids = sorted(worker_pids())
        sizes = [size for pid in pids[:MOST_LOOKED_AT] if (size := _own_mb(pid)) is not None]
        if sizes:
            self._process_mb = max(self._process_mb or 0.0, mean(sizes))
            self._processes = max(self._processes, len(pids))

    def worker_mb(self, base_mb: float | None, workers: int) -> float | None:
        """A worker process's own memory, or a worker's part of it. For workers inside the lab, a worker's part of the
        lab's growth since before they started, if that is more than chance."""
        if not self.one_process:
            if self._process_mb is None or not self.several_each:
                return self._process_mb
            return self._process_mb * self._processes / workers
        if base_mb is None or self.lab_mb is None:
            return None
        grown = self.lab_mb - base_mb
        return grown / min(workers, self.at_once or workers) if grown >= LEAST_GROWN_MB else None


def _own_mb(pid: int) -> float | None:
    """Memory that would be freed if this process ended (unique set), or its resident set if that is unknown. Windows
    counts a process's own memory itself (its commit charge); for the unique set, psutil would look at each page."""
    try:
        process = psutil.Process(pid)
        if WINDOWS:
            return float(process.memory_info().pagefile) / 1e6
        try:
            size = process.memory_full_info().uss
        except psutil.AccessDenied:
            size = process.memory_info().rss
    except (psutil.Error, OSError):  # the process is gone, or this app has no file descriptor left
        return None
    return float(size) / 1e6
