"""Pausing code that never asks whether it should: the system stops its processes, and lets them go on later. On Linux
alone, where the kernel ends a stopped lab too when the app dies.

First those that do ask get the time for it; where all have paused by themselves nothing needs stopping."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

from playground.lab.wire import ring as layout
from playground.reading.rings import RingsReader

PATIENCE_NS = 100_000_000
ABLE = sys.platform.startswith("linux")
clock = time.perf_counter_ns


class Freezer:
    def __init__(self, rings: RingsReader) -> None:
        self.since: int | None = None  # when the processes were stopped that are stopped now
        self.spans: list[tuple[int, int]] = []  # from when to when they were before
        self._rings = rings
        self._asked: int | None = None
        self._stopped: list[int] = []

    def poll(self, paused: bool, lab: int | None) -> None:
        """Often. `paused`: the run is to stand still; its processes are in the group that the lab leads."""
        if not paused or lab is None or not ABLE:
            self.thaw()
            return
        if self._asked is None:
            self._asked = clock()
        if self.since is None and clock() > self._asked + PATIENCE_NS:
            own = self._busy()
            if own:
                self.since = clock()
                self._stopped = [pid for pid in own if _told(pid, signal.SIGSTOP, lab)]

    def thaw(self) -> None:
        for pid in self._stopped:
            _told(pid, signal.SIGCONT)
        if self.since is not None:
            self.spans.append((self.since, clock()))
        self.since = self._asked = None
        self._stopped = []

    def all_spans(self, now: int) -> tuple[tuple[int, int], ...]:
        """Those before, and the one that goes on."""
        since = self.since
        return (*self.spans,) if since is None else (*self.spans, (since, max(since, now)))

    def _busy(self) -> Iterable[int]:
        """The processes here of workers that have begun, if any of them has not paused."""
        begun = (self._rings.column(layout.W_STARTED) > 0) & (self._rings.column(layout.W_ENDED) == 0)
        if (self._rings.column(layout.W_STATE)[begun] == layout.PAUSED).all():
            return []
        begun &= self._rings.column(layout.W_PLACE) == layout.HERE
        return {int(pid) for pid in self._rings.column(layout.W_PID)[begun] if pid}


def _told(pid: int, number: signal.Signals, group: int | None = None) -> bool:
    """A process that has ended meanwhile may have left its number to somebody else's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group is None or os.getpgid(pid) == group:
            os.kill(pid, number)
            return True
    return False
