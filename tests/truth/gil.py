"""Who holds the GIL of a process, read from outside through /proc/PID/mem. The process is not asked: `_PyRuntime` is
looked up in the interpreter's symbol table, and the record in it is known by what it must hold: the switch interval,
and the address of a thread state that names a thread of this process.

CPython's record since 3.8: interval (µs), last holder, locked, count of hand-offs; then a condition and a mutex for
the lock, and the same for the forced switch. A futex among these is a wait for the GIL."""

from __future__ import annotations

import os
import struct
from bisect import bisect_left, bisect_right

from tests.truth import elf

RECORD = struct.Struct("<QQi4xQ")
CONDITION, MUTEX = 48, 40  # bytes of glibc's, on 64 bits
WHOLE = RECORD.size + 2 * (CONDITION + MUTEX)
STATE_BYTES = 1024  # of a thread state, in which the number of its thread stands
SELF_AT, TID_AT = 0x10, 0x2D0  # in glibc's record of a thread on x86_64; Python before 3.11 only knows that record
LARGEST_RUNTIME = 1 << 20
FORGET_S = 0.2  # a thread state may be freed, and another made in its place


class NoGil(Exception):
    """Why the GIL of a process cannot be observed."""


class Gil:
    """The GIL of one process. `sample` notes who has it now."""

    def __init__(self, pid: int, interval_us: int = 5000) -> None:
        self.pid = pid
        try:
            self._memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as problem:
            raise NoGil(f"the memory of the lab may not be read: {problem.strerror}") from None
        try:
            self.address = self._search(interval_us)
        except BaseException:
            self.close()
            raise
        self.times: list[float] = []
        self.holders: list[int] = []  # the thread's number, 0 for nobody
        self.counts: list[int] = []
        self._tids: dict[int, int] = {}
        self._forget_at = 0.0

    def close(self) -> None:
        os.close(self._memory)

    def is_within(self, address: int) -> bool:
        return self.address <= address < self.address + WHOLE

    def sample(self, now: float) -> None:
        data = self._copy(self.address, RECORD.size)
        if len(data) < RECORD.size:
            raise ProcessLookupError
        _, state, locked, count = RECORD.unpack(data)
        if now > self._forget_at:
            self._tids.clear()
            self._forget_at = now + FORGET_S
        if locked == 1 and state not in self._tids:
            self._tids[state] = self._thread_of(state)
        self.times.append(now)
        self.holders.append(self._tids[state] if locked == 1 else 0)
        self.counts.append(count)

    def held(self, tid: int, start: float, end: float) -> float | None:
        """The part of the samples in which this thread had it."""
        seen = self.holders[bisect_left(self.times, start) : bisect_right(self.times, end)]
        return seen.count(tid) / len(seen) if seen else None

    def handoffs(self, start: float, end: float) -> float | None:
        """Per second, by the interpreter's own count."""
        first, last = bisect_left(self.times, start), bisect_right(self.times, end) - 1
        if last <= first:
            return None
        return (self.counts[last] - self.counts[first]) / (self.times[last] - self.times[first])

    # -- the search

    def _search(self, interval_us: int) -> int:
        runtime = elf.in_process(self.pid, "_PyRuntime", "python")
        if runtime is None:
            raise NoGil("the interpreter has no symbol _PyRuntime")
        data = self._copy(runtime.address, min(runtime.size, LARGEST_RUNTIME))
        wanted = struct.pack("<Q", interval_us)
        at = data.find(wanted)
        while at >= 0:
            if at % 8 == 0 and at + RECORD.size <= len(data):
                _, state, locked, _ = RECORD.unpack_from(data, at)
                if state > 4096 and locked in (0, 1) and self._thread_of(state):
                    return runtime.address + at
            at = data.find(wanted, at + 1)
        raise NoGil("nothing in _PyRuntime looks like the record of a GIL")

    def _thread_of(self, state: int) -> int:
        """The number of the thread to which a thread state belongs; 0 if it names none of this process."""
        try:
            tids = {int(name) for name in os.listdir(f"/proc/{self.pid}/task")}
        except OSError:
            return 0
        data = self._copy(state, STATE_BYTES)
        words = struct.unpack(f"<{len(data) // 8}Q", data[: len(data) // 8 * 8])
        for word in words:  # 3.11 and later: it stands there
            if word in tids:
                return int(word)
        for word in words:  # before: the address of glibc's record of the thread, which begins with its own address
            if word > 4096 and word % 64 == 0:
                record = self._copy(word, TID_AT + 4)
                if len(record) == TID_AT + 4 and struct.unpack_from("<Q", record, SELF_AT)[0] == word:
                    tid = struct.unpack_from("<I", record, TID_AT)[0]
                    if tid in tids:
                        return int(tid)
        return 0

    def _copy(self, address: int, size: int) -> bytes:
        if not 0 < address < 1 << 63:
            return b""
        try:
            return os.pread(self._memory, size, address)
        except OSError:
            return b""
