"""Processes and their threads, read from Linux's /proc. Most functions give nothing for a process that has ended
meanwhile or belongs to another user; `read` and `open_file` raise OSError."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playground.figures.process_tree import GROUP, PARENT, SESSION, stat_of


@dataclass(frozen=True)
class Process:
    pid: int
    state: str
    parent: int
    group: int
    session: int


def read(pid: int, tid: int, name: str) -> bytes:
    with open(f"/proc/{pid}/task/{tid}/{name}", "rb", buffering=0) as file:
        return file.read(400) or b""


def threads(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(entry.name) for entry in os.scandir(f"/proc/{pid}/task")]
    return []


def processes() -> Iterator[Process]:
    for pid in [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]:
        if fields := stat_of(pid):
            yield Process(pid, fields[0].decode(), int(fields[PARENT]), int(fields[GROUP]), int(fields[SESSION]))


def open_file(pid: int, descriptor: int) -> str:
    """What a descriptor stands for: a path, or `pipe:[number]`, `socket:[number]`, `anon_inode:[eventfd]`."""
    return str(Path(f"/proc/{pid}/fd/{descriptor}").readlink())


def open_files(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):  # another user's process, which cannot have a pipe of ours
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                yield str(Path(entry.path).readlink())


def caught(pid: int) -> int:
    """The signals that a process handles, as a bit mask."""
    with contextlib.suppress(OSError, ValueError, StopIteration), open(f"/proc/{pid}/status", "rb") as file:
        return int(next(line for line in file if line.startswith(b"SigCgt")).split()[1], 16)
    return 0
