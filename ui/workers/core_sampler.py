"""CoreSampler: reads how busy every core is, ten times a second, and once a second what the app itself costs. Samples
wait in a queue until the UI draws."""

from __future__ import annotations

import os
import threading
import time
from collections import deque

import psutil
from PySide6.QtCore import QThread

from playground.figures.core_threads import CoreThreads
from playground.figures.process_tree import LINUX
from playground.hosts import HERE, CoreMeter, CoreSample
from ui.loop.apart import apart

EVERY_S = 0.1
OWN_EVERY = 10  # samples between looks at the app's own cost


class CoreSampler(QThread):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cores")
        self.app_cpu = 0.0  # cores that this process used over the last second
        self._samples: deque[CoreSample] = deque(maxlen=600)
        self._over = threading.Event()

    def take(self) -> list[CoreSample]:
        """The samples since the last call."""
        taken = []
        while self._samples:
            taken.append(self._samples.popleft())
        return taken

    def shut_down(self) -> None:
        self._over.set()
        self.wait()

    def _take(self, meter: CoreMeter, threads: CoreThreads, ours: frozenset[int]) -> None:
        self._samples.append(meter.sample(threads.look(ours) if LINUX else None))

    def run(self) -> None:
        meter, threads, ours = HERE.meter(), CoreThreads(), frozenset((os.getpid(),))
        own, own_at, own_before = psutil.Process(), time.perf_counter(), _seconds(psutil.Process())
        if LINUX:
            threads.look(ours)  # the first look only sets the start: no sample has what threads used before
        due, rounds = time.perf_counter() + EVERY_S, 0
        while not self._over.wait(max(0.0, due - time.perf_counter())):
            apart(self._take, meter, threads, ours)
            due = max(due + EVERY_S, time.perf_counter())
            rounds += 1
            if rounds % OWN_EVERY == 0:
                now, used = time.perf_counter(), _seconds(own)
                self.app_cpu = (used - own_before) / (now - own_at)
                own_at, own_before = now, used
        threads.close()


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
