"""Raw output: text that reaches a lab's descriptors 1 and 2 without its streams: from programs that it starts, from C
code, from forked children. Which worker it comes from cannot be known. A thread of the app reads it from a pipe; here
it waits as lines until it is shown. In a flood the newest lines are kept, and the rest is only counted."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

from playground.lab.wire.output_rings import MOST_BYTES

MOST_LINES = 2000  # that wait to be shown
MOST_LOOKED_AT = 16_384  # bytes of a piece: a full pipe has four times as many
clock = time.perf_counter_ns

RawLine = tuple[int, str, int]  # when it was read, its text, how many lines were passed over before it


class RawOutput:
    def __init__(self) -> None:
        self._lock = Lock()  # between the thread that reads and the one that shows
        self._lines: deque[RawLine] = deque()
        self._begun = b""
        self._missed = 0  # lines passed over before the next one
        self.total = 0  # lines so far

    def feed(self, piece: bytes) -> None:
        """Take over a piece that was read from the pipe."""
        with self._lock:
            passed, piece = piece[:-MOST_LOOKED_AT], piece[-MOST_LOOKED_AT:]
            if passed:
                lines = passed.count(b"\n")
                self.total, self._missed, self._begun = self.total + lines, self._missed + lines, b""
            *whole, self._begun = (self._begun + piece).split(b"\n")
            for line in whole:
                self._keep(line)
            if len(self._begun) >= MOST_BYTES:  # a line that does not end
                self._keep(self._begun)
                self._begun = b""

    def end(self) -> None:
        """The pipe has ended: text without a line end is a line too."""
        with self._lock:
            if self._begun:
                self._keep(self._begun)
            self._begun = b""

    def take(self) -> list[RawLine]:
        """The lines since the last call."""
        with self._lock:
            taken = list(self._lines)
            self._lines.clear()
        return taken

    def _keep(self, line: bytes) -> None:
        text = line[:MOST_BYTES].decode("utf-8", "replace")
        if len(line) > MOST_BYTES:
            text += f" … {len(line) - MOST_BYTES} more bytes"
        self._lines.append((clock(), text, self._missed))
        self._missed = 0
        self.total += 1
        if len(self._lines) > MOST_LINES:
            _, _, missed = self._lines.popleft()
            at, oldest, more = self._lines[0]
            self._lines[0] = at, oldest, more + missed + 1
