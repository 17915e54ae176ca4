"""Ended runs as rows of a table: what each column says of a run, how far its bar is filled, and which two runs are
checked."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, Qt

from playground import catalogue, hosts
from playground.figures.finished import FinishedRun, figures
from playground.figures.records import RunStatistics
from ui.kit.quantities import of_unit, per_second, whole
from ui.kit.row_table import ModelIndex, RowModel
from ui.runs.change_words import changes_words

NO_PICTURE = "its picture could not be kept: {}"
P99_FULL_MS = 60.0  # fills a bar, unless a run was later still


class RunColumn(IntEnum):
    CHECK = 0
    NUMBER = 1
    RECIPE = 2
    THROUGHPUT = 3
    CORES = 4
    MEMORY = 5
    LATENESS = 6
    OUTCOME = 7


TITLES = {RunColumn.CHECK: "", RunColumn.NUMBER: "#", RunColumn.RECIPE: "Recipe"}
FIGURES = {  # figures that have a column, by name
    RunColumn.THROUGHPUT: "work_per_s",
    RunColumn.CORES: "cores_used",
    RunColumn.MEMORY: "memory.per_worker_mb",
    RunColumn.LATENESS: "ui_p99_ms",
    RunColumn.OUTCOME: "outcome",
}
NEVER_BRIEF = (RunColumn.MEMORY, RunColumn.OUTCOME)  # known even of the shortest run
MEANINGS = {
    RunColumn.CHECK: "Select two runs to compare them",
    RunColumn.NUMBER: "The number of the run, as on the stage",
    RunColumn.RECIPE: "What was run; all of it is told of the row under the mouse",
    RunColumn.THROUGHPUT: "Work done per second. Bars compare runs of the same job",
}


def recipe_words(run: RunStatistics) -> tuple[str, str]:
    """A recipe in two parts: "4 × Count primes", "processes · 3.11"."""
    recipe, python = run.recipe, run.interpreter
    model = catalogue.model(recipe.model).title.lower()
    version = ".".join(python.version.split(".")[:2]) + (" free-threaded" if python.free_threaded else "")
    if python.free_threaded and python.gil_enabled:
        version += ", GIL on"
    where = [] if recipe.place is hosts.usual() else [recipe.place.title]
    details = [model, *where, version] if version else [model, *where]
    details += changes_words(run.changes, recipe)
    return f"{whole(recipe.workers)} × {catalogue.job(recipe.job).title}", " · ".join(details)


class RunRows(RowModel):
    """The rows, two of which may be checked."""

    columns = len(RunColumn)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[FinishedRun] = []
        self._most: dict[tuple[RunColumn, str], tuple[float, int]] = {}  # fills a bar; number of runs
        self.checked: list[int] = []  # numbers, in the order in which they were checked
        self.roomy = True

    def add(self, run: FinishedRun) -> None:
        self._most.clear()
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.runs.insert(0, run)
        self.endInsertRows()
        self._changed()

    def put_back(self, run: FinishedRun, row: int) -> None:
        """Puts a run back that was removed from this row."""
        row = min(row, len(self.runs))
        self._most.clear()
        self.beginInsertRows(QModelIndex(), row, row)
        self.runs.insert(row, run)
        self.endInsertRows()
        self._changed()

    def remove(self, number: int) -> None:
        row = self.row_of(number)
        if row < 0:
            return
        self._most.clear()
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.runs[row]
        self.endRemoveRows()
        self.checked = [other for other in self.checked if other != number]
        self._changed()

    def replace(self, run: FinishedRun) -> None:
        """Replaces a run, of which more is known or less is kept; its figures are the same."""
        row = self.row_of(run.number)
        if row >= 0:
            self.runs[row] = run
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(RunColumn) - 1))

    def toggle(self, number: int) -> None:
        """Checks or unchecks a run; a third one replaces the one checked first."""
        if number in self.checked:
            self.checked.remove(number)
        else:
            self.checked = [*self.checked[-1:], number]
        self._changed()

    def check(self, numbers: list[int]) -> None:
        """Checks these runs, and no others."""
        self.checked = numbers
        self._changed()

    def row_of(self, number: int) -> int:
        return next((row for row, run in enumerate(self.runs) if run.number == number), -1)

    def pair(self) -> tuple[FinishedRun, FinishedRun] | None:
        """The two checked runs, the newer first."""
        both = [run for run in self.runs if run.number in self.checked]
        return (both[0], both[1]) if len(both) == 2 else None

    def part(self, run: FinishedRun, column: RunColumn) -> float | None:
        """How far a bar is filled, from 0 to 1; None where there is nothing to compare with."""
        value = self._value(run, column)
        job = run.statistics.recipe.job if column == RunColumn.THROUGHPUT else ""
        if (column, job) not in self._most:  # computed once for all cells and paints, until there is another run
            self._most[column, job] = self._most_of(column, job)
        most, alike = self._most[column, job]
        if column == RunColumn.THROUGHPUT and alike < 2:
            return None
        unit = figures()[FIGURES[column]].unit
        if unit == "part":
            most = 1.0
        elif unit == "cores":
            most = max(float(run.statistics.recipe.place.hardware.cores), value or 0)
        elif column == RunColumn.LATENESS:
            most = max(P99_FULL_MS, most)
        return value / most if value is not None and most > 0 else None

    def _most_of(self, column: RunColumn, job: str) -> tuple[float, int]:
        """The largest figure of all runs (of that job), and the number of these runs."""
        alike = [run for run in self.runs if not job or run.statistics.recipe.job == job]
        return max((self._value(run, column) or 0 for run in alike), default=0.0), len(alike)

    def _value(self, run: FinishedRun, column: RunColumn) -> Any:
        """The figure in a column; None where it is not known, or would say nothing."""
        if run.statistics.brief and column not in NEVER_BRIEF:
            return None
        if column == RunColumn.THROUGHPUT:
            return run.statistics.rate[0] if run.statistics.has_rate else None
        return run.figure(FIGURES[column])

    def words(self, run: FinishedRun, column: RunColumn) -> str:
        statistics = run.statistics
        match column:
            case RunColumn.CHECK:
                return "selected" if run.number in self.checked else ""
            case RunColumn.NUMBER:
                return str(run.number)
            case RunColumn.RECIPE:
                lost = [NO_PICTURE.format(run.no_picture)] if run.no_picture else []
                return " · ".join([*recipe_words(statistics), *lost])
            case RunColumn.OUTCOME:
                return statistics.outcome or ""
        value = self._value(run, column)
        if value is None:
            return "–"
        if column == RunColumn.THROUGHPUT:
            return per_second(*statistics.rate)
        return of_unit(value, figures()[FIGURES[column]].unit)

    def _changed(self) -> None:
        if self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, len(RunColumn) - 1))

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self.runs)

    def title(self, column: int) -> str:
        if column not in FIGURES:
            return TITLES[RunColumn(column)]
        about = figures()[FIGURES[RunColumn(column)]]
        return about.title if self.roomy else about.short

    def meaning(self, column: int) -> str:
        return MEANINGS.get(RunColumn(column)) or figures()[FIGURES[RunColumn(column)]].meaning

    def stands_right(self, column: int) -> bool:
        return not self.roomy and column in (RunColumn.CORES, RunColumn.MEMORY, RunColumn.LATENESS)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, column = self.runs[index.row()], RunColumn(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return run.statistics.error if column == RunColumn.OUTCOME else self.words(run, column)
        return None
