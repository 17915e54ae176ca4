"""The reader's side of rings: numpy views directly over the mapped file. A pull copies the records since the last one;
records that were overwritten before they could be read are counted, never guessed. All workers of a run are read at
once, so that two thousand workers cost little more than two."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.lab.wire.binary_format import Record

FAR, AHEAD_NS = 2**62, 10**9
Records = npt.NDArray[np.void]
Headers = npt.NDArray[np.uint64]


def dtype_of(record: Record, **renamed: str) -> np.dtype[np.void]:
    """A record's fields as a numpy type; `renamed` gives some of them other names."""
    codes = {name: f"S{code[:-1]}" if code[-1] == "s" else f"<{code}" for name, code in record.fields.items()}
    return np.dtype([(renamed.get(name, name), code) for name, code in codes.items()])


RECORD, PROBE_RECORD, SAMPLE = dtype_of(ring.RECORD), dtype_of(ring.PROBE_RECORD), dtype_of(ring.SAMPLE)


def in_turn(count: int, turn: int, every: int, records: Records) -> npt.NDArray[np.int64]:
    """Some of the workers in turn, and those that wrote these records."""
    chosen = np.zeros(count, np.bool_)
    chosen[turn % every :: every] = True
    chosen[records["task"]] = True
    return np.flatnonzero(chosen)


class RingsReader:
    """The rings of all workers of a run. `headers` is a live view, one row per worker; `lost` counts the records that
    could not be read."""

    def __init__(self, path: Path) -> None:
        block, whole = ring.map_words(str(path), ring.RINGS, writable=False)
        self._block: mmap.mmap | None = block
        words = np.frombuffer(whole, "<u8")
        lanes, streams = int(words[ring.W_LANES]), int(words[ring.W_STREAMS])
        self.capacity = int(words[ring.W_CAPACITY])
        self.headers: Headers = words[: lanes * ring.HEADER_WORDS].reshape(lanes, ring.HEADER_WORDS)
        place, count = ring.stream_place(lanes, self.capacity, 0), streams * self.capacity
        self._records = np.frombuffer(block, RECORD, count, place).reshape(streams, self.capacity)
        self._heads = self.headers[:streams, ring.W_HEAD]
        self._cursors = np.zeros(streams, np.int64)
        self.lost = 0

    def __len__(self) -> int:
        return len(self.headers)

    def pids_here(self) -> set[int]:
        """The processes of the workers on this computer. Processes on two computers may have the same pid."""
        own = self.headers[:, ring.W_PLACE] == ring.HERE
        return set(self.headers[own, ring.W_PID].tolist()) - {0}

    def threads_here(self) -> dict[int, frozenset[int]]:
        """Threads on this computer that are workers at this moment, by process."""
        words, found = self.headers, dict[int, set[int]]()
        at_work = (words[:, ring.W_STARTED] > 0) & (words[:, ring.W_ENDED] == 0)
        at_work &= words[:, ring.W_PLACE] == ring.HERE
        for pid, tid in words[np.flatnonzero(at_work)[:, None], (ring.W_PID, ring.W_TID)].tolist():
            found.setdefault(pid, set()).add(tid)
        return {pid: frozenset(tids) for pid, tids in found.items()}

    def column(self, word: int) -> npt.NDArray[np.int64]:
        """One header word of all workers, copied."""
        return self.headers[:, word].astype(np.int64)

    def pull(self, now: int = FAR) -> Records:
        """The records written since the last pull, stream by stream, oldest first: each worker has a stream, or all
        workers of a loop share one. The user's C code can write anywhere in memory, so an impossible record is left
        out and counted as lost."""
        heads = self._heads.astype(np.int64)
        busy = np.flatnonzero(heads != self._cursors)
        if not len(busy):
            return self._records[:0, 0].copy()
        heads, cursors = heads[busy], self._cursors[busy]
        firsts = np.maximum(cursors, heads - self.capacity)
        counts = heads - firsts
        ends = np.cumsum(counts)
        stream = np.repeat(busy, counts)
        number = np.arange(int(ends[-1])) - np.repeat(ends - counts - firsts, counts)
        # all streams as one row: taking from that is four times as fast as indexing by stream and record
        taken = self._records.reshape(-1).take(stream * self.capacity + number % self.capacity)
        # leave out records that were overwritten during the copy; the record at the head may be half written
        oldest = self._heads[busy].astype(np.int64) + 1 - self.capacity
        whole = (number >= np.repeat(oldest, counts)) & self._possible(taken, stream, now)
        self._cursors[busy] = heads
        self.lost += int((firsts - cursors).sum()) + int((~whole).sum())
        return taken if whole.all() else taken[whole]

    def _possible(self, taken: Records, stream: npt.NDArray[np.int64], now: int) -> npt.NDArray[np.bool_]:
        """Can these be records of their streams? No record is about the future, or about a worker that does not
        exist."""
        start, end, kind, task = taken["start"], taken["end"], taken["kind"], taken["task"]
        told = (start <= end) & (end <= now + AHEAD_NS) & (kind > ring.NONE) & (kind < ring.KINDS)
        own = task == stream if len(self._heads) > 1 else task < len(self.headers)
        return np.asarray(told & own)

    def close(self) -> None:
        """Let go of the file; the last headers stay."""
        if self._block is not None:
            self.headers = self.headers.copy()
            self._heads = self._heads.copy()
            self._records = self._records[:0].copy()
            self._block.close()
            self._block = None


class RingReader:
    """The probe's ring. `header` is a live view of its words; `lost` counts records that were overwritten unread."""

    RECORD, FORMAT = PROBE_RECORD, ring.PROBED

    def __init__(self, path: Path) -> None:
        block, words = ring.map_words(str(path), self.FORMAT, writable=False)
        self._block: mmap.mmap | None = block
        self.header: npt.NDArray[np.uint64] = np.frombuffer(words, "<u8", ring.HEADER_WORDS)
        self._records = np.frombuffer(block, self.RECORD, offset=ring.HEADER_BYTES)
        self.capacity = min(int(self.header[ring.W_CAPACITY]), len(self._records))
        self.cursor = 0
        self.lost = 0

    def word(self, index: int) -> int:
        return int(self.header[index])

    def pull(self) -> npt.NDArray[np.void]:
        """The records written since the last pull, oldest first."""
        head = self.word(ring.W_HEAD)
        first = max(self.cursor, head - self.capacity)
        taken = self._copy(first, head)
        overwritten = min(max(0, self.word(ring.W_HEAD) + 1 - self.capacity - first), len(taken))
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
        """Let go of the file; the last header stays, the records are gone."""
        if self._block is not None:
            self.header = self.header.copy()
            self._records = self._records[:0].copy()
            self._block.close()
            self._block = None


class SampleReader(RingReader):
    """A ring of the probe's samples of threads."""

    RECORD, FORMAT = SAMPLE, ring.SAMPLED
