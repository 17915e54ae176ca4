"""The lines that the workers of a run have printed: read from the rings that the lab writes
(`lab/wire/output_rings.py`) and from the lab's descriptors (`raw_output.py`), in the order of time.

A look takes over a bounded number of lines, however many there are, and the last few thousand are kept. A reader that
falls behind goes on with the newest lines. How many it passed over is known exactly, because each line carries its
number in its ring."""

from __future__ import annotations

import re
from collections import deque
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from playground.files.visible import visible
from playground.lab.wire import output_rings as layout
from playground.lab.wire import ring
from playground.reading.raw_output import RawOutput
from playground.reading.rings import dtype_of

MOST_KEPT = 5000  # lines …
MOST_KEPT_TEXT = 2_000_000  # … and characters
MOST_WAITING = 5000  # slots taken over and not yet looked at
MOST_AT_ONCE = 300  # slots that one look makes lines of; with taking them over, that is half a millisecond

# the field for a line's number holds, in this reader, how many lines were passed over before it
SLOT = dtype_of(layout.SLOT, line="missed")

Plain = tuple[int, int, str, int]  # a Line as a plain tuple, which the garbage collector need not track
Slots = npt.NDArray[np.void]
Numbers = npt.NDArray[np.int64]


class Line(NamedTuple):
    at_ns: int
    worker: int  # −1: nobody's
    text: str
    missed: int = 0  # lines that were passed over just before


class Printed(msgspec.Struct, frozen=True):
    """What a reader has taken over since an earlier look: enough for another reader to go on with."""

    lines: list[Line]
    count: int
    total: int
    missed: int
    which: npt.NDArray[np.int64]  # the workers that have printed meanwhile
    counts: npt.NDArray[np.int64]  # how many lines each of them has printed so far


class OutputReader:
    """Reads the output of one run. `count` is the number of lines taken over so far, and so the number of the next one;
    the newest lines are kept."""

    def __init__(self, path: Path, raw: RawOutput | None = None, ahead_ns: int = 0) -> None:
        """`ahead_ns`: how far the clock of the run's place is ahead of the app's."""
        self._path, self._ahead_ns = path, ahead_ns
        self._raw = raw or RawOutput()
        self._file: _File | None = None
        self._over = False
        self._left: Slots = np.empty(0, SLOT)  # slots taken over, not made into lines yet
        self._pulled = 0
        self._text = 0
        self._counts = np.zeros(0, np.int64)
        self._total = 0
        self._kept: deque[Plain] = deque()
        self.count = 0
        self.missed = 0

    # -- figures

    @property
    def total(self) -> int:
        """How many lines were printed so far."""
        return self._raw.total + (self._file.total if self._open() and self._file else self._total)

    def lines_of(self, worker: int) -> int:
        """How many lines a worker printed so far; −1: those that are no worker's."""
        counts = self.counts
        if worker < 0:
            return self.total - int(counts.sum())
        return int(counts[worker]) if worker < len(counts) else 0

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many lines each worker printed so far."""
        return self._file.counts.astype(np.int64) if self._open() and self._file else self._counts

    # -- lines

    def pull(self) -> list[Line]:
        """The lines that came since the last pull and are still kept, oldest first."""
        self.look()
        lines = self.since(self._pulled)
        self._pulled = self.count
        return lines

    def since(self, number: int) -> list[Line]:
        """The lines from a number on, as far as they are kept."""
        new = min(self.count - number, len(self._kept))
        return [Line(*each) for each in islice(self._kept, len(self._kept) - new, None)] if new > 0 else []

    def new_since(self, number: int, counts: npt.NDArray[np.int64]) -> Printed:
        """What is new since a look at which there were so many lines, by worker `counts`."""
        now = self.counts
        which = np.flatnonzero(now[: len(counts)] != counts[: len(now)])
        return Printed(self.since(number), self.count, self.total, self.missed, which, now[which])

    def add(self, new: Printed) -> None:
        """Take over what another reader has read."""
        for line in new.lines:
            self._keep(line)
        self.count, self._total, self.missed = new.count, new.total, new.missed
        self._counts[new.which] = new.counts

    def look(self) -> None:
        """Take over the new lines, or some of them if they are many."""
        if self._open() and self._file is not None:
            self._take_over(self._file)
        lines = self._make_lines() if len(self._left) else []
        raw = [(at, -1, text, missed) for at, text, missed in self._raw.take()]
        self.missed += sum(missed for *_, missed in raw)
        for line in sorted([*lines, *raw], key=itemgetter(0)) if raw else lines:
            self._keep(line)

    @property
    def behind(self) -> bool:
        """Are there lines that the last look has not taken?"""
        return bool(len(self._left)) or (self._file is not None and self._file.pending)

    def let_go(self) -> None:
        """Let go of the file. The last lines stay readable."""
        if self._open() and self._file is not None:
            self._take_over(self._file)
            self._total, self._counts = self._file.total, self._file.counts.astype(np.int64)
            self._file.close()
            self._file = None
        self._over = True

    @property
    def kept(self) -> dict[str, Any]:
        """The kept lines and counts of a run that is over, as they are saved (see `of`)."""
        while self.behind:
            self.look()
        lines = [list(line) for line in self._kept]
        return {"lines": lines, "total": self.total, "counts": self._counts.tolist(), "missed": self.missed}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> OutputReader:
        """A reader made from what `kept` gave."""
        made = cls(Path())
        made._over, made._total, made.missed = True, kept["total"], kept["missed"]
        made._counts = np.array(kept["counts"], np.int64)
        for at, worker, text, missed in kept["lines"]:
            made._keep((at, worker, text, missed))
        return made

    def _open(self) -> bool:
        if self._file is None and not self._over and self._path.exists():
            self._file = _File(self._path)
        return self._file is not None

    def _take_over(self, file: _File) -> None:
        slots = file.take(max(MOST_AT_ONCE, MOST_WAITING - len(self._left)))
        if not len(slots):
            return
        if self._ahead_ns:
            slots["at"] -= np.uint64(self._ahead_ns)
        self.missed += int(slots["missed"].sum())
        self._left = np.concatenate((self._left, slots)) if len(self._left) else slots
        if len(self._left) > MOST_WAITING:
            begins = np.flatnonzero(self._left["piece"] == 0)
            passed = int(np.searchsorted(begins, len(self._left) - MOST_WAITING))
            before, self._left = np.split(self._left, [begins[passed]])
            self._left["missed"][0] += before["missed"].sum() + np.uint64(passed)
            self.missed += passed

    def _make_lines(self) -> list[Plain]:
        ends = np.flatnonzero(self._left["left"] == 0)
        end = int(ends[min(int(np.searchsorted(ends, MOST_AT_ONCE - 1)), len(ends) - 1)]) + 1
        taken, self._left = self._left[:end], self._left[end:]
        columns = [taken[name].tolist() for name in ("at", "missed", "worker", "length", "left", "text")]
        lines: list[Plain] = []
        whole, gap = b"", 0
        for at, missed, worker, length, left, text in zip(*columns, strict=True):
            whole += text.ljust(length, b"\0")  # numpy leaves out zeros at the end
            gap += missed
            if not left:
                lines.append((at, worker, whole.decode("utf-8", "replace"), gap))
                whole, gap = b"", 0
        return lines

    def _keep(self, line: Plain) -> None:
        self._kept.append(line)
        self.count += 1
        self._text += len(line[2])
        while len(self._kept) > MOST_KEPT or self._text > MOST_KEPT_TEXT:
            _, _, oldest, _ = self._kept.popleft()
            self._text -= len(oldest)


class _File:
    """The lab's file, mapped."""

    def __init__(self, path: Path) -> None:
        self._block, whole = ring.map_words(str(path), layout.FORMAT, writable=False)
        words = np.frombuffer(whole, "<u8")
        rings, self._slots = int(words[layout.O_RINGS]), int(words[layout.O_SLOTS])
        workers, begin = int(words[layout.O_WORKERS]), layout.counts_place(rings)
        headers = words[layout.HEADER_WORDS : begin].reshape(rings, layout.RING_WORDS)
        self._heads, self._lines = headers[:, layout.R_HEAD], headers[:, layout.R_LINES]
        self.counts = words[begin : begin + workers]
        place = layout.slots_place(rings, workers)
        self._rings = np.frombuffer(self._block, SLOT, rings * self._slots, place).reshape(rings, self._slots)
        self._cursors = np.zeros(rings, np.int64)
        self._next_line = np.zeros(rings, np.int64)  # the number of each ring's next line

    @property
    def total(self) -> int:
        return int(self._lines.sum())

    @property
    def pending(self) -> bool:
        return bool((self._heads != self._cursors).any())

    def take(self, most: int) -> Slots:
        """The newest slots since the last call, whole lines only, in the order of time. At most about `most`, shared
        among the rings: each gives all its new slots, or its share."""
        heads = self._heads.astype(np.int64)
        busy = np.flatnonzero(heads != self._cursors)
        if not len(busy):
            return np.empty(0, SLOT)
        heads, cursors = heads[busy], self._cursors[busy]
        firsts = np.maximum(cursors, heads - (self._slots - layout.MOST_PIECES))
        counts = np.minimum(heads - firsts, max(layout.MOST_PIECES, share(heads - firsts, most)))
        firsts, ends = heads - counts, np.cumsum(counts)
        ring = np.repeat(np.arange(len(busy)), counts)
        number = np.arange(int(ends[-1])) - np.repeat(ends - counts - firsts, counts)
        taken: Slots = self._rings[busy[ring], number % self._slots]
        # Leave out slots that were overwritten during the copy; the line that is being written may be incomplete.
        oldest = np.maximum(firsts, self._heads[busy].astype(np.int64) + layout.MOST_PIECES - self._slots)
        whole = number - taken["piece"] >= oldest[ring]
        taken, ring = taken[whole], ring[whole]
        self._cursors[busy] = heads
        if not len(taken):
            return taken
        missed = self._count_missed(busy[ring], taken)
        in_order: Slots = taken[np.argsort(taken["at"], kind="stable")]
        in_order["missed"] = 0
        in_order["missed"][0] = missed
        return in_order

    def _count_missed(self, ring: Numbers, taken: Slots) -> int:
        """How many lines were passed over: in each ring, from the line that was due to the last one taken."""
        lasts = np.flatnonzero(np.diff(ring, append=-1))
        due = taken["missed"][lasts].astype(np.int64) + 1
        passed = int((due - self._next_line[ring[lasts]]).sum()) - int((taken["piece"] == 0).sum())
        self._next_line[ring[lasts]] = due
        return passed

    def close(self) -> None:
        del self._heads, self._lines, self._rings, self.counts
        self._block.close()


def share(wanted: Numbers, most: int) -> int:
    """How many each ring may give, so that all together give at most `most`: a ring that has less leaves the rest to
    the other rings."""
    left, waiting = most, np.sort(wanted)
    for place, want in enumerate(waiting):
        each = left // (len(waiting) - place)
        if want > each:
            return each
        left -= int(want)
    return most


ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
CONTROLS = {code: chr(0x2400 + code) for code in range(32)} | {ord("\t"): "    ", 0x7F: "␡"}
CONTROLS |= dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}") | {0x2028: "␤", 0x2029: "␤"}


def readable(text: str) -> str:
    """A line as it can be shown: terminal colours and cursor movements are left out, other control characters made
    visible. Text after a carriage return replaces the text before it."""
    if text.isascii() and text.isprintable():
        return text
    text = ESCAPES.sub("", text).rstrip("\r")
    return visible(text[text.rfind("\r") + 1 :].translate(CONTROLS))
