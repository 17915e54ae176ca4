"""Pausing code that never checks whether it should pause: its processes are stopped, and resumed later; on Linux by a
signal, on Windows by the system. Not on macOS, where nobody ends a stopped lab when the app dies.

Workers that do check get a moment to pause first; if all of them have paused by themselves, nothing is stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

import psutil

from playground.lab.wire import ring
from playground.reading.rings import RingsReader

PATIENCE_NS = 100_000_000
WINDOWS = sys.platform == "win32"
ABLE = sys.platform.startswith("linux") or WINDOWS
clock = time.perf_counter_ns


class Freezer:
    def __init__(self, rings: RingsReader) -> None:
        self.since: int | None = None  # when the processes were stopped; None: they are not stopped
        self.spans: list[tuple[int, int]] = []  # earlier stops: from when to when
        self._rings = rings
        self._asked: int | None = None
        self._stopped: list[int] = []

    def poll(self, paused: bool, lab: int | None) -> None:
        """To be called often. `paused`: is the run to stand still? `lab`: the lab's pid, which is also the number of
        the process group of its workers."""
        if not paused or lab is None or not ABLE:
            self.thaw()
            return
        if self._asked is None:
            self._asked = clock()
        if self.since is None and clock() > self._asked + PATIENCE_NS:
            own = self._busy()
            if own:
                self.since = clock()
                self._stopped = [pid for pid in own if _stopped(pid, lab)]

    def thaw(self) -> None:
        for pid in self._stopped:
            _resumed(pid)
        if self.since is not None:
            self.spans.append((self.since, clock()))
        self.since = self._asked = None
        self._stopped = []

    def all_spans(self, now: int) -> tuple[tuple[int, int], ...]:
        """The earlier stops, and the present one up to `now`."""
        since = self.since
        return (*self.spans,) if since is None else (*self.spans, (since, max(since, now)))

    def _busy(self) -> Iterable[int]:
        """The processes on this computer of all workers that have begun; none if all these workers have paused."""
        begun = (self._rings.column(ring.W_STARTED) > 0) & (self._rings.column(ring.W_ENDED) == 0)
        if (self._rings.column(ring.W_STATE)[begun] == ring.PAUSED).all():
            return []
        begun &= self._rings.column(ring.W_PLACE) == ring.HERE
        return {int(pid) for pid in self._rings.column(ring.W_PID)[begun] if pid}


def _stopped(pid: int, lab: int) -> bool:
    """Stop a process of this lab; was it stopped?"""
    if not WINDOWS:
        return _told(pid, signal.SIGSTOP, lab)
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        if pid == lab or process.ppid() == lab:
            process.suspend()
            return True
    return False


def _resumed(pid: int) -> None:
    if not WINDOWS:
        _told(pid, signal.SIGCONT)
        return
    with contextlib.suppress(psutil.Error, OSError):
        psutil.Process(pid).resume()


def _told(pid: int, number: signal.Signals, group: int | None = None) -> bool:
    """Send a signal; was it sent? With `group`, only to a process of that group: a process may have ended, and its pid
    may be another program's by now."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group is None or os.getpgid(pid) == group:
            os.kill(pid, number)
            return True
    return False
