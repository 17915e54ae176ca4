"""Leftovers: the processes that a lab has started, which the app kills so that none outlives the run. On Linux they are
found wherever they have gone (lab/watching/descendants.py); elsewhere they are the lab's process group and its
children, and on Windows its job object."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping

import psutil

from playground.lab.watching import descendants
from playground.start import windows_job


class Leftovers:
    """The leftovers of one lab. No call waits for anything."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._lab = self._since = 0
        self._seen: dict[int, int] = {}  # process → when it started
        self.job = windows_job.Job() if os.name == "nt" else None  # the lab is started in it

    def began(self, lab: int) -> None:
        """The lab has just been started, and has started nothing yet."""
        self._lab, self._since = lab, descendants.started(lab)

    def note(self, seen: Mapping[int, int]) -> None:
        """Add processes that were seen to belong to the lab."""
        self._seen.update(seen)

    def kill(self) -> bool:
        """Kill the lab and all processes that it started. Was any there?"""
        if not self._lab:
            return False
        if self.job is not None:
            return self.job.end_all()
        if not descendants.ABLE:
            return self._kill_elsewhere()
        found = descendants.of(self._lab, self._mark, self._since, self._seen)
        self._seen.update(found)
        if found:
            if descendants.started(self._lab) in (0, self._since):  # else the pid is another program's by now
                with contextlib.suppress(OSError):
                    os.killpg(self._lab, signal.SIGKILL)  # all at once, so that none can start another meanwhile
            descendants.kill(found)
        return bool(found)

    def let_go(self) -> None:
        """The run is over."""
        if self.job is not None:
            self.job.close()

    def _kill_elsewhere(self) -> bool:
        """`kill` without /proc. The processes are listed before any is killed: afterwards their parents are unknown."""
        try:
            lab = psutil.Process(self._lab)
            family = [lab, *lab.children(recursive=True)]
        except psutil.Error:
            family = []
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self._lab, signal.SIGKILL)
        for one in family:
            with contextlib.suppress(psutil.Error):
                one.kill()
        return any(_lives(one) for one in family)


def _lives(one: psutil.Process) -> bool:
    try:
        return bool(one.is_running() and one.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
