"""Tables of rows without a grid. All rows have one height, and none is measured, so ten thousand are cheap. The row
under the mouse is marked; what is typed is looked for in one column, whichever is the current one."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui.kit.drawing import Themed
from ui.kit.table_header import TableHeader
from ui.kit.theme import Theme

ModelIndex = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractTableModel):
    """Rows in columns, each column with a title, a meaning, and left or right alignment."""

    columns = 0

    def title(self, column: int) -> str:
        raise NotImplementedError

    def meaning(self, column: int) -> str:
        raise NotImplementedError

    def stands_right(self, column: int) -> bool:
        raise NotImplementedError

    def columnCount(self, parent: ModelIndex | None = None) -> int:
        return self.columns

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.meaning(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.stands_right(section) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class RowTable(Themed, QTableView):
    row_hovered = Signal(int)  # −1 is none
    row_height = 26
    searched = 0  # the column in which what is typed is looked for

    def __init__(self, theme: Theme, name: str, accessible: str, model: RowModel, header: TableHeader) -> None:
        super().__init__(theme, name, accessible)
        self.hovered_row = -1
        self.setModel(model)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit(self.verticalHeader().setDefaultSectionSize, self.row_height)
        self.setHorizontalHeader(header)
        self.entered.connect(lambda index: self._hover(index.row()))

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()
            self.row_hovered.emit(row)

    def rethemed(self) -> None:
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keyboard and not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, self.searched))
        super().focusInEvent(event)

    def keyboardSearch(self, search: str) -> None:
        self.setCurrentIndex(self.model().index(max(0, self.currentIndex().row()), self.searched))
        super().keyboardSearch(search)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)


class Cell(QStyledItemDelegate):
    """How a cell of such a table looks."""

    def __init__(self, table: RowTable) -> None:
        super().__init__(table)

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        table = self.parent()
        assert isinstance(table, RowTable)
        return QSize(table.px(40), table.px(table.row_height))
