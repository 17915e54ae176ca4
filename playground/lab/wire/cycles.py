"""A fine clock for what a thread has computed, on Windows: the processor's cycles that the system counts for it at each
switch (QueryThreadCycleTime). They are cycles of the time stamp counter, which goes at one speed whatever the processor
does, and so can be made nanoseconds; Microsoft does not promise it. So the speed is measured, and believed only if
several tries agree; and what is made of it stays within a step of the system's own count (clocks.py). Where no such
clock is found, as under Wine, there is None."""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional

SYSTEM: str = sys.platform  # a plain str, so that mypy checks the branches of other systems too
THIS_THREAD = -2
TRIES, TRY_NS = 9, 150_000  # 1.4 ms in all
AGREEING, WITHIN = 3, 0.01  # so many of the fastest tries must agree: in the others, somebody else had the core
SLOWEST, FASTEST = 0.01, 8.0  # cycles in a nanosecond; ARM's counter has 0.024 of them

Clock = Callable[[], int]


def speed(cycles: Clock, now: Clock) -> Optional[float]:
    """Cycles in a nanosecond; None if they do not go evenly."""
    tries = []
    for _ in range(TRIES):
        begun, first = now(), cycles()
        while now() < begun + TRY_NS:
            pass
        counted, took = cycles() - first, now() - begun
        tries.append(counted / took)
    tries.sort()
    fastest = tries[-1]
    if not SLOWEST < fastest < FASTEST or tries[-AGREEING] < fastest * (1 - WITHIN):
        return None
    return fastest


def clock(now: Clock, counter: Optional[Clock] = None) -> Optional[Clock]:
    """Nanoseconds that the calling thread has computed, from any beginning."""
    cycles = counter or _of_this_thread()
    per_ns = None if cycles is None else speed(cycles, now)
    if cycles is None or per_ns is None:
        return None
    ns, read = 1 / per_ns, cycles
    return lambda: int(read() * ns)


def _of_this_thread() -> Optional[Clock]:
    if SYSTEM != "win32":
        return None
    try:
        import ctypes  # a subinterpreter of Python 3.12 cannot have it
    except ImportError:
        return None
    # a call that let go of the GIL would invite the very hand-off that is being watched
    query: Any = getattr(getattr(ctypes, "PyDLL", ctypes.CDLL)("kernel32"), "QueryThreadCycleTime", None)
    if query is None:
        return None
    thread = ctypes.c_void_p(THIS_THREAD)

    def cycles() -> int:
        counted = ctypes.c_uint64()
        query(thread, ctypes.byref(counted))
        return counted.value

    return cycles
