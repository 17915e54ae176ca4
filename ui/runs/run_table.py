"""The table of ended runs: the widths of its columns, how cells and bars are painted, and its keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from playground.figures.finished import FinishedRun
from playground.figures.records import STOPPED, TIME_UP, TROUBLE
from ui.kit import icons
from ui.kit.drawing import box, width_of, write
from ui.kit.keys import KeepsKeys, is_function, is_plain
from ui.kit.row_table import Cell, ModelIndex, RowTable
from ui.kit.table_header import TableHeader
from ui.kit.theme import Theme, mix
from ui.runs.run_rows import NO_PICTURE, RunColumn, RunRows, recipe_words

BAR = 72
LEAST_RECIPE, ROOM_FOR_RECIPE = 270, 320  # px: bars give way to words, and need room for a recipe beside them
TURNED, TURNED_SHORT, ROOM_FOR_TURNED = "knob turned", "turned", 240


WIDTHS = {  # px: with room for bars, and without
    RunColumn.CHECK: (40, 40),
    RunColumn.NUMBER: (36, 36),
    RunColumn.THROUGHPUT: (208, 128),
    RunColumn.CORES: (160, 52),
    RunColumn.MEMORY: (164, 82),
    RunColumn.LATENESS: (150, 90),
    RunColumn.OUTCOME: (82, 74),
}
ROOMY = sum(wide for wide, _ in WIDTHS.values()) + ROOM_FOR_RECIPE


class RunCell(Cell):
    def __init__(self, table: RunTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        theme, px, runs = self._table.theme, self._table.px, self._table.runs
        run, column, rect = runs.runs[index.row()], RunColumn(index.column()), QRectF(option.rect)
        checked = run.number in runs.checked
        self._paint_ground(painter, rect, index, checked)
        words = runs.words(run, column)
        match column:
            case RunColumn.CHECK:
                self._paint_check(painter, rect, checked)
            case RunColumn.NUMBER:
                write(painter, rect.adjusted(px(6), 0, 0, 0), (words, theme.font(13, 600), theme.t1))
            case RunColumn.RECIPE:
                self._paint_recipe(painter, rect.adjusted(px(6), 0, -px(10), 0), run)
            case RunColumn.OUTCOME:
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
        """Paints the mark of a run whose knobs were turned during it, however narrow the table is."""
        theme, px, ink = self._table.theme, self._table.px, self._table.theme.font(11, 600)
        words = TURNED if rect.width() >= px(ROOM_FOR_TURNED) else TURNED_SHORT
        width = width_of(words, ink) + px(12)
        plate = QRectF(rect.right() - width, round(rect.center().y()) - px(9), width, px(18))
        box(painter, plate, px(5), theme.warn_soft, None)
        write(painter, plate, (words, ink, theme.warn), "center")
        return width + px(8)

    def _paint_figure(
        self, painter: QPainter, rect: QRectF, run: FinishedRun, column: RunColumn, words: str, checked: bool
    ) -> None:
        theme, px, runs = self._table.theme, self._table.px, self._table.runs
        if runs.roomy:
            bar = QRectF(rect.left() + px(6), round(rect.center().y()) - px(4), px(BAR), px(8))
            self._paint_bar(painter, bar, runs.part(run, column), checked)
        if column == RunColumn.THROUGHPUT:
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


class RunTable(KeepsKeys, RowTable):
    """The table: Space checks the current run, Enter shows it again, Delete removes it."""

    toggled = Signal(int)  # the number of the run
    shown = Signal(int)  # the number of the run to show again
    delete_pressed = Signal(int)
    menu_requested = Signal(int, QPoint)  # row, place on the screen
    row_height = 28
    searched = RunColumn.RECIPE

    def __init__(self, theme: Theme) -> None:
        self.runs = RunRows()
        super().__init__(theme, "run_table", "Runs that have ended", self.runs, TableHeader(theme, right=8))
        self.keyboard = False  # the last move was by keyboard: show the current row
        self.setItemDelegate(RunCell(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.clicked.connect(self._click)
        self._by_key: dict[int, SignalInstance] = {
            Qt.Key.Key_Space: self.toggled,
            Qt.Key.Key_Delete: self.delete_pressed,
        }
        self._by_key |= dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), self.shown)

    def _click(self, index: ModelIndex) -> None:
        """A click on the box checks a run; elsewhere in the row it brings the run back to the stage."""
        number = self.runs.runs[index.row()].number
        (self.toggled if index.column() == RunColumn.CHECK else self.shown).emit(number)

    def fit_columns(self, room: int) -> None:
        """Shows bars only where there is room beside the recipe; with hardly any room, columns go that the comparison
        has too. Room for the scroll bar is kept from the first run on, so that columns do not move when it appears."""
        room -= self.verticalScrollBar().sizeHint().width()
        roomy = room >= self.px(ROOMY)
        if roomy != self.runs.roomy:
            self.runs.roomy = roomy
            self.runs.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(RunColumn) - 1)
        widths = {column: self.px(wide if roomy else narrow) for column, (wide, narrow) in WIDTHS.items()}
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        left = room - sum(widths.values())
        for column in (RunColumn.LATENESS, RunColumn.MEMORY, RunColumn.CORES):
            hidden = left < self.px(LEAST_RECIPE)
            self.setColumnHidden(column, hidden)
            left += widths[column] if hidden else 0
        self.setColumnWidth(RunColumn.RECIPE, left)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.keyboard = True
        super().focusInEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the run under the mouse; by keyboard, of the current run, below its row."""
        index = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(self.indexAt(event.pos()).row(), event.globalPos())
        elif index.isValid():
            below = self.visualRect(index).bottomLeft()
            self.menu_requested.emit(index.row(), self.viewport().mapToGlobal(below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keyboard = True
        row, does = self.currentIndex().row(), self._by_key.get(event.key())
        if does is not None and row >= 0:
            does.emit(self.runs.runs[row].number)
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def keeps(self, event: QKeyEvent) -> bool:
        return is_plain(event) and not is_function(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self.keyboard = False
        return super().event(event)
