"""The mark of an app: the number of its process and when that started. Folders and processes of a run carry it in their
name or environment, so that a later start knows whether the app that made them still lives."""

from __future__ import annotations

import os
from pathlib import Path

import psutil


def mark() -> str:
    """This app's, by which others find out whether it still lives."""
    return _prefix(os.getpid())


def lives(mark: str) -> bool:
    pid = mark.partition("-")[0]
    return pid.isdigit() and _alive(int(pid), mark)


def left_behind(mark: str) -> bool:
    """Is it a mark, and has the app whose it was ended?"""
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
    """When a process started, in a count that setting the clock does not move, or a living app would be swept away."""
    if Path("/proc/self/stat").exists():
        try:
            return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        except (OSError, IndexError) as problem:
            raise psutil.NoSuchProcess(pid) from problem
    return int(psutil.Process(pid).create_time() * 100)
