"""A lab and all processes that it started: which there are, and what CPU time they have taken together.

They are found by their session, which the lab leads, or by their parent, as own code may give a process a session of
its own. Linux gives each process's time to the nanosecond. A process that has ended counts through its parent, whose
`stat` has the time of children that it has waited for, or through the time at the last look: whichever is more."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import psutil

LINUX = sys.platform.startswith("linux")
PROC = "/proc"
IN_TURN = 8  # so many processes without known children are asked, at each search, whether they had any
TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10**7
# fields of /proc/PID/stat, counted from the state on
PARENT, GROUP, SESSION, CHILDREN_USER, CHILDREN_SYSTEM, STARTED, CORE = 1, 2, 3, 13, 14, 19, 36


class Tree:
    def __init__(self, lab: int) -> None:
        self._lab = lab
        self.pids: frozenset[int] = frozenset()  # the processes at the last look
        self.started: dict[int, int] = {}  # when each process began, in ticks since boot, where that is known

    def look(self, search: bool) -> int:
        """CPU time in ns that all processes have taken so far. `search`: look for new ones too."""
        raise NotImplementedError


def tree_of(lab: int) -> Tree:
    return LinuxTree(lab) if LINUX else AnyTree(lab)


def clock_of(pid: int) -> int:
    """The number of the clock of a process's CPU time: that of all its threads, also of those that have ended."""
    return ~pid << 3 | 2


def stat_of(pid: int) -> list[bytes] | None:
    """The fields of a process's `stat` file from the state on; None if the process is gone."""
    try:
        with open(f"{PROC}/{pid}/stat", "rb", buffering=0) as file:
            return file.read(1000).rpartition(b")")[2].split()
    except OSError:
        return None


class _Process:
    __slots__ = ("children_ns", "own_ns", "parent", "started")

    def __init__(self, parent: int, started: int) -> None:
        self.parent, self.started = parent, started
        self.own_ns = self.children_ns = 0


class LinuxTree(Tree):
    def __init__(self, lab: int) -> None:
        super().__init__(lab)
        self._live: dict[int, _Process] = {}
        self._parents = {lab}
        self._others: set[int] = set()  # processes that are not of this lab
        self._gone_ns = 0  # CPU time of processes that have ended, as of their last look
        self._most = 0
        self._turn = 0

    def look(self, search: bool) -> int:
        if search:
            self._search()
            self._ask_for_children()
        for pid, one in self._live.items():
            try:
                one.own_ns = time.clock_gettime_ns(clock_of(pid))
            except OSError:  # it has just ended
                continue
        live = sum(one.own_ns for one in self._live.values())
        through_parents = live + sum(one.children_ns for one in self._live.values())
        self._most = max(self._most, through_parents, live + self._gone_ns)
        return self._most

    def _search(self) -> None:
        there = {int(name) for name in os.listdir(PROC) if name.isdigit()}  # noqa: PTH208 (many times a second)
        for pid in self._live.keys() - there:
            self._gone_ns += self._live.pop(pid).own_ns
        self._others &= there
        for pid in sorted(there - self._others - self._live.keys()):  # a parent before its children
            self._look_at_new(pid)
        if self.pids != self._live.keys():
            self.pids = frozenset(self._live)
            self.started = {pid: one.started for pid, one in self._live.items()}

    def _look_at_new(self, pid: int) -> None:
        fields = stat_of(pid)
        if fields is None:
            return
        parent = int(fields[PARENT])
        if pid == self._lab or int(fields[SESSION]) == self._lab or parent in self._live:
            self._live[pid] = _Process(parent, int(fields[STARTED]))
            self._parents.add(parent)
        else:
            self._others.add(pid)

    def _ask_for_children(self) -> None:
        """Read what each process's ended children took. This is done before the clocks are read, so that no time is
        counted twice."""
        known = self._parents & self._live.keys()
        rest = sorted(self._live.keys() - known)
        first = self._turn % len(rest) if rest else 0
        self._turn = first + IN_TURN
        for pid in [*known, *rest[first : first + IN_TURN]]:
            fields = stat_of(pid)
            if fields is not None and int(fields[STARTED]) == self._live[pid].started:
                ticks = int(fields[CHILDREN_USER]) + int(fields[CHILDREN_SYSTEM])
                self._live[pid].children_ns = ticks * TICK_NS


class AnyTree(Tree):
    """The tree on systems other than Linux, from psutil."""

    def __init__(self, lab: int) -> None:
        super().__init__(lab)
        self._live: dict[int, Any] = {}
        self._seconds: dict[int, float] = {}  # CPU time by process, also of those that have ended

    def look(self, search: bool) -> int:
        try:
            if search or not self._live:
                lab = psutil.Process(self._lab)
                self._live = {one.pid: one for one in (lab, *lab.children(recursive=True))}
                self.pids = frozenset(self._live)
        except psutil.Error:
            self._live = {}
        for pid, one in self._live.items():
            try:
                times = one.cpu_times()
            except psutil.Error:
                continue
            self._seconds[pid] = max(self._seconds.get(pid, 0.0), times.user + times.system)
        return round(sum(self._seconds.values()) * 1e9)
