"""Where each thread of this process is, written when the app asks by a signal: the line of each frame, into a file of
the run. That works while all threads wait and none can run Python, which is just when the app asks (stuck.py).

faulthandler writes it, from within the signal. A system without such signals tells nothing."""

from __future__ import annotations

import faulthandler
import os
import signal
from typing import List

SIGNAL = getattr(signal, "SIGRTMIN", 0) + 7  # one that programs do not use themselves
_files: List[int] = []  # open as long as the process, as faulthandler knows only their numbers


def path(directory: str, pid: int) -> str:
    return os.path.join(directory, "stacks.%d" % pid)


def tell(directory: str) -> None:
    """From now on this process writes its stacks when it is asked."""
    if not hasattr(faulthandler, "register") or not hasattr(signal, "SIGRTMIN"):
        return
    try:
        _files.append(os.open(path(directory, os.getpid()), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        faulthandler.register(SIGNAL, _files[-1], all_threads=True)
    except (OSError, RuntimeError, ValueError):  # no descriptor left, no disk; then nobody can tell
        return
