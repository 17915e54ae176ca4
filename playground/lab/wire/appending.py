"""Files to which several processes append at once: the system puts each piece where the file ends at that moment.

POSIX has O_APPEND for that. On Windows Python's O_APPEND seeks to the end and then writes, so that of two processes
that do so at once one loses its piece: of 24 000 lines from three processes 16 904 were left. There the system itself
has a right to append, and a file that was opened with it can be written, renamed and removed by others meanwhile, as on
POSIX."""

from __future__ import annotations

import builtins
import os
from typing import IO, Any, Callable, Optional

APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)

APPEND_DATA, READ_DATA, SYNCHRONIZE = 0x4, 0x1, 0x100000  # without WRITE_DATA every write goes to the end
SHARE_ALL = 0x7
OPEN_EXISTING, OPEN_ALWAYS = 3, 4
NORMAL = 0x80

Opener = Callable[[str, int], int]


def to_append(path: str, flags: int = APPEND) -> int:
    """A descriptor whose writes are appended; `flags` may add O_CREAT and, in place of O_WRONLY, O_RDWR."""
    return os.open(path, flags, 0o600) if os.name != "nt" else _windows_open(path, flags)


def open(path: str, mode: str, buffering: int = -1) -> IO[bytes]:
    """Python's own `open`, for a file to append to."""
    return builtins.open(path, mode, buffering, opener=opener)


opener: Optional[Opener] = to_append if os.name == "nt" else None


def _windows_open(path: str, flags: int) -> int:
    import _winapi
    import msvcrt

    return windows_open(path, flags, _winapi, msvcrt)


def windows_open(path: str, flags: int, winapi: Any, msvcrt: Any) -> int:
    """Without ctypes, which a subinterpreter of Python 3.12 cannot import."""
    access = APPEND_DATA | SYNCHRONIZE | (READ_DATA if flags & os.O_RDWR else 0)
    how = OPEN_ALWAYS if flags & os.O_CREAT else OPEN_EXISTING
    handle = winapi.CreateFile(path, access, SHARE_ALL, 0, how, NORMAL, 0)
    descriptor: int = msvcrt.open_osfhandle(handle, flags & getattr(os, "O_BINARY", 0))
    return descriptor
