"""The tasks: one row for each worker of a run: what it is doing, where, and what it got done.

The table reads the latest statistics and paints only the rows in sight, so ten thousand workers cost what twenty do.
An update keeps the selection and the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.figures.records import RunStatistics, WorkerStatistics
from playground.reading.states import EMPTY, ENDED, NOT_STARTED, explained, number_of, words_of
from playground.recipe.mistakes import at_start
from ui.kit import swatches
from ui.kit.controls import Themed, box, set_theme_within, write
from ui.kit.labels import Label
from ui.kit.quantities import compact, milliseconds, percent, whole
from ui.kit.table_header import TableHeader
from ui.kit.theme import Theme, ink_on, mix

ROW = 26
ROOMY = 500  # from this width on the CPU column has a bar beside the figure: words of states go first
ModelIndex = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    TASK = 0
    STATE = 1
    ID = 2
    CPU = 3
    CORE = 4
    OPS = 5


MEANINGS = {
    Column.TASK: "The worker: the letter and colour that it has on the stage",
    Column.STATE: "What it does just now",
    Column.ID: "The thread that the worker runs in, as the system numbers them",
    Column.CPU: "How much of a core it had in the last second",
    Column.CORE: "The core that it was on last",
    Column.OPS: "How many pieces of work it has done",
}
TITLES = ("Task", "State", "tid", "CPU", "Core", "Ops")
WIDTHS = {Column.TASK: 46, Column.ID: 50, Column.CPU: 40, Column.CORE: 38, Column.OPS: 48}
ROOMY_WIDTHS = {Column.TASK: 54, Column.ID: 66, Column.CPU: 100, Column.CORE: 48, Column.OPS: 76}
LEFT = 15
LEFT_OF_STATE = 21  # its words begin after a swatch
RIGHT = (Column.CPU, Column.CORE, Column.OPS)


class Tasks(QAbstractTableModel):
    """The workers of the run that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.run: RunStatistics | None = None
        self.first_slot = 0
        self.in_sight: Callable[[], range] = lambda: range(self.rowCount())
        self._made: dict[int, WorkerStatistics] = {}  # each cell of a row asks for its worker
        self._told: dict[int, tuple[object, ...]] = {}  # what rows in sight said last

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
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.ID, Column.ID)
        self._tell_changed()

    def _tell_changed(self) -> None:
        """Only rows that say something else are painted again, and those out of sight when they come into it."""
        self._made.clear()
        said = self._said()
        for row, words in said.items():
            if words != self._told.get(row):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
        self._told = said

    def _said(self) -> dict[int, tuple[object, ...]]:
        return {row: self._says(row) for row in self.in_sight() if row < self.rowCount()}

    def _says(self, row: int) -> tuple[object, ...]:
        worker = self.worker(row)
        if worker is None:
            return ()
        return worker.state, bool(worker.error), *(self.words(worker, column) for column in Column)

    def worker(self, row: int) -> WorkerStatistics | None:
        if self.run is None or not 0 <= row < len(self.run.workers):
            return None
        if row not in self._made:
            self._made[row] = self.run.workers[row]
        return self._made[row]

    def color(self, worker: WorkerStatistics, theme: Theme) -> str:
        return theme.worker(self.first_slot + worker.index)

    def own_process(self) -> bool:
        """Whether each worker is a process of its own, so that the pid tells them apart."""
        pids = {worker.pid for worker in self.run.workers[:2]} if self.run else set()
        return len(pids - {0}) > 1  # 0: not started yet

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self.run.workers) if self.run else 0

    def columnCount(self, parent: ModelIndex | None = None) -> int:
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "pid" if section == Column.ID and self.own_process() else TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            own = section == Column.ID and self.own_process()
            meaning = "The process that the worker is, as the system numbers them" if own else MEANINGS[Column(section)]
            doubts = self.doubts() if section in (Column.STATE, Column.CPU) else None
            return f"{meaning}.\n{doubts}" if doubts else meaning
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def doubts(self) -> str | None:
        """What is to be known of states and CPU time before they are believed."""
        step = self.run.clock_step_ms if self.run else None
        if step is None:
            return None
        return f"Estimated: this system counts CPU time in steps of {milliseconds(step)}"

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        worker = self.worker(index.row())
        if worker is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(worker, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            state = index.column() == Column.STATE
            return worker.error or (state_explained(worker.state) if state else describe(worker))
        return None

    def words(self, worker: WorkerStatistics, column: Column) -> str:
        match column:
            case Column.TASK:
                return worker.name
            case Column.STATE:
                return words_of(worker.state)
            case Column.ID:
                number = worker.pid if self.own_process() else worker.tid
                return str(number) if number else ""
            case Column.CPU:
                return percent(worker.cpu_recent) if worker.state not in (ENDED, NOT_STARTED) else ""
            case Column.CORE:
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


class TaskCell(QStyledItemDelegate):
    def __init__(self, panel: TasksPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        return QSize(self._panel.px(40), self._panel.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        panel = self._panel
        worker = panel.model.worker(index.row())
        if worker is None:
            return
        theme, px, rect, column = panel.theme, panel.px, QRectF(option.rect), Column(index.column())
        self._paint_ground(painter, rect, index, theme)
        words = panel.model.words(worker, column)
        quiet = worker.state in (ENDED, NOT_STARTED)
        match column:
            case Column.TASK:
                self._paint_task(painter, rect, worker, theme)
            case Column.STATE:
                self._paint_state(painter, rect, worker, words, theme)
            case Column.ID:
                write(painter, rect, (words, theme.font(11, mono=True), theme.t3))
            case Column.CPU:
                self._paint_cpu(painter, rect.adjusted(0, 0, -px(6), 0), worker, words, theme)
            case _:
                color = theme.t3 if quiet or column == Column.CORE else theme.t1
                room = rect.adjusted(0, 0, -px(10 if column == Column.OPS else 6), 0)
                write(painter, room, (words, theme.font(12), color), "right")

    def _paint_ground(self, painter: QPainter, rect: QRectF, index: ModelIndex, theme: Theme) -> None:
        table = self._panel.table
        if table.selectionModel().isRowSelected(index.row(), QModelIndex()):
            painter.fillRect(rect, theme.accent_soft)
            if index.column() == 0:
                painter.fillRect(QRectF(rect.left(), rect.top(), theme.px(2), rect.height()), theme.accent)
        elif index.row() == self._panel.hovered_row:
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


class TaskTable(QTableView):
    left = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keyboard and not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, Column.TASK))
        super().focusInEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """What is typed is the name of a task, wherever in the row one is."""
        self.setCurrentIndex(self.model().index(max(0, self.currentIndex().row()), Column.TASK))
        super().keyboardSearch(search)

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)


class TasksPanel(Themed, QWidget):
    worker_hovered = Signal(int, int)  # run, index; −1 is none
    worker_chosen = Signal(int, int)
    counted = Signal(int)  # how many are listed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("tasks")
        self.setAccessibleName("Tasks")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 1)
        self.column.setSpacing(0)
        self.model = Tasks()
        self.hovered_row = -1
        self.roomy = False
        self._runs: dict[int, RunStatistics] = {}
        self._slots: Mapping[int, int] = {}
        self._chosen: int | None = None
        self._empty = Label(
            theme, "The threads, processes and tasks of a run are listed here.", 13, color="t3", wrap=True
        )
        self.fit(self._empty.setContentsMargins, 15, 12, 15, 14)
        self.column.addWidget(self._empty)
        self.table = self._make_table()
        self.model.in_sight = self._rows_in_sight
        self.column.addWidget(self.table, 1)
        self.table.hide()

    def _make_table(self) -> TaskTable:
        table = TaskTable()
        table.setObjectName("task_table")
        table.setAccessibleName("Tasks")
        table.setModel(self.model)
        table.setItemDelegate(TaskCell(self))
        table.setShowGrid(False)
        table.setMouseTracking(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        self.fit(table.setMinimumHeight, 2 * ROW)  # its header and a row
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        # Rows of one height that nobody measures: that is what makes ten thousand of them cheap.
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit(table.verticalHeader().setDefaultSectionSize, ROW)
        header = TableHeader(self.theme)
        header.set_insets({Column.TASK: LEFT, Column.STATE: 0, Column.ID: 0}, {Column.OPS: 10})
        table.setHorizontalHeader(header)
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        table.entered.connect(lambda index: self._hover(index.row()))
        table.left.connect(lambda: self._hover(-1))
        table.clicked.connect(lambda index: self._tell_chosen(index.row()))
        table.activated.connect(lambda index: self._tell_chosen(index.row()))
        return table

    def _rows_in_sight(self) -> range:
        first, last = self.table.rowAt(0), self.table.rowAt(self.table.viewport().height() - 1)
        return range(max(0, first), self.model.rowCount() if last < 0 else last + 1) if first >= 0 else range(0)

    # --- what the window calls

    def show_tasks(self, runs: Sequence[RunStatistics], first_slots: Mapping[int, int] | None = None) -> None:
        """The runs that are shown on the stage, and the colour slot of each one's first worker."""
        self._runs = {run.number: run for run in runs}
        self._slots = first_slots or {}
        if self._chosen not in self._runs:
            self._chosen = next(reversed(self._runs), None)
        self._show()

    def choose_run(self, number: int) -> None:
        """The one that the whole column is about."""
        if number in self._runs:
            self._chosen = number
            self._show()

    def chosen_run(self) -> int | None:
        return self._chosen

    def choose_worker(self, index: int) -> None:
        """Selects a worker's row, as when its lane is pressed."""
        self.table.selectRow(index)

    def _show(self) -> None:
        run = self._runs.get(self._chosen) if self._chosen is not None else None
        self.model.show_run(run, self._slots.get(run.number, 0) if run else 0)
        self.counted.emit(self.model.rowCount())
        self._empty.setVisible(run is None)
        self.table.setVisible(run is not None)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row and self.model.run is not None:
            self.hovered_row = row
            self.table.viewport().update()
            self.worker_hovered.emit(self.model.run.number, row)

    def _tell_chosen(self, row: int) -> None:
        if self.model.run is not None:
            self.worker_chosen.emit(self.model.run.number, row)

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.table.viewport().update()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.roomy = self.width() >= self.px(ROOMY)
        for column, width in WIDTHS.items():
            self.table.setColumnWidth(column, self.px(ROOMY_WIDTHS[column] if self.roomy else width))
        super().resizeEvent(event)
