"""Writes a file whole or not at all: whatever happens in between, the old file is still there. Also a lock on a file,
for those who read, change and write a file that other windows write as well.

Standard library only: the first start uses this before anything is installed."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

OURS, EVERYBODYS = 0o600, 0o666  # the rights of a new file; the user's umask takes its part from the second
IN_USE = (5, 32)  # Windows: another program has the file open just now, often a virus scanner
PATIENCE_S = 2.0
TRY_AGAIN_S = 0.02


def write_whole(path: Path, content: bytes, mode: int = EVERYBODYS, durable: bool = True) -> None:
    with written_whole(path, mode, durable) as file:
        file.write(content)


@contextlib.contextmanager
def written_whole(path: Path, mode: int = EVERYBODYS, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file to write to; it takes its place once the `with` block has ended well. A link keeps pointing to its file,
    and a file that was there keeps its rights. Not `durable`: nobody waits for the disk, and a power cut may leave the
    file empty."""
    place = path.resolve()
    unfinished = place.with_name(f".{place.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if place.exists():
            unfinished.chmod(place.stat().st_mode & 0o777)
        _replace(unfinished, place)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


_BINARY = getattr(os, "O_BINARY", 0)


def _replace(source: Path, target: Path) -> None:
    """Windows refuses while another program has the target open; that is over in a moment."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            source.replace(target)
            return
        except PermissionError as problem:
            if getattr(problem, "winerror", None) not in IN_USE or time.monotonic() > until:
                raise
        time.sleep(TRY_AGAIN_S)


@contextlib.contextmanager
def locked(path: Path, patience_s: float = PATIENCE_S) -> Iterator[bool]:
    """Holds a lock on `path`, a file made for that purpose. The lock ends with its holder, however the holder ends.
    Yields False if somebody else kept the lock all the time, or if no lock is possible here (some network disks); the
    caller then goes on without one."""
    try:
        file = path.open("a+b")
    except OSError:
        yield False
        return
    with file:
        yield _has_come(file, time.monotonic() + patience_s)


def _has_come(file: IO[bytes], until: float) -> bool:
    try:
        while not try_lock(file):
            if time.monotonic() > until:
                return False
            time.sleep(TRY_AGAIN_S)
    except OSError:
        return False
    return True


def try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
