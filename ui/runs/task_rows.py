"""The workers of a run as rows of a table: what each column says of a worker. An update repaints only the rows in sight
that have changed."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QModelIndex, Qt

from playground.figures.records import RunStatistics, WorkerStatistics
from playground.reading.states import ENDED, NOT_STARTED, explained, words_of
from playground.recipe.mistakes import at_start
from ui.kit.quantities import compact, milliseconds, percent, whole
from ui.kit.row_table import ModelIndex, RowModel
from ui.kit.theme import Theme


class TaskColumn(IntEnum):
    TASK = 0
    STATE = 1
    ID = 2
    CPU = 3
    CORE = 4
    OPS = 5


MEANINGS = {
    TaskColumn.TASK: "The worker: the letter and colour that it has on the stage",
    TaskColumn.STATE: "What it does just now",
    TaskColumn.ID: "The thread that the worker runs in, as the system numbers them",
    TaskColumn.CPU: "How much of a core it had in the last second",
    TaskColumn.CORE: "The core that it was on last",
    TaskColumn.OPS: "How many pieces of work it has done",
}
TITLES = ("Task", "State", "tid", "CPU", "Core", "Ops")
RIGHT = (TaskColumn.CPU, TaskColumn.CORE, TaskColumn.OPS)


class TaskRows(RowModel):
    """The rows: the workers of the run that is shown."""

    columns = len(TaskColumn)

    def __init__(self) -> None:
        super().__init__()
        self.run: RunStatistics | None = None
        self.first_slot = 0
        self.in_sight: Callable[[], range] = lambda: range(self.rowCount())
        self._made: dict[int, WorkerStatistics] = {}  # records of workers, each made once for all cells of its row
        self._told: dict[int, tuple[object, ...]] = {}  # the last words of the rows in sight

    def show_run(self, run: RunStatistics | None, first_slot: int) -> None:
        before, owned = self.rowCount(), self.own_process()
        other = (run.number if run else None) != (self.run.number if self.run else None)
        after = len(run.workers) if run else 0
        self._made.clear()
        if other:
            self.beginResetModel()
            self.run, self.first_slot = run, first_slot
            self.endResetModel()
            self._told = self._said()
            return
        if after > before:
            self.beginInsertRows(QModelIndex(), before, after - 1)
            self.run = run
            self.endInsertRows()
        elif after < before:
            self.beginRemoveRows(QModelIndex(), after, before - 1)
            self.run = run
            self.endRemoveRows()
        self.run, self.first_slot = run, first_slot
        if self.own_process() != owned:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, TaskColumn.ID, TaskColumn.ID)
        self._tell_changed()

    def _tell_changed(self) -> None:
        """Repaints the rows in sight that have changed; the others are painted when they come into sight."""
        self._made.clear()
        said = self._said()
        for row, words in said.items():
            if words != self._told.get(row):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(TaskColumn) - 1))
        self._told = said

    def _said(self) -> dict[int, tuple[object, ...]]:
        return {row: self._says(row) for row in self.in_sight() if row < self.rowCount()}

    def _says(self, row: int) -> tuple[object, ...]:
        worker = self.worker(row)
        if worker is None:
            return ()
        return worker.state, bool(worker.error), *(self.words(worker, column) for column in TaskColumn)

    def worker(self, row: int) -> WorkerStatistics | None:
        if self.run is None or not 0 <= row < len(self.run.workers):
            return None
        if row not in self._made:
            self._made[row] = self.run.workers[row]
        return self._made[row]

    def color(self, worker: WorkerStatistics, theme: Theme) -> str:
        return theme.worker(self.first_slot + worker.index)

    def own_process(self) -> bool:
        """Is each worker a process of its own, so that the pid tells workers apart?"""
        pids = {worker.pid for worker in self.run.workers[:2]} if self.run else set()
        return len(pids - {0}) > 1  # 0: not started yet

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self.run.workers) if self.run else 0

    def title(self, column: int) -> str:
        return "pid" if column == TaskColumn.ID and self.own_process() else TITLES[column]

    def meaning(self, column: int) -> str:
        own = column == TaskColumn.ID and self.own_process()
        meaning = "The process that the worker is, as the system numbers them" if own else MEANINGS[TaskColumn(column)]
        doubts = self.doubts() if column in (TaskColumn.STATE, TaskColumn.CPU) else None
        return f"{meaning}.\n{doubts}" if doubts else meaning

    def stands_right(self, column: int) -> bool:
        return column in RIGHT

    def doubts(self) -> str | None:
        """A caveat about states and CPU time, where they are only estimated."""
        step = self.run.clock_step_ms if self.run else None
        if step is None:
            return None
        return f"Estimated: this system counts CPU time in steps of {milliseconds(step)}"

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        worker = self.worker(index.row())
        if worker is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(worker, TaskColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            state = index.column() == TaskColumn.STATE
            return worker.error or (state_explained(worker.state) if state else describe(worker))
        return None

    def words(self, worker: WorkerStatistics, column: TaskColumn) -> str:
        match column:
            case TaskColumn.TASK:
                return worker.name
            case TaskColumn.STATE:
                return words_of(worker.state)
            case TaskColumn.ID:
                number = worker.pid if self.own_process() else worker.tid
                return str(number) if number else ""
            case TaskColumn.CPU:
                return percent(worker.cpu_recent) if worker.state not in (ENDED, NOT_STARTED) else ""
            case TaskColumn.CORE:
                return str(worker.core) if worker.core is not None else ""
            case _:
                return compact(worker.ops)


def state_explained(state: str) -> str:
    return f"{at_start(words_of(state))}: {explained(state)}"


def describe(worker: WorkerStatistics) -> str:
    of = f" of {whole(worker.total)}" if worker.total else ""
    share = f"ran {percent(worker.share.run)}, waited for the GIL {percent(worker.share.wait_gil)}"
    if worker.share.wait_turn:
        share += f" and for its turn {percent(worker.share.wait_turn)}"
    done = f"{whole(worker.ops)}{of} ops, {worker.cpu_s:.2f} CPU s"
    return f"{worker.name}: pid {worker.pid}, tid {worker.tid}, {done}; {share} of its time"
