"""Watches one lab until it ends. It does not look at regular times: what it looks at has rhythms of its own (5 ms of
the GIL, naps of 10 ms), with which regular looks would keep step."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator

from tests.truth.kernel import Tree
from tests.truth.machine import Machine

PERIOD_S = 0.002  # mean time between two looks at all threads
LOOKS_PER_S = 1200  # of all threads together, at most
COUNT_S, GROW_S, MACHINE_S = 0.01, 0.025, 0.1
FAVOUR = 1  # among those that run before all others


@contextlib.contextmanager
def favoured() -> Iterator[None]:
    """It has to look when it is to look. One that waits for a core looks when somebody has given one up: it then sees
    more sleep than there is. Only this thread, and only meanwhile; where that is not allowed, it is one of all."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(FAVOUR))
    except (AttributeError, OSError):
        yield
        return
    try:
        yield
    finally:
        usual = os.SCHED_OTHER | os.SCHED_RESET_ON_FORK  # only root may take the flag back
        os.sched_setscheduler(0, usual, os.sched_param(0))


class Observer:
    def __init__(self, pid: int, interval_us: int = 5000) -> None:
        self.tree = Tree(pid, interval_us)
        self.machine = Machine()
        self.cost = 0.0  # cores
        self._random = random.Random(1)
        self._count_at = self._grow_at = self._machine_at = 0.0

    def watch(self, over: Callable[[], object]) -> None:
        with favoured():
            self._watch(over)

    def _watch(self, over: Callable[[], object]) -> None:
        began, used = time.perf_counter(), time.thread_time()
        while not over():
            self.look()
            busy = sum(len(process.threads) for process in self.tree.processes.values())
            time.sleep(max(PERIOD_S, busy / LOOKS_PER_S) * self._random.uniform(0.5, 1.5))
        self._count(time.perf_counter())
        self.cost = (time.thread_time() - used) / (time.perf_counter() - began)

    def look(self) -> None:
        now = time.perf_counter()
        if now >= self._grow_at:
            self.tree.grow()
            self._grow_at = now + GROW_S
        if now >= self._count_at:
            self._count(now)
            self._count_at = now + COUNT_S
        if now >= self._machine_at:
            self.machine.count(now)
            for process in self.tree.processes.values():
                process.count_bytes(now)
            self._machine_at = now + MACHINE_S
        for process in self.tree.processes.values():
            process.each("look")
            process.look_for_gil(now)
            if process.gil is not None and process.threads:
                try:
                    process.gil.sample(time.perf_counter())
                except ProcessLookupError:
                    continue

    def _count(self, now: float) -> None:
        for process in self.tree.processes.values():
            process.each("count", now)
        self.tree.cpu.add(now, sum(process.cpu() for process in self.tree.processes.values()))

    def close(self) -> None:
        self.tree.close()
