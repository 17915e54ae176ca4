"""What only the operating system knows or does: a thread's core and how long it waited for one, the leash that lets a
lab die with the app, waking on time, a process's own memory. Linux tells all of it. Windows tells a thread's core and a
process's memory; macOS neither. In both, how long a thread waited for a core is unknown, and so is whether it gave up
its core by itself: there records say that the cause of a wait is in doubt.

What is called between ops keeps the GIL, as ctypes.PyDLL does: a call that released it would invite the very hand-off
that is being watched (os.pread in a 4-thread run doubles the hand-offs)."""

from __future__ import annotations

import os
import struct
import sys
import threading
from typing import Any, Callable

from ..wire import clocks
from ..wire.ring import CORE_UNKNOWN, DOUBT
from .windows_calls import Windows

ctypes: Any
try:
    import ctypes
except ImportError:  # a subinterpreter of Python 3.12 cannot have it
    ctypes = None

LINUX = sys.platform.startswith("linux")
try:
    import resource

    _usage_of_thread = resource.RUSAGE_THREAD
except (ImportError, AttributeError):  # Windows; macOS
    _usage_of_thread = -1
_libc = getattr(ctypes, "PyDLL", ctypes.CDLL)(None, use_errno=True) if LINUX and ctypes else None  # PyPy: no PyDLL
SYSTEM: str = sys.platform  # a plain str, so that mypy checks the branches of other systems too
_windows = Windows(ctypes, ctypes.PyDLL("kernel32")) if SYSTEM == "win32" and hasattr(ctypes, "PyDLL") else None

SCHEDSTAT_BYTES = 95
PR_SET_PDEATHSIG = 1
PR_SET_TIMERSLACK = 29
SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}  # system call numbers
SHORT_SLICE_NS = 100_000
SIGKILL = 9  # Windows has no such name
RESET_ON_FORK = 1


class ThreadWatch:
    """Core and core wait of the thread that made it."""

    def __init__(self) -> None:
        self._descriptor = -1
        # Where the cause of a wait cannot be known, the thread's records say so.
        self.doubt = DOUBT if _usage_of_thread < 0 or clocks.coarse else 0
        self._text = ctypes.create_string_buffer(SCHEDSTAT_BYTES + 1) if ctypes else None
        if LINUX:
            try:
                self._descriptor = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
            except OSError:  # out of descriptors, or a kernel without it: core waits stay unknown (0)
                self._descriptor = -1

    def core(self) -> int:
        if _windows is not None:
            return _windows.core()
        if _libc is None:
            return CORE_UNKNOWN
        core = _libc.sched_getcpu()
        return core if core >= 0 else CORE_UNKNOWN

    def core_wait_ns(self) -> int:
        """How long, in all, this thread was ready to run but had no core (run delay of the scheduler)."""
        text = self._schedstat() if self._descriptor >= 0 else b""
        return int(text.split()[1]) if text else 0

    def _schedstat(self) -> bytes:
        if _libc is None or self._text is None:
            return os.pread(self._descriptor, SCHEDSTAT_BYTES, 0)  # lets go of the GIL, which cannot be helped here
        count = _libc.pread(self._descriptor, self._text, SCHEDSTAT_BYTES, 0)
        return bytes(self._text.raw[: max(0, count)])

    def naps(self) -> int:
        """How often this thread gave up its core by itself: tells a wait (for the GIL, a lock) from being pushed
        aside."""
        if _usage_of_thread < 0:
            return 0
        return resource.getrusage(_usage_of_thread).ru_nvcsw

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def die_with_parent(parent: int, told_by: int = SIGKILL) -> None:
    """Be killed when the parent's starting thread ends, or be told so by another signal; end at once if the parent has
    ended already."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, told_by, 0, 0, 0)
    if os.getppid() != parent and sys.platform != "win32":
        os._exit(1)


def when_closed(descriptor: int, end: Callable[[], object]) -> None:
    """Call `end`, in a thread of its own, when the other end of this pipe is closed: its owner is gone."""

    def leash() -> None:
        while os.read(descriptor, 4096):
            pass
        end()

    threading.Thread(target=leash, daemon=True, name="leash").start()


def outlive_parent() -> None:
    """No longer be killed when the parent ends."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)


def wake_on_time() -> None:
    """Have the calling thread woken on time on a full machine: no timer slack, and a short time slice, for which Linux
    (6.12 and later) runs a thread sooner. Needs no rights and costs no CPU; where it is not possible nothing happens.
    What this thread starts does not inherit the slice."""
    if _windows is not None:
        _windows.wake_on_time()
    if _libc is None:
        return
    _libc.prctl(PR_SET_TIMERSLACK, ctypes.c_ulong(1), 0, 0, 0)
    number = SCHED_SETATTR.get(os.uname().machine)
    if number is not None:
        size, policy, priority, deadline, period = 48, 0, 0, 0, 0
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        wish = struct.pack("=IIQiIQQQ", size, policy, RESET_ON_FORK, nice, priority, SHORT_SLICE_NS, deadline, period)
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(0), ctypes.c_char_p(wish), ctypes.c_long(0))


def give_way(step: int) -> int:
    """Be a little nicer than the app, so that a full machine still answers. Gives the niceness reached; Windows has
    a lower priority, but no such number."""
    if hasattr(os, "nice"):
        return os.nice(step)
    if _windows is not None:
        _windows.give_way()
    return 0


def own_memory_mb() -> float | None:
    """The memory that only this process has, counted as the app counts it (memory_use.py): resident memory would
    include the libraries that it shares with others, and what workers add would be lost in that. None where the system
    does not tell it for free."""
    if _windows is not None:
        return _windows.memory_mb()
    try:
        with open("/proc/self/smaps_rollup") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Private_")) * 1024 / 1e6
    except (OSError, ValueError):
        return None
