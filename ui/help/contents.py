"""The contents of the help window: the titles of its pages, the one that is read filled; a line before each group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from ui.help.pages import Page
from ui.kit.drawing import Themed, box, write
from ui.kit.theme import Theme

ROW, GAP = 30, 13
ModelIndex = QModelIndex | QPersistentModelIndex


class Pages(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Page] = []

    def show(self, pages: Sequence[Page]) -> None:
        self.beginResetModel()
        self.shown = list(pages)
        self.endResetModel()

    def begins_group(self, row: int) -> bool:
        return row > 0 and self.shown[row].group != self.shown[row - 1].group

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self.shown)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.shown[index.row()].title if role == Qt.ItemDataRole.DisplayRole else None


class PageRow(QStyledItemDelegate):
    def __init__(self, contents: Contents) -> None:
        super().__init__(contents)
        self._contents = contents

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        px, extra = self._contents.px, GAP if self._contents.pages.begins_group(index.row()) else 0
        return QSize(px(80), px(ROW + extra))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        theme, px, rect = self._contents.theme, self._contents.px, QRectF(option.rect)
        if self._contents.pages.begins_group(index.row()):
            painter.fillRect(QRectF(rect.left(), rect.top() + px(GAP // 2), rect.width(), 1), theme.line1)
            rect.setTop(rect.top() + px(GAP))
        current = index.row() == self._contents.currentIndex().row()
        if current:
            box(painter, rect, px(6), theme.hover, None)
        room = rect.adjusted(px(10), 0, -px(8), 0)
        write(painter, room, (index.data(), theme.font(13, 500 if current else 400), theme.t1 if current else theme.t2))


class Contents(Themed, QListView):
    chosen = Signal(str)  # the name of a page

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "help_contents", "Contents")
        self.pages = Pages()
        self.setModel(self.pages)
        self.setItemDelegate(PageRow(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(self._tell)

    def show_pages(self, pages: Sequence[Page], current: str) -> None:
        """Shows these pages; the current one stays if it is among them, else the first is."""
        names = [page.name for page in pages]
        self.pages.show(pages)
        if names:
            self.setCurrentIndex(self.pages.index(names.index(current) if current in names else 0, 0))

    def choose(self, name: str) -> None:
        row = next((row for row, page in enumerate(self.pages.shown) if page.name == name), -1)
        if row >= 0:
            self.setCurrentIndex(self.pages.index(row, 0))

    def step(self, by: int) -> None:
        rows = self.pages.rowCount()
        if rows:
            self.setCurrentIndex(self.pages.index((self.currentIndex().row() + by) % rows, 0))

    def _tell(self, index: QModelIndex) -> None:
        self.viewport().update()
        if index.isValid():
            self.chosen.emit(self.pages.shown[index.row()].name)

    def rethemed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
