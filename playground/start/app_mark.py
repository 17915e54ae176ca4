"""The mark of an app: the number of its process and the time when that started. The run folders, processes and settings
of an app carry it, so that another app knows whether it still lives."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

ENDED = "ZX"  # states of a process that only waits for its parent to ask how it ended


def mark() -> str:
    """The mark of this app."""
    return _prefix(os.getpid())


def lives(mark: str) -> bool:
    pid = mark.partition("-")[0]
    return pid.isdigit() and _alive(int(pid), mark)


def left_behind(mark: str) -> bool:
    """Is this the mark of an app that has ended?"""
    pid = mark.partition("-")[0]
    return pid.isdigit() and not _alive(int(pid), mark)


def _alive(pid: int, name: str) -> bool:
    try:
        return name.startswith(_prefix(pid))
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # somebody else's process: leave the directory alone
        return True


def _prefix(pid: int) -> str:
    return f"{pid}-{_started(pid)}-"


def _started(pid: int) -> int:
    """When a process started, on a count that does not move when the clock is set: else a living app would be swept
    away."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if fields[0] in ENDED:
                raise psutil.NoSuchProcess(pid)
            return int(fields[19])
        except (OSError, IndexError) as problem:
            raise psutil.NoSuchProcess(pid) from problem
    return int(psutil.Process(pid).create_time() * 100)
