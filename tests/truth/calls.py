"""What a thread waits for, from the system call in which it is: `/proc/PID/task/TID/syscall` has its number and its
arguments, or `running`, for a thread that runs or waits for a core."""

from __future__ import annotations

import os
from collections.abc import Callable

RUN, GIL, LOCK, SLEEP, IO, PIPE = "run", "gil", "lock", "sleep", "io", "pipe"

# name: (number on x86_64, on aarch64); None where there is no such call
NUMBERS = {
    "read": (0, 63),
    "write": (1, 64),
    "poll": (7, None),
    "select": (23, None),
    "nanosleep": (35, 101),
    "wait4": (61, 260),
    "semop": (65, 193),
    "flock": (73, 32),
    "futex": (202, 98),
    "semtimedop": (220, 192),
    "clock_nanosleep": (230, 115),
    "waitid": (247, 95),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "futex_waitv": (449, 449),
    "futex_wait": (455, 455),
}
MACHINES = {"x86_64": 0, "aarch64": 1}
FUTEXES = {"futex", "futex_wait", "futex_waitv"}
WAITS = {"wait4", "waitid", "semop", "semtimedop", "flock"}
SLEEPS = {"nanosleep", "clock_nanosleep"}
COUNT_FIRST, COUNT_SECOND = {"select", "pselect6"}, {"poll", "ppoll"}  # where the number of files stands


def why_not() -> str:
    """Why nothing can be seen here, if so."""
    if not hasattr(os, "uname") or not os.path.exists("/proc/self/syscall"):
        return "this system has no /proc/PID/syscall"
    if os.uname().machine not in MACHINES:
        return f"the system calls of {os.uname().machine} are not known"
    return ""


def names() -> dict[str, str]:
    column = MACHINES[os.uname().machine]
    return {str(numbers[column]): name for name, numbers in NUMBERS.items() if numbers[column] is not None}


class Calls:
    """`is_gil`: whether an address lies in the GIL of that process. What a pipe is, is looked up once per file."""

    def __init__(self, pid: int, is_gil: Callable[[int], bool]) -> None:
        self._pid, self._is_gil = pid, is_gil
        self._names = names()
        self._pipes: dict[str, bool] = {}

    def state(self, text: str) -> str:
        words = text.split(None, 3)
        name = self._names.get(words[0]) if words else None
        if name is None:
            return RUN if words and words[0] == "running" else IO
        if name in FUTEXES:
            return GIL if self._is_gil(int(words[1], 16)) else LOCK
        if name in WAITS:
            return LOCK
        if name in SLEEPS:
            return SLEEP
        if (name in COUNT_FIRST and words[1] == "0x0") or (name in COUNT_SECOND and words[2] == "0x0"):
            return SLEEP
        return PIPE if name in ("read", "write") and self._is_pipe(words[1]) else IO

    def _is_pipe(self, number: str) -> bool:
        if number not in self._pipes:
            try:
                self._pipes[number] = os.readlink(f"/proc/{self._pid}/fd/{int(number, 16)}").startswith("pipe:")
            except OSError:
                return False
        return self._pipes[number]
