"""The reader's side of rings: numpy views straight over the mapped file. A pull copies what is new since the last one;
records that were overwritten before they could be read are counted, never guessed."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.lab import ring as layout

RECORD = np.dtype(
    [
        ("start", "<u8"),
        ("end", "<u8"),
        ("cpu", "<u8"),
        ("core_wait", "<u8"),
        ("task", "<u4"),
        ("core", "<u2"),
        ("kind", "u1"),
        ("flags", "u1"),
    ]
)
PROBE_RECORD = np.dtype([("t", "<u8"), ("holder", "<u8"), ("switches", "<u8"), ("target", "<u4"), ("locked", "<u4")])
assert RECORD.itemsize == layout.RECORD.size
assert PROBE_RECORD.itemsize == layout.PROBE_RECORD.size


class RingReader:
    """One ring, read in order. `header` is a live view of its words; `lost` counts what came too late to be read."""

    def __init__(self, path: Path, record: np.dtype[np.void] = RECORD) -> None:
        self.path = path
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self._block: mmap.mmap | None = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        self.header: npt.NDArray[np.uint64] = np.frombuffer(self._block, "<u8", layout.HEADER_BYTES // 8)
        self._records = np.frombuffer(self._block, record, offset=layout.HEADER_BYTES)
        if int(self.header[layout.W_MAGIC]) not in (layout.MAGIC, layout.PROBE_MAGIC):
            raise ValueError(f"{path.name} is not a ring")
        self.capacity = min(int(self.header[layout.W_CAPACITY]), len(self._records))
        self.cursor = 0
        self.lost = 0

    def word(self, index: int) -> int:
        return int(self.header[index])

    @property
    def pending(self) -> bool:
        return int(self.header[layout.W_HEAD]) != self.cursor

    def pull(self) -> npt.NDArray[np.void]:
        """The records written since the last pull, oldest first."""
        head = self.word(layout.W_HEAD)
        first = max(self.cursor, head - self.capacity)
        taken = self._copy(first, head)
        overwritten = min(max(0, self.word(layout.W_HEAD) + 1 - self.capacity - first), len(taken))
        self.lost += first - self.cursor + overwritten
        self.cursor = head
        return taken[overwritten:]

    def _copy(self, first: int, head: int) -> npt.NDArray[np.void]:
        if head <= first:
            return self._records[:0].copy()
        low, high = first % self.capacity, (head - 1) % self.capacity + 1
        if low < high:
            return self._records[low:high].copy()
        return np.concatenate((self._records[low : self.capacity], self._records[:high]))

    def close(self) -> None:
        """Let go of the file; header and records are gone with it."""
        if self._block is not None:
            self.header = self.header.copy()
            self._records = self._records[:0].copy()
            self._block.close()
            self._block = None
