"""The rows of the output list: the lines of all workers of a run, or of one; words in place of lines that are not
shown; and at the end what workers raised. Rows keep their serial numbers while older ones fall off."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Literal, NamedTuple

from playground.reading.printed import MOST_KEPT, Line, OutputReader, readable
from playground.reading.worker_name import worker_name
from playground.run.past_run import PastRun
from playground.run.run import Run
from ui.kit.quantities import whole

MOST_TRACEBACKS = 10  # thousands of failures mostly say the same


Kind = Literal["line", "gap", "error"]
Plain = tuple[Kind, str, int, int | None, int]  # a row as it is kept: the garbage collector stops tracking such tuples


class OutputRow(NamedTuple):
    kind: Kind
    text: str
    worker: int
    at_ns: int | None
    missed: int


class OutputRows:
    """`first` is the serial number of the oldest row; `earlier` counts the lines before it."""

    def __init__(self) -> None:
        self._run: Run | PastRun | None = None
        self._kept: deque[Plain] = deque()
        self._worker: int | None = None
        self._number = 0  # the number of the next line to take
        self._told_errors = False
        self.latest_ns = 0  # when the newest line was printed
        self.last_worker = -1  # the highest number of a worker that has printed
        self.first = 0
        self.earlier = 0

    def __len__(self) -> int:
        return len(self._kept)

    def row(self, serial: int) -> OutputRow:
        return OutputRow(*self._kept[serial - self.first])

    @property
    def end(self) -> int:
        """The serial number after the newest row."""
        return self.first + len(self._kept)

    def show(self, run: Run | PastRun | None, worker: int | None = None) -> None:
        """Shows the lines of a run, from the first that it still has."""
        self._run, self._worker = run, worker
        self.first = self.end
        self._kept.clear()
        self._told_errors = False
        self.latest_ns, self.last_worker = 0, -1
        self._number = self.earlier = 0
        if run is not None:
            kept = run.output.since(0)
            self._number = run.output.count - len(kept)
            if worker is None:  # for one worker the number is not known
                self.earlier = self._number + run.output.missed - sum(line.missed for line in kept)
        self.follow()

    def follow(self) -> bool:
        """Takes new lines. Were there any?"""
        run = self._run
        if run is None:
            return False
        before = self._number
        for line in run.output.since(self._number):
            self._take(line)
        self._number = run.output.count
        if run.ended and not run.output.behind and not self._told_errors:
            self._told_errors = True
            self._take_errors(run)
            before = -1
        while len(self._kept) > MOST_KEPT:
            self._drop()
        return self._number != before

    def _take(self, line: Line) -> None:
        if line.missed:
            gap = line.missed
            if self._kept and self.row(self.end - 1).kind == "gap":
                gap += OutputRow(*self._kept.pop()).missed
            self._keep("gap", self._gap_words(gap), missed=gap)
        if self._worker is None or line.worker == self._worker:
            self._keep("line", readable(line.text), line.worker, line.at_ns)
            self.latest_ns = max(self.latest_ns, line.at_ns)
            self.last_worker = max(self.last_worker, line.worker)

    def _gap_words(self, lines: int) -> str:
        whose = "" if self._worker is None else " of all workers"
        return f"{whole(lines)} line{'' if lines == 1 else 's'}{whose} not shown"

    def _take_errors(self, run: Run | PastRun) -> None:
        failed = [worker for worker in sorted(run.errors) if self._worker in (None, worker)]
        for worker in failed[:MOST_TRACEBACKS]:
            for text in run.errors[worker].rstrip().splitlines():
                self._keep("error", readable(text), worker)
            self.last_worker = max(self.last_worker, worker)
        if len(failed) > MOST_TRACEBACKS:
            self._keep("gap", f"{whole(len(failed) - MOST_TRACEBACKS)} more workers raised")

    def _keep(self, kind: Kind, text: str, worker: int = -1, at_ns: int | None = None, missed: int = 0) -> None:
        self._kept.append((kind, text, worker, at_ns, missed))

    def earlier_words(self) -> str:
        if self._worker is not None:
            return "Earlier lines not shown"
        return f"{whole(self.earlier)} earlier line{'' if self.earlier == 1 else 's'} not shown"

    def _drop(self) -> None:
        row = OutputRow(*self._kept.popleft())
        self.first += 1
        self.earlier += row.missed if row.kind == "gap" else 1

    def as_text(self, serials: range) -> str:
        """Rows for the clipboard: as on the screen, with the worker where that is not clear."""
        return "".join(f"{self._written(self.row(serial))}\n" for serial in serials)

    def _written(self, row: OutputRow) -> str:
        if row.kind == "gap":
            return f"({row.text})"
        if self._worker is not None or row.worker < 0:
            return row.text
        return f"{worker_name(row.worker)}: {row.text}"


def printed_by(output: OutputReader, workers: int, most: int) -> Sequence[tuple[int, int]]:
    """(worker, number of lines) of those among the first `most` workers that have printed; −1 is nobody."""
    counts = ((worker, output.lines_of(worker)) for worker in range(-1, min(workers, most)))
    return [(worker, lines) for worker, lines in counts if lines]
