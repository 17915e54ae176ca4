"""The palette (Ctrl+K): every action of the window by its name. Type to filter, arrow keys, Enter; Esc closes.

What is typed may be an action itself: a recipe as one line is offered to be run, before all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.kit import icons, keys
from ui.kit.controls import Line, Painted, badge, box, width_of, write
from ui.kit.labels import Label
from ui.kit.popover import Popover
from ui.kit.theme import Face, Theme

WIDTH = 520
TOP = 72
ROW = 36
MOST_SEEN = 10
ModelIndex = QModelIndex | QPersistentModelIndex


def title(action: QAction) -> str:
    return action.text().replace("&", "")


def rank(words: str, typed: str) -> int | None:
    """How well an action's words match: smaller is better, None not at all. All words typed have to be in it."""
    text, parts = words.casefold(), typed.casefold().split()
    if not all(part in text for part in parts):
        return None
    return sum(0 if text.startswith(part) else 1 if f" {part}" in text else 2 for part in parts)


class Actions(QAbstractListModel):
    """The actions that match what was typed, the best first."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[QAction, ...] = ()
        self._shown: list[QAction] = []
        self._made_of: Callable[[str], QAction | None] = lambda _typed: None

    def set_actions(self, actions: Sequence[QAction], made_of: Callable[[str], QAction | None]) -> None:
        self._all, self._made_of = tuple(actions), made_of
        self.filter("")

    def filter(self, typed: str) -> None:
        ranked = [(rank(title(action), typed), action) for action in self._all if action.isVisible()]
        found = [(place, action) for place, action in ranked if place is not None]
        made = self._made_of(typed)
        best = [action for _, action in sorted(found, key=lambda pair: (pair[0], not pair[1].isEnabled()))]
        self.beginResetModel()
        self._shown = best if made is None else [made, *best]
        self.endResetModel()

    def at(self, row: int) -> QAction:
        return self._shown[row]

    def count(self) -> int:
        return len(self._shown)

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self._shown)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        action = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return title(action)
        return None


class ActionRow(QStyledItemDelegate):
    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        return QSize(self._palette.px(100), self._palette.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        theme, px, action = self._palette.theme, self._palette.px, self._palette.action_at(index.row())
        rect, current = QRectF(option.rect), index.row() == self._palette.current_row()
        if current:
            box(painter, rect, px(6), theme.hover, None)
        color = theme.t1 if action.isEnabled() else theme.t3
        square = QRectF(rect.left() + px(13), rect.center().y() - px(7.5), px(15), px(15))
        if action.isCheckable() and action.isChecked():
            icons.paint(painter, "check", square, theme.accent, px(1.5))
        else:
            icons.paint(painter, "right", square, theme.t3, px(1.3))
        shortcut = keys.words(action) or (keys.words(Qt.Key.Key_Return) if current else "")
        used = self._draw_key(painter, rect, keys.badge(shortcut)) if shortcut else 0
        write(painter, rect.adjusted(px(38), 0, -used - px(22), 0), (title(action), theme.font(14), color))

    def _draw_key(self, painter: QPainter, rect: QRectF, key: str) -> float:
        px = self._palette.px
        width = round(width_of(key, self._palette.theme.font(11))) + px(14)
        place = QRectF(rect.right() - px(12) - width, round(rect.center().y() - px(9)), width, px(18))
        badge(painter, place, key, self._palette.theme)
        return width


class Palette(Popover):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "palette", "Find a command")
        self._model = Actions()
        self.field = QLineEdit()
        self.field.setObjectName("palette_field")
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Find a command")
        self.fit(self.field.setFont, Face(15))
        self.field.textChanged.connect(self._filter)
        self._list = QListView()
        self._list.setObjectName("palette_rows")
        self._list.setAccessibleName("Commands")
        self._list.setModel(self._model)
        self._list.setItemDelegate(ActionRow(self))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.entered.connect(self._list.setCurrentIndex)
        self._list.clicked.connect(lambda index: self._do(index.row()))
        self._list.selectionModel().currentChanged.connect(lambda: self._list.viewport().update())
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._make_head(theme))
        column.addWidget(Line(theme, strong=True))
        holder = QVBoxLayout()
        self.fit(holder.setContentsMargins, 4, 5, 4, 4)
        self.nothing = Label(theme, "Nothing found", 13, color="t3")
        self.nothing.setObjectName("palette_nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fit(self.nothing.setFixedHeight, ROW)
        self.nothing.hide()
        holder.addWidget(self.nothing)
        holder.addWidget(self._list)
        column.addLayout(holder)
        self.setFocusProxy(self.field)

    def _make_head(self, theme: Theme) -> QWidget:
        def lens(painter: QPainter, rect: QRect, theme: Theme) -> None:
            icons.paint(painter, "search", QRectF(rect), theme.t2, theme.px(1.5))

        def escape(painter: QPainter, rect: QRect, theme: Theme) -> None:
            badge(painter, QRectF(rect), keys.words(Qt.Key.Key_Escape), theme)

        head = QWidget()
        self.fit(head.setFixedHeight, 45)
        row = QHBoxLayout(head)
        self.fit(row.setContentsMargins, 15, 0, 14, 0)
        self.fit(row.setSpacing, 10)
        row.addWidget(Painted(theme, QSize(15, 15), lens))
        row.addWidget(self.field, 1)
        row.addWidget(Painted(theme, QSize(31, 18), escape))
        return head

    def open_with(
        self,
        actions: Sequence[QAction],
        anchor: QWidget,
        made_of: Callable[[str], QAction | None] = lambda _typed: None,
    ) -> None:
        """Opens over the window of `anchor`, which gets the focus back. `made_of` makes an action of what is typed."""
        self._model.set_actions(actions, made_of)
        self.field.clear()
        self._make_current(0)
        self.open_at_top(anchor, self.px(WIDTH), self.px(TOP))

    def titles(self) -> list[str]:
        return [title(self._model.at(row)) for row in range(self._model.count())]

    def action_at(self, row: int) -> QAction:
        return self._model.at(row)

    def current_row(self) -> int:
        return self._list.currentIndex().row()

    def _filter(self, typed: str) -> None:
        self._model.filter(typed)
        self._make_current(0)
        self.nothing.setVisible(not self._model.count())
        self._list.setVisible(bool(self._model.count()))
        if self.isVisible():
            self.resize(self.width(), self.fitting(self.window().size()).height())

    def _make_current(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row, 0) if 0 <= row < self._model.count() else QModelIndex())

    def _do(self, row: int) -> None:
        if not 0 <= row < self._model.count() or not self._model.at(row).isEnabled():
            return
        action = self._model.at(row)
        # Closed first: what the action opens must not be closed with it.
        self.close_popover()
        action.trigger()

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(px(WIDTH), px(48 + 9) + px(ROW) * max(1, min(MOST_SEEN, self._model.count())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, rows = self.current_row(), self._model.count()
        match event.key():
            case Qt.Key.Key_Down if rows:
                self._make_current((row + 1) % rows)
            case Qt.Key.Key_Up if rows:
                self._make_current((row - 1) % rows)
            case Qt.Key.Key_PageDown if rows:
                self._make_current(min(rows - 1, row + MOST_SEEN))
            case Qt.Key.Key_PageUp if rows:
                self._make_current(max(0, row - MOST_SEEN))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._do(row)
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return True  # there is nothing else in it to go to
