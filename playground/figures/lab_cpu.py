"""What a lab takes of the cores that belongs to no worker: start-up, the loop, threads that own code starts, helpers.

All CPU time of the lab's processes is known exactly (process_tree.py), and so is what its workers took (their own
records). The rest is the lab's. On which cores it was its threads tell (core_threads.py). Looked at from the thread
that polls the run, never from the one that draws."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.figures.core_threads import CoreThreads, WorkerThreads
from playground.figures.process_tree import CORE, LINUX, PROC, Tree, clock_of, stat_of, tree_of

SEARCH_NS, SOON_NS, THREADS_NS = 200_000_000, 80_000_000, 50_000_000
EACH_NS = 2_000_000  # more processes are looked at less often
KEPT = 8192  # looks: more than two minutes
clock = time.perf_counter_ns
STARTING_NS = 1_500_000_000


@dataclass(frozen=True)
class Part:
    """Of some time: what the lab's own threads ran on each core (ns), and the process that watches it."""

    start: int
    end: int
    on_core: Mapping[int, int] = field(default_factory=dict)
    probe: Mapping[int, int] = field(default_factory=dict)


class LabCpu:
    def __init__(self) -> None:
        self._looks = [(clock(), 0)]  # when, and ns that the whole lab had taken by then
        self._parts: list[Part] = []
        self._tree: Tree | None = None
        self._threads, self._probe = CoreThreads(), ProbeClock()
        self._next = self._search_at = self._threads_at = 0

    # -- from the thread that polls

    def look(self, lab: int | None, probe: int | None, workers: Callable[[], WorkerThreads]) -> None:
        """Does nothing while it is not time yet."""
        now = clock()
        if lab is None or now < self._next:
            return
        if self._tree is None:
            self._tree = tree_of(lab)
        # What a process took before it was found would count from then on: so while a lab starts, each look searches.
        search, before = now >= self._search_at or now - self._looks[0][0] < STARTING_NS, self._tree.pids
        self._keep(now, self._tree.look(search))
        many = len(self._tree.pids) * EACH_NS
        if LINUX and now >= self._threads_at:
            since = self._parts[-1].end if self._parts else self._looks[0][0]
            on_core = self._threads.look(self._tree.pids, workers(), search)
            self._parts.append(Part(since, now, on_core, self._probe.look(probe)))
            self._threads_at = now + max(THREADS_NS, 2 * many)
        self._next = now + (many if LINUX else SEARCH_NS)
        if search:  # while there are ever new ones, seldom would be too late: whose their time was is painted now
            self._search_at = now + (SOON_NS if self._tree.pids != before else max(SEARCH_NS, 3 * many))

    def _keep(self, now: int, total: int) -> None:
        if len(self._looks) >= KEPT:  # new lists: somebody may be reading the old ones
            self._looks = self._looks[:1] + self._looks[KEPT // 2 :]
            self._parts = self._parts[len(self._parts) // 2 :]
        self._looks.append((now, total))

    def close(self) -> None:
        """The lab is gone; what was seen stays readable."""
        self._threads.close()

    @property
    def processes(self) -> Mapping[int, int]:
        """Those of the lab at the last look, and when they began (in ticks since boot)."""
        return {} if self._tree is None else self._tree.started

    # -- from any thread

    @property
    def known(self) -> bool:
        return len(self._looks) > 1

    def spent_ns(self, moment: int) -> float:
        """What the lab had taken until then, all its processes together."""
        looks = self._looks
        after = bisect_right(looks, (moment, float("inf")))
        if after in (0, len(looks)):
            return float(looks[min(after, len(looks) - 1)][1])
        (start, before), (end, total) = looks[after - 1], looks[after]
        return before + (total - before) * (moment - start) / (end - start)

    def parts(self, first: int, last: int) -> list[tuple[Part, float]]:
        """What touches the time between two moments, and how much of it lies in there."""
        found = []
        for part in reversed(self._parts):
            if part.end <= first:
                break
            inside = min(part.end, last) - max(part.start, first)
            if inside > 0:
                found.append((part, inside / (part.end - part.start)))
        return found


class ProbeClock:
    """The process beside a lab that watches it: what it ran since the look before, and where."""

    def __init__(self) -> None:
        self._ran = 0

    def look(self, pid: int | None) -> dict[int, int]:
        fields = None if pid is None else stat_of(f"{PROC}/{pid}/stat")
        if pid is None or fields is None:
            return {}
        try:
            before, self._ran = self._ran, time.clock_gettime_ns(clock_of(pid))
        except OSError:
            return {}
        return {int(fields[CORE]): self._ran - before}
