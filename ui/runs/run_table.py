"""The table of the runs that have ended: its rows, which two are checked, and how cells and bars are painted."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from playground import catalogue, hosts
from playground.figures.finished import FinishedRun, figures
from playground.figures.records import STOPPED, TIME_UP, TROUBLE, RunStatistics
from ui.kit import icons
from ui.kit.controls import Themed, box, width_of, write
from ui.kit.keys import is_function, is_plain
from ui.kit.quantities import of_unit, per_second, whole
from ui.kit.table_header import TableHeader
from ui.kit.theme import Theme, mix
from ui.runs.change_words import changes_words

ROW = 28
BAR = 72
LEAST_RECIPE, ROOM_FOR_RECIPE = 270, 320  # px: words come before bars, which need room for a recipe beside them
TURNED, TURNED_SHORT, ROOM_FOR_TURNED = "knob turned", "turned", 240
NO_PICTURE = "its picture could not be kept: {}"
P99_FULL_MS = 60.0  # what fills a bar, unless a run was later still

ModelIndex = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    CHECK = 0
    NUMBER = 1
    RECIPE = 2
    THROUGHPUT = 3
    CORES = 4
    MEMORY = 5
    LATENESS = 6
    OUTCOME = 7


TITLES = {Column.CHECK: "", Column.NUMBER: "#", Column.RECIPE: "Recipe"}
FIGURES = {  # the names of those that have a column
    Column.THROUGHPUT: "work_per_s",
    Column.CORES: "cores_used",
    Column.MEMORY: "memory.per_worker_mb",
    Column.LATENESS: "ui_p99_ms",
    Column.OUTCOME: "outcome",
}
NEVER_BRIEF = (Column.MEMORY, Column.OUTCOME)  # known of the shortest run, too
MEANINGS = {
    Column.CHECK: "Select two runs to compare them",
    Column.NUMBER: "The number of the run, as on the stage",
    Column.RECIPE: "What was run; all of it is told of the row under the mouse",
    Column.THROUGHPUT: "Work done per second. Bars compare runs of the same job",
}
WIDTHS = {Column.THROUGHPUT: 208, Column.CORES: 160, Column.MEMORY: 164, Column.LATENESS: 150, Column.OUTCOME: 82}
FIRST_WIDTHS = {Column.CHECK: 40, Column.NUMBER: 36}
NARROW_WIDTHS = {Column.THROUGHPUT: 128, Column.CORES: 52, Column.MEMORY: 82, Column.LATENESS: 90, Column.OUTCOME: 74}
ROOMY = sum(WIDTHS.values()) + sum(FIRST_WIDTHS.values()) + ROOM_FOR_RECIPE


def title(column: Column, roomy: bool) -> str:
    if column not in FIGURES:
        return TITLES[column]
    about = figures()[FIGURES[column]]
    return about.title if roomy else about.short


def meaning(column: Column) -> str:
    return MEANINGS.get(column) or figures()[FIGURES[column]].meaning


def recipe_words(run: RunStatistics) -> tuple[str, str]:
    """ "4 × Count primes", "processes · 3.11"."""
    recipe, python = run.recipe, run.interpreter
    model = catalogue.model(recipe.model).title.lower()
    version = ".".join(python.version.split(".")[:2]) + (" free-threaded" if python.free_threaded else "")
    if python.free_threaded and python.gil_enabled:
        version += ", GIL on"
    where = [] if recipe.place is hosts.usual() else [recipe.place.title]
    details = [model, *where, version] if version else [model, *where]
    details += changes_words(run.changes, recipe)
    return f"{whole(recipe.workers)} × {catalogue.job(recipe.job).title}", " · ".join(details)


class Runs(QAbstractTableModel):
    """The rows, and which two of them are checked."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[FinishedRun] = []
        self._most: dict[tuple[Column, str], tuple[float, int]] = {}  # what fills a bar, and how many runs have one
        self.checked: list[int] = []  # numbers, the one checked first standing first
        self.roomy = True

    def add(self, run: FinishedRun) -> None:
        self._most.clear()
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.runs.insert(0, run)
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
        """More is known of a run, or less of it kept; its figures are the same."""
        row = self.row_of(run.number)
        if row >= 0:
            self.runs[row] = run
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def toggle(self, number: int) -> None:
        """Checks a run or no longer; a third one takes the place of the one checked first."""
        if number in self.checked:
            self.checked.remove(number)
        else:
            self.checked = [*self.checked[-1:], number]
        self._changed()

    def check(self, numbers: list[int]) -> None:
        """These, and no others."""
        self.checked = numbers
        self._changed()

    def row_of(self, number: int) -> int:
        return next((row for row, run in enumerate(self.runs) if run.number == number), -1)

    def pair(self) -> tuple[FinishedRun, FinishedRun] | None:
        """The two that are checked, the newer first."""
        both = [run for run in self.runs if run.number in self.checked]
        return (both[0], both[1]) if len(both) == 2 else None

    def part(self, run: FinishedRun, column: Column) -> float | None:
        """How far a bar is filled, from 0 to 1; None where there is nothing to compare with."""
        value = self._value(run, column)
        job = run.statistics.recipe.job if column == Column.THROUGHPUT else ""
        if (column, job) not in self._most:  # once for all cells and paints, until there is another run
            self._most[column, job] = self._most_of(column, job)
        most, alike = self._most[column, job]
        if column == Column.THROUGHPUT and alike < 2:
            return None
        unit = figures()[FIGURES[column]].unit
        if unit == "part":
            most = 1.0
        elif unit == "cores":
            most = max(float(run.statistics.recipe.place.hardware.cores), value or 0)
        elif column == Column.LATENESS:
            most = max(P99_FULL_MS, most)
        return value / most if value is not None and most > 0 else None

    def _most_of(self, column: Column, job: str) -> tuple[float, int]:
        """The largest figure of all runs (of that job), and how many runs those are."""
        alike = [run for run in self.runs if not job or run.statistics.recipe.job == job]
        return max((self._value(run, column) or 0 for run in alike), default=0.0), len(alike)

    def _value(self, run: FinishedRun, column: Column) -> Any:
        """None where it is not known, or would say nothing."""
        if run.statistics.brief and column not in NEVER_BRIEF:
            return None
        if column == Column.THROUGHPUT:
            return run.statistics.rate[0] if run.statistics.has_rate else None
        return run.figure(FIGURES[column])

    def words(self, run: FinishedRun, column: Column) -> str:
        statistics = run.statistics
        match column:
            case Column.CHECK:
                return "selected" if run.number in self.checked else ""
            case Column.NUMBER:
                return str(run.number)
            case Column.RECIPE:
                lost = [NO_PICTURE.format(run.no_picture)] if run.no_picture else []
                return " · ".join([*recipe_words(statistics), *lost])
            case Column.OUTCOME:
                return statistics.outcome or ""
        value = self._value(run, column)
        if value is None:
            return "–"
        if column == Column.THROUGHPUT:
            return per_second(*statistics.rate)
        return of_unit(value, figures()[FIGURES[column]].unit)

    def _changed(self) -> None:
        if self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, len(Column) - 1))

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self.runs)

    def columnCount(self, parent: ModelIndex | None = None) -> int:
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return title(Column(section), self.roomy)
        if role == Qt.ItemDataRole.ToolTipRole:
            return meaning(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = not self.roomy and Column(section) in (Column.CORES, Column.MEMORY, Column.LATENESS)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, column = self.runs[index.row()], Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return run.statistics.error if column == Column.OUTCOME else self.words(run, column)
        return None


class RunCell(QStyledItemDelegate):
    def __init__(self, table: RunTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        return QSize(self._table.px(40), self._table.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        theme, px, runs = self._table.theme, self._table.px, self._table.runs
        run, column, rect = runs.runs[index.row()], Column(index.column()), QRectF(option.rect)
        checked = run.number in runs.checked
        self._paint_ground(painter, rect, index, checked)
        words = runs.words(run, column)
        match column:
            case Column.CHECK:
                self._paint_check(painter, rect, checked)
            case Column.NUMBER:
                write(painter, rect.adjusted(px(6), 0, 0, 0), (words, theme.font(13, 600), theme.t1))
            case Column.RECIPE:
                self._paint_recipe(painter, rect.adjusted(px(6), 0, -px(10), 0), run)
            case Column.OUTCOME:
                outcome = run.statistics.outcome
                early = outcome in (STOPPED, TIME_UP)
                color = theme.bad if outcome in TROUBLE else theme.t2 if early else theme.t3
                write(painter, rect.adjusted(px(6), 0, -px(4), 0), (words, theme.font(12), color))
            case _:
                self._paint_figure(painter, rect, run, column, words, checked)

    def _paint_ground(self, painter: QPainter, rect: QRectF, index: ModelIndex, checked: bool) -> None:
        theme, table, line = self._table.theme, self._table, self._table.px(2)
        if checked:
            painter.fillRect(rect, theme.accent_soft)
        elif index.row() == table.hovered_row:
            painter.fillRect(rect, mix(theme.panel, theme.hover, 0.5))
        if checked and index.column() == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), line, rect.height()), theme.accent)
        if table.keyboard and table.hasFocus() and table.currentIndex().row() == index.row():
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), line), theme.accent)
            painter.fillRect(QRectF(rect.left(), rect.bottom() - line, rect.width(), line), theme.accent)

    def _paint_check(self, painter: QPainter, rect: QRectF, checked: bool) -> None:
        theme, px = self._table.theme, self._table.px
        square = QRectF(rect.left() + px(12), round(rect.center().y()) - px(7), px(15), px(15))
        if checked:
            box(painter, square, px(4), theme.accent_fill, None)
            icons.paint(painter, "check", square.adjusted(px(2), px(2), -px(2), -px(2)), theme.on_accent, px(1.6))
        else:
            box(painter, square, px(4), None, theme.line2)

    def _paint_recipe(self, painter: QPainter, rect: QRectF, run: FinishedRun) -> None:
        title, details = recipe_words(run.statistics)
        if run.no_picture:
            details += f" · {NO_PICTURE.format(run.no_picture)}"
        if run.statistics.changes:
            rect = rect.adjusted(0, 0, -self._paint_turned(painter, rect), 0)
        theme, px = self._table.theme, self._table.px
        used = write(painter, rect, (title, theme.font(13, 500), theme.t1))
        rest = rect.adjusted(used + px(4), 0, 0, 0)
        if rest.width() > px(20):
            write(painter, rest, (f"· {details}", theme.font(13), theme.t2))

    def _paint_turned(self, painter: QPainter, rect: QRectF) -> float:
        """The mark of a run whose knobs were turned while it ran: there however narrow the table is."""
        theme, px, ink = self._table.theme, self._table.px, self._table.theme.font(11, 600)
        words = TURNED if rect.width() >= px(ROOM_FOR_TURNED) else TURNED_SHORT
        width = width_of(words, ink) + px(12)
        plate = QRectF(rect.right() - width, round(rect.center().y()) - px(9), width, px(18))
        box(painter, plate, px(5), theme.warn_soft, None)
        write(painter, plate, (words, ink, theme.warn), "center")
        return width + px(8)

    def _paint_figure(
        self, painter: QPainter, rect: QRectF, run: FinishedRun, column: Column, words: str, checked: bool
    ) -> None:
        theme, px, runs = self._table.theme, self._table.px, self._table.runs
        if runs.roomy:
            bar = QRectF(rect.left() + px(6), round(rect.center().y()) - px(4), px(BAR), px(8))
            self._paint_bar(painter, bar, runs.part(run, column), checked)
        if column == Column.THROUGHPUT:
            room = rect.adjusted(px(BAR + 14 if runs.roomy else 6), 0, -px(4), 0)
            write(painter, room, (words, theme.font(13), theme.t1))
        else:
            room = rect.adjusted(0, 0, -px(20 if runs.roomy else 8), 0)
            write(painter, room, (words, theme.font(13), theme.t1), "right")

    def _paint_bar(self, painter: QPainter, bar: QRectF, part: float | None, checked: bool) -> None:
        theme, radius = self._table.theme, self._table.px(2)
        if part is None:
            painter.save()
            pen = QPen(QColor(theme.line2), 1)
            pen.setDashPattern([2, 2])
            painter.setPen(pen)
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.restore()
            return
        box(painter, bar, radius, theme.base if checked else theme.track, None)
        filled = QRectF(bar.left(), bar.top(), max(radius, bar.width() * part), bar.height())
        box(painter, filled, min(radius, filled.width() / 2), theme.accent if checked else theme.line2, None)


class RunTable(Themed, QTableView):
    """The table: Space checks the current run, Enter shows it again, Delete removes it."""

    toggled = Signal(int)  # the number of the run
    shown = Signal(int)  # it is to be looked at again
    delete_pressed = Signal(int)
    menu_requested = Signal(int, QPoint)  # row, place on the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.runs = theme, Runs()
        self.hovered_row = -1
        self.keyboard = False  # the last move was by keyboard: show where it is
        self.setObjectName("run_table")
        self.setAccessibleName("Runs that have ended")
        self.setModel(self.runs)
        self.setItemDelegate(RunCell(self))
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit(self.verticalHeader().setDefaultSectionSize, ROW)
        header = TableHeader(theme, right=8)
        self.setHorizontalHeader(header)
        self.clicked.connect(self._click)
        self.entered.connect(lambda index: self._hover(index.row()))

    def _click(self, index: ModelIndex) -> None:
        """Its box checks a run; anywhere else in its row brings it back to the stage."""
        number = self.runs.runs[index.row()].number
        (self.toggled if index.column() == Column.CHECK else self.shown).emit(number)

    def fit_columns(self, room: int) -> None:
        """Bars only where there is room for them beside the recipe; where there is hardly any, the columns go whose
        figures the comparison has too. The bar to scroll has its room from the first run on: the columns do not move
        when there are more runs than are seen."""
        room -= self.verticalScrollBar().sizeHint().width()
        roomy = room >= self.px(ROOMY)
        if roomy != self.runs.roomy:
            self.runs.roomy = roomy
            self.runs.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        units = FIRST_WIDTHS | (WIDTHS if roomy else NARROW_WIDTHS)
        widths = {column: self.px(width) for column, width in units.items()}
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        left = room - sum(widths.values())
        for column in (Column.LATENESS, Column.MEMORY, Column.CORES):
            hidden = left < self.px(LEAST_RECIPE)
            self.setColumnHidden(column, hidden)
            left += widths[column] if hidden else 0
        self.setColumnWidth(Column.RECIPE, left)

    def rethemed(self) -> None:
        self.viewport().update()

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.keyboard = True
            if not self.currentIndex().isValid() and self.runs.runs:
                self.setCurrentIndex(self.runs.index(0, Column.RECIPE))
        super().focusInEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """What is typed is looked for among the recipes, wherever in the row one is."""
        self.setCurrentIndex(self.runs.index(max(0, self.currentIndex().row()), Column.RECIPE))
        super().keyboardSearch(search)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the mouse for the run under it, by the keyboard for the current one, below its row."""
        index = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(self.indexAt(event.pos()).row(), event.globalPos())
        elif index.isValid():
            below = self.visualRect(index).bottomLeft()
            self.menu_requested.emit(index.row(), self.viewport().mapToGlobal(below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keyboard = True
        row = self.currentIndex().row()
        match event.key():
            case Qt.Key.Key_Space if row >= 0:
                self.toggled.emit(self.runs.runs[row].number)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if row >= 0:
                self.shown.emit(self.runs.runs[row].number)
            case Qt.Key.Key_Delete if row >= 0:
                self.delete_pressed.emit(self.runs.runs[row].number)
            case _:
                super().keyPressEvent(event)
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if is_plain(event) and not is_function(event):
                event.accept()
                return True
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.keyboard = False
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)
