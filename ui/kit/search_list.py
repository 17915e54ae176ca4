"""A popover with a field to type into and, below it, the rows that match. Arrow keys go from row to row while the
keyboard stays in the field; Enter takes the current one, as a click does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.kit import icons
from ui.kit.cards import Painted
from ui.kit.drawing import Ink, box, ink
from ui.kit.popover import Popover
from ui.kit.theme import Face, Theme

Row = TypeVar("Row")
ModelIndex = QModelIndex | QPersistentModelIndex


class Matching(QAbstractListModel, Generic[Row]):
    """The rows that match what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Row] = ()
        self._shown: Sequence[Row] = ()

    def matching(self, typed: str) -> Iterable[Row]:
        raise NotImplementedError

    def filter(self, typed: str) -> None:
        shown = tuple(self.matching(typed))
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def at(self, row: int) -> Row:
        return self._shown[row]

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self._shown)


class RowPaint(QStyledItemDelegate):
    """How a row looks: the current one is filled."""

    def __init__(self, menu: SearchList) -> None:
        super().__init__(menu)
        self.menu = menu

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        return QSize(self.menu.px(100), self.menu.px(self.menu.row_height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        rect, current = QRectF(option.rect), index.row() == self.menu.current_row()
        if current:
            box(painter, rect, self.menu.px(6), self.menu.theme.hover, None)
        self.draw(painter, rect, index.row(), current)

    def draw(self, painter: QPainter, rect: QRectF, row: int, current: bool) -> None:
        raise NotImplementedError


class SearchList(Popover):
    row_height = 34
    most_seen = 18  # rows before the list scrolls; fewer in a low window
    _model: Matching[Any]

    def _make_field(self, name: str, accessible: str, placeholder: str, px: float) -> None:
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(accessible)
        self.fit(self.field.setFont, Face(px))
        self.field.textChanged.connect(self._filter)
        self.setFocusProxy(self.field)

    def _make_rows(self, rows: QListView, paint: RowPaint, accessible: str) -> None:
        self._list = rows
        rows.setObjectName(f"{self.objectName()}_rows")
        rows.setAccessibleName(accessible)
        rows.setModel(self._model)
        rows.setItemDelegate(paint)
        rows.setUniformItemSizes(True)
        rows.setMouseTracking(True)
        rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows.entered.connect(rows.setCurrentIndex)
        rows.clicked.connect(lambda index: self._take(index.row()))
        rows.selectionModel().currentChanged.connect(lambda: rows.viewport().update())

    def _magnifier(self, color: Ink) -> QWidget:
        def lens(painter: QPainter, rect: QRect, theme: Theme) -> None:
            icons.paint(painter, "search", QRectF(rect), ink(theme, color), theme.px(1.5))

        return Painted(self.theme, QSize(15, 15), lens)

    def at(self, row: int) -> Any:
        return self._model.at(row)

    def current_row(self) -> int:
        return self._list.currentIndex().row()

    def _make_current(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row, 0) if 0 <= row < self._model.rowCount() else QModelIndex())

    def _filter(self, typed: str) -> None:
        raise NotImplementedError

    def _take(self, row: int) -> None:
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, rows = self.current_row(), self._model.rowCount()
        match event.key():
            case Qt.Key.Key_Down if rows:
                self._make_current((row + 1) % rows)
            case Qt.Key.Key_Up if rows:
                self._make_current((row - 1) % rows)
            case Qt.Key.Key_PageDown if rows:
                self._make_current(min(rows - 1, row + self.most_seen))
            case Qt.Key.Key_PageUp if rows:
                self._make_current(max(0, row - self.most_seen))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(row)
            case _:
                super().keyPressEvent(event)
