"""The tasks: a row for each worker of a run: what it is doing, where, and how much it has done.

The table paints only the rows in sight, so ten thousand workers cost what twenty do. An update keeps selection and
place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QRectF, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QWidget

from playground.figures.records import RunStatistics, WorkerStatistics
from playground.reading.states import EMPTY, ENDED, NOT_STARTED, number_of
from ui.kit import swatches
from ui.kit.drawing import Themed, box, write
from ui.kit.labels import Label
from ui.kit.row_table import Cell, ModelIndex, RowTable
from ui.kit.table_header import TableHeader
from ui.kit.theme import Theme, ink_on, mix
from ui.runs.task_rows import TaskColumn, TaskRows

ROOMY = 500  # px: from this width on the CPU column has a bar too; the words of states have precedence

WIDTHS = {TaskColumn.TASK: 46, TaskColumn.ID: 50, TaskColumn.CPU: 40, TaskColumn.CORE: 38, TaskColumn.OPS: 48}
ROOMY_WIDTHS = {TaskColumn.TASK: 54, TaskColumn.ID: 66, TaskColumn.CPU: 100, TaskColumn.CORE: 48, TaskColumn.OPS: 76}
LEFT = 15
LEFT_OF_STATE = 21  # px: room for a swatch before the words


class TaskCell(Cell):
    def __init__(self, panel: TasksPanel) -> None:
        super().__init__(panel.table)
        self._panel = panel

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        panel = self._panel
        worker = panel.model.worker(index.row())
        if worker is None:
            return
        theme, px, rect, column = panel.theme, panel.px, QRectF(option.rect), TaskColumn(index.column())
        self._paint_ground(painter, rect, index, theme)
        words = panel.model.words(worker, column)
        quiet = worker.state in (ENDED, NOT_STARTED)
        match column:
            case TaskColumn.TASK:
                self._paint_task(painter, rect, worker, theme)
            case TaskColumn.STATE:
                self._paint_state(painter, rect, worker, words, theme)
            case TaskColumn.ID:
                write(painter, rect, (words, theme.font(11, mono=True), theme.t3))
            case TaskColumn.CPU:
                self._paint_cpu(painter, rect.adjusted(0, 0, -px(6), 0), worker, words, theme)
            case _:
                color = theme.t3 if quiet or column == TaskColumn.CORE else theme.t1
                room = rect.adjusted(0, 0, -px(10 if column == TaskColumn.OPS else 6), 0)
                write(painter, room, (words, theme.font(12), color), "right")

    def _paint_ground(self, painter: QPainter, rect: QRectF, index: ModelIndex, theme: Theme) -> None:
        table = self._panel.table
        if table.selectionModel().isRowSelected(index.row(), QModelIndex()):
            painter.fillRect(rect, theme.accent_soft)
            if index.column() == 0:
                painter.fillRect(QRectF(rect.left(), rect.top(), theme.px(2), rect.height()), theme.accent)
        elif index.row() == table.hovered_row:
            painter.fillRect(rect, mix(theme.panel, theme.hover, 0.6))

    def _paint_task(self, painter: QPainter, rect: QRectF, worker: WorkerStatistics, theme: Theme) -> None:
        px = theme.px
        color = self._panel.model.color(worker, theme)
        if len(worker.name) <= 2:
            width = px(18 if len(worker.name) == 1 else 26)
            chip = QRectF(rect.left() + px(LEFT), rect.center().y() - px(9), width, px(18))
            box(painter, chip, px(5), color, None)
            write(painter, chip, (worker.name, theme.font(11, 600), ink_on(color)), "center")
            return
        box(painter, QRectF(rect.left() + px(LEFT), rect.center().y() - px(4), px(8), px(8)), px(2), color, None)
        write(painter, rect.adjusted(px(LEFT + 11), 0, 0, 0), (worker.name, theme.font(11, 600), theme.t1))

    def _paint_state(self, painter: QPainter, rect: QRectF, worker: WorkerStatistics, words: str, theme: Theme) -> None:
        px = theme.px
        swatch = QRectF(rect.left(), round(rect.center().y()) - px(6), px(16), px(12))
        state = number_of(worker.state)
        swatches.paint(painter, swatch, state, self._panel.model.color(worker, theme), theme, 2)
        color = theme.bad if worker.error else theme.t2 if state != EMPTY else theme.t3
        write(painter, rect.adjusted(px(LEFT_OF_STATE), 0, -px(2), 0), (words, theme.font(12), color))

    def _paint_cpu(self, painter: QPainter, rect: QRectF, worker: WorkerStatistics, words: str, theme: Theme) -> None:
        px = theme.px
        write(painter, rect, (words, theme.font(12, 500), theme.t1), "right")
        if worker.state in (ENDED, NOT_STARTED):
            return
        if self._panel.roomy:
            bar = QRectF(rect.left() + px(4), rect.center().y() - px(3), rect.width() - px(48), px(6))
        else:
            bar = QRectF(rect.left() + px(6), rect.bottom() - px(5), rect.width() - px(6), px(2))
        painter.fillRect(bar, theme.track)
        part = max(0.0, min(1.0, worker.cpu_recent))
        filled = QRectF(bar.left(), bar.top(), bar.width() * part, bar.height())
        painter.fillRect(filled, self._panel.model.color(worker, theme))


class TasksPanel(Themed, QWidget):
    worker_hovered = Signal(int, int)  # run, index; −1 is none
    worker_chosen = Signal(int, int)
    counted = Signal(int)  # the number of workers listed

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "tasks", "Tasks")
        self.model = TaskRows()
        self.roomy = False
        self._runs: dict[int, RunStatistics] = {}
        self._slots: Mapping[int, int] = {}
        self._chosen: int | None = None
        self._empty = Label(
            theme, "The threads, processes and tasks of a run are listed here.", 13, color="t3", wrap=True
        )
        self.fit(self._empty.setContentsMargins, 15, 12, 15, 14)
        self.table = self._make_table()
        self.model.in_sight = self._rows_in_sight
        self.in_column(self._empty, (self.table, 1), of=self, gap=0).setContentsMargins(0, 0, 0, 1)
        self.table.hide()

    def _make_table(self) -> RowTable:
        header = TableHeader(self.theme)
        header.set_insets({TaskColumn.TASK: LEFT, TaskColumn.STATE: 0, TaskColumn.ID: 0}, {TaskColumn.OPS: 10})
        table = self.table = RowTable(self.theme, "task_table", "Tasks", self.model, header)
        table.setItemDelegate(TaskCell(self))
        self.fit(table.setMinimumHeight, 2 * table.row_height)  # the header and a row
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header.setSectionResizeMode(TaskColumn.STATE, QHeaderView.ResizeMode.Stretch)
        table.row_hovered.connect(self._tell_hovered)
        table.clicked.connect(lambda index: self._tell_chosen(index.row()))
        table.activated.connect(lambda index: self._tell_chosen(index.row()))
        return table

    def _rows_in_sight(self) -> range:
        first, last = self.table.rowAt(0), self.table.rowAt(self.table.viewport().height() - 1)
        return range(max(0, first), self.model.rowCount() if last < 0 else last + 1) if first >= 0 else range(0)

    # --- what the window calls

    def show_tasks(self, runs: Sequence[RunStatistics], first_slots: Mapping[int, int] | None = None) -> None:
        """Takes the runs on the stage, and the colour slot of the first worker of each."""
        self._runs = {run.number: run for run in runs}
        self._slots = first_slots or {}
        if self._chosen not in self._runs:
            self._chosen = next(reversed(self._runs), None)
        self._show()

    def choose_run(self, number: int) -> None:
        """Chooses the run that the whole column is about."""
        if number in self._runs:
            self._chosen = number
            self._show()

    def choose_worker(self, index: int) -> None:
        """Selects the row of a worker, as when its lane is clicked."""
        self.table.selectRow(index)

    def _show(self) -> None:
        run = self._runs.get(self._chosen) if self._chosen is not None else None
        self.model.show_run(run, self._slots.get(run.number, 0) if run else 0)
        self.counted.emit(self.model.rowCount())
        self._empty.setVisible(run is None)
        self.table.setVisible(run is not None)

    def _tell_hovered(self, row: int) -> None:
        if self.model.run is not None:
            self.worker_hovered.emit(self.model.run.number, row)

    def _tell_chosen(self, row: int) -> None:
        if self.model.run is not None:
            self.worker_chosen.emit(self.model.run.number, row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.roomy = self.width() >= self.px(ROOMY)
        for column, width in WIDTHS.items():
            self.table.setColumnWidth(column, self.px(ROOMY_WIDTHS[column] if self.roomy else width))
        super().resizeEvent(event)
