"""The kernel's view of a lab: all threads of a process and of its descendants. How long each ran and waited for a core
are the kernel's own sums (`schedstat`); in what it waits otherwise is looked at many times a second (`calls`)."""

from __future__ import annotations

import contextlib
import os
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from pathlib import Path

from tests.truth import calls
from tests.truth.calls import RUN
from tests.truth.gil import Gil, NoGil
from tests.truth.series import Series

CORE = "core"
QUIET_S = 0.1  # a thread that has not run for so long is looked at less often
QUIET_EVERY = 8
SEARCH_S = 0.05


@dataclass(frozen=True)
class Shares:
    """Parts of 1 of a thread's time between two moments."""

    parts: dict[str, float]  # run, core, and what it waited for: gil, lock, sleep, io, pipe
    covered: float  # the part of the time in which it was watched
    samples: int


class Thread:
    def __init__(self, pid: int, tid: int, seen_as: calls.Calls) -> None:
        self.pid, self.tid, self._calls = pid, tid, seen_as
        self._files: list[int] = []
        try:
            for name in ("schedstat", "syscall", "children"):
                self._files.append(os.open(f"/proc/{pid}/task/{tid}/{name}", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            self.close()
            raise
        self._times, self._call, self._children = self._files
        self.cpu, self.waited = Series(), Series()
        self.looked: list[float] = []
        self.states: list[str] = []
        self._ran_at = 0.0
        self._turn = tid

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files = []

    def children(self) -> list[int]:
        """The processes that it has started and that still live."""
        return [int(word) for word in os.pread(self._children, 4096, 0).split()]

    def count(self, now: float) -> None:
        """Its sums. Raises ProcessLookupError when it has ended."""
        cpu, waited, _ = os.pread(self._times, 100, 0).split()
        if not self.cpu.values or float(cpu) != self.cpu.values[-1]:
            self._ran_at = now
        self.cpu.add(now, float(cpu))
        self.waited.add(now, float(waited))

    def look(self) -> None:
        """What it does now."""
        self._turn += 1
        now = time.perf_counter()
        if now - self._ran_at > QUIET_S and self._turn % QUIET_EVERY:
            return
        text = os.pread(self._call, 200, 0).decode()
        self.looked.append((now + time.perf_counter()) / 2)
        self.states.append(self._calls.state(text))

    def shares(self, start: float, end: float) -> Shares:
        """Running and waiting for a core are sums; the rest is split as the samples were."""
        if not self.cpu.times:
            return Shares({}, 0.0, 0)
        first, last = max(start, self.cpu.times[0]), min(end, self.cpu.times[-1])
        length = (last - first) * 1e9
        if length <= 0:
            return Shares({}, 0.0, 0)
        run, core = self.cpu.grown(first, last) / length, self.waited.grown(first, last) / length
        rest = max(0.0, 1.0 - run - core)
        spent, samples = self._waits(first, last)
        total = sum(spent.values())
        parts = {state: rest * part / total for state, part in spent.items()} if total else {"unseen": rest}
        return Shares({RUN: run, CORE: core, **parts}, (last - first) / (end - start), samples)

    def _waits(self, start: float, end: float) -> tuple[dict[str, float], int]:
        """How long it was seen in each kind of wait: a sample stands for half the time to the ones beside it."""
        first, last = bisect_left(self.looked, start), bisect_right(self.looked, end)
        spent: dict[str, float] = {}
        for at in range(first, last):
            before = self.looked[at - 1] if at > first else start
            after = self.looked[at + 1] if at + 1 < last else end
            if self.states[at] != RUN:
                spent[self.states[at]] = spent.get(self.states[at], 0.0) + (after - before) / 2
        return spent, last - first


class Process:
    def __init__(self, pid: int, interval_us: int) -> None:
        self.pid = pid
        self.threads: dict[int, Thread] = {}
        self.ended: list[Thread] = []
        self.read, self.written = Series(), Series()  # bytes, by read() and write() and the like
        self.gil: Gil | None = None
        self.no_gil = ""
        self._interval_us = interval_us
        self._clock = ~pid << 3 | 2  # the kernel's name for the CPU clock of another process
        self._last_cpu = 0.0
        self._search_at = 0.0
        self._calls = calls.Calls(pid, lambda address: self.gil is not None and self.gil.is_within(address))

    def all_threads(self) -> list[Thread]:
        return [*self.threads.values(), *self.ended]

    def cpu(self) -> float:
        """Seconds, of all its threads, those that have ended too; what it was last when the process is gone."""
        with contextlib.suppress(OSError):
            self._last_cpu = time.clock_gettime(self._clock)
        return self._last_cpu

    def look_for_threads(self) -> list[int]:
        """Takes up new ones. Gives the processes that they have started."""
        children: list[int] = []
        with contextlib.suppress(OSError, NotADirectoryError):
            for name in os.listdir(f"/proc/{self.pid}/task"):
                with contextlib.suppress(OSError):
                    if int(name) not in self.threads:
                        self.threads[int(name)] = Thread(self.pid, int(name), self._calls)
                    children += self.threads[int(name)].children()
        return children

    def look_for_gil(self, now: float) -> None:
        if self.gil is None and now >= self._search_at:
            self._search_at = now + SEARCH_S
            try:
                self.gil, self.no_gil = Gil(self.pid, self._interval_us), ""
            except NoGil as why:
                self.no_gil = str(why)
            except OSError:
                self.no_gil = "it has ended"

    def count_bytes(self, now: float) -> None:
        with contextlib.suppress(OSError):
            fields = dict(line.split(": ") for line in Path(f"/proc/{self.pid}/io").read_text().splitlines())
            self.read.add(now, float(fields["rchar"]))
            self.written.add(now, float(fields["wchar"]))

    def each(self, act: str, *given: float) -> None:
        for thread in list(self.threads.values()):
            try:
                getattr(thread, act)(*given)
            except (OSError, ValueError):
                self.ended.append(self.threads.pop(thread.tid))
                thread.close()

    def close(self) -> None:
        for thread in self.threads.values():
            thread.close()
        self.ended += self.threads.values()
        self.threads = {}
        if self.gil is not None:
            self.gil.close()


class Tree:
    """A process and all its descendants."""

    def __init__(self, root: int, interval_us: int = 5000) -> None:
        self.processes = {root: Process(root, interval_us)}
        self.cpu = Series()  # seconds, of all of them
        self._interval_us = interval_us

    def grow(self) -> None:
        for process in list(self.processes.values()):
            for child in process.look_for_threads():
                self.processes.setdefault(child, Process(child, self._interval_us))

    def thread(self, pid: int, tid: int, around: float) -> Thread | None:
        """The one of this number that lived then."""
        process = self.processes.get(pid)
        found = [one for one in (process.all_threads() if process else ()) if one.tid == tid and one.cpu.times]
        return next((one for one in found if one.cpu.times[0] <= around <= one.cpu.times[-1]), None)

    def close(self) -> None:
        for process in self.processes.values():
            process.close()
