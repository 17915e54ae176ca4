"""What Windows tells a thread and a process of themselves, and the priorities that they can give themselves. All goes
through a `kernel` that keeps the GIL (ctypes.PyDLL), as the calls stand between ops."""

from __future__ import annotations

from typing import Any

from ..wire.ring import CORE_UNKNOWN

THIS_PROCESS, THIS_THREAD = -1, -2
BELOW_NORMAL, HIGHEST = 0x4000, 2
GROUP = 64  # processors of a group


class Windows:
    def __init__(self, ctypes: Any, kernel: Any) -> None:
        self._kernel = kernel
        self._process, self._thread = ctypes.c_void_p(THIS_PROCESS), ctypes.c_void_p(THIS_THREAD)
        self._by_reference = ctypes.byref
        self._numbers = ctypes.c_ushort * 2  # PROCESSOR_NUMBER: its group, and its number there in the low byte
        # PROCESS_MEMORY_COUNTERS: two numbers of 4 bytes, then sizes; the last but one is what the process has reserved
        self._sizes = ctypes.c_size_t * 9
        self._bytes = ctypes.sizeof(self._sizes)

    def core(self) -> int:
        numbers = self._numbers()
        self._kernel.GetCurrentProcessorNumberEx(self._by_reference(numbers))
        group, number = numbers
        return int(min(group * GROUP + (number & 0xFF), CORE_UNKNOWN))

    def give_way(self) -> None:
        """Lower this process's priority, and that of all it starts."""
        self._kernel.SetPriorityClass(self._process, BELOW_NORMAL)

    def wake_on_time(self) -> None:
        """Raise the calling thread's priority within its process's."""
        self._kernel.SetThreadPriority(self._thread, HIGHEST)

    def memory_mb(self) -> float | None:
        """What this process has reserved and nobody else uses: its commit charge."""
        sizes = self._sizes()
        if not self._kernel.K32GetProcessMemoryInfo(self._process, self._by_reference(sizes), self._bytes):
            return None
        return float(sizes[-2]) / 1e6
