"""A menu of choices: a check for what is taken, a note at the right, a reason where something is not available."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from playground.files.visible import visible
from ui.kit import icons
from ui.kit.controls import Line, Painted, box, width_of, write
from ui.kit.popover import EDGE, Popover
from ui.kit.theme import Face, Theme

ROW = 34
SEARCH_FROM = 8  # rows: fewer are found at a glance
MOST_SEEN = 18  # rows before the menu scrolls; fewer where the window is lower
LEAST_BELOW = 240  # px: with less below what was pressed, the menu may stand over it
ACTION_GAP, NOTE_GAP = 14, 12
MOST_WIDTH = 560  # px: a longer reason is elided, and told whole by its tool tip

ModelIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Choice:
    value: str
    title: str
    note: str = ""  # at the right; why, where it is not available
    available: bool = True
    action: str = ""  # what a press does where it is not available


class Choices(QAbstractListModel):
    """The rows of a menu that match what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Choice, ...] = ()
        self._shown: tuple[Choice, ...] = ()
        self.made_of: Callable[[str], Choice | None] = lambda _typed: None

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self._all = self._shown = tuple(choices)
        self.endResetModel()

    def filter(self, typed: str) -> None:
        words = typed.casefold().split()
        shown = tuple(c for c in self._all if all(w in f"{c.title} {c.note}".casefold() for w in words))
        made = self.made_of(typed) if words else None
        if made is not None:
            shown = (made, *(choice for choice in shown if choice.value != made.value))
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def at(self, row: int) -> Choice:
        return self._shown[row]

    def row_of(self, value: str) -> int:
        return next((row for row, choice in enumerate(self._shown) if choice.value == value), -1)

    def first_to_press(self) -> int:
        """The first that can be taken; if none can, the first that can be mended."""
        rows = range(len(self._shown))
        able = next((row for row in rows if self._shown[row].available), -1)
        return able if able >= 0 else next((row for row in rows if self._shown[row].action), -1)

    def replace_row(self, row: int, choice: Choice) -> None:
        old, shown = self._shown[row], list(self._shown)
        shown[row] = choice
        self._shown = tuple(shown)
        self._all = tuple(choice if one is old else one for one in self._all)
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def count(self) -> int:
        return len(self._shown)

    def rowCount(self, parent: ModelIndex | None = None) -> int:
        return len(self._shown)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        choice = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            action = f", press for: {choice.action}" if choice.action else ""
            return f"{choice.title}, {'' if choice.available else 'unavailable: '}{choice.note}{action}"
        if role == Qt.ItemDataRole.ToolTipRole and not choice.available:
            return f"{visible(choice.title)}: {visible(choice.note)}"
        return None


class ChoiceRow(QStyledItemDelegate):
    """Paints a row: check or warn sign, title left, note right."""

    def __init__(self, menu: ChoiceMenu) -> None:
        super().__init__(menu)
        self._menu = menu

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        return QSize(self._menu.px(100), self._menu.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        theme, px, choice = self._menu.theme, self._menu.px, self._menu.choice_at(index.row())
        rect = QRectF(option.rect)
        if index.row() == self._menu.current_row():
            box(painter, rect, px(6), theme.hover, None)
        square = QRectF(rect.left() + px(10), rect.center().y() - px(7.5), px(15), px(15))
        if not choice.available:
            icons.paint(painter, "warn", square, theme.warn, px(1.5))
        elif choice.value == self._menu.taken:
            icons.paint(painter, "check", square, theme.accent, px(1.5))
        room = rect.adjusted(px(32), 0, -px(10), 0)
        if choice.action:
            used = write(painter, room, (choice.action, theme.font(12, 500), theme.accent), "right")
            room.adjust(0, 0, -used - px(ACTION_GAP), 0)
        # The name goes before the note.
        named = min(width_of(choice.title, theme.font(14)) + px(NOTE_GAP), room.width() * 0.7)
        note_width = write(painter, room.adjusted(named, 0, 0, 0), (choice.note, theme.font(12), theme.t3), "right")
        color = theme.t1 if choice.available else theme.t3
        write(painter, room.adjusted(0, 0, -note_width - px(NOTE_GAP), 0), (choice.title, theme.font(14), color))


def width_of_row(choice: Choice, theme: Theme) -> float:
    action = width_of(choice.action, theme.font(12, 500)) + theme.px(ACTION_GAP) if choice.action else 0.0
    return width_of(choice.title, theme.font(14)) + width_of(choice.note, theme.font(12)) + action


class Rows(QListView):
    """Says so where nothing matches what was typed."""

    def __init__(self, menu: ChoiceMenu) -> None:
        super().__init__()
        self._menu = menu

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._menu.rows():
            room = QRectF(self.viewport().rect()).adjusted(self._menu.px(32), 0, -self._menu.px(10), 0)
            write(
                QPainter(self.viewport()), room, ("nothing like that", self._menu.theme.font(13), self._menu.theme.t3)
            )


class ChoiceMenu(Popover):
    """Rows to choose from; typing searches them."""

    chosen = Signal(str)
    acted = Signal(str)  # the value of a choice that is not available, but has an action

    def __init__(self, theme: Theme, name: str, accessible: str, least_width: int = 200) -> None:
        super().__init__(theme, name, accessible)
        self.taken = ""
        self._least_width = least_width
        self._model = Choices()
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search")
        self._search.setAccessibleName(f"Search: {accessible}")
        self._search.setObjectName(f"{name}_search")
        self._search.textChanged.connect(self._filter)
        self._list = Rows(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(ChoiceRow(self))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setObjectName(f"{name}_rows")
        self._list.setAccessibleName(accessible)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.entered.connect(self._list.setCurrentIndex)
        self._list.clicked.connect(self._take)
        self._list.selectionModel().currentChanged.connect(lambda: self._list.viewport().update())
        self._bar = self._search_bar(theme)
        column = QVBoxLayout(self)
        self.fit(column.setContentsMargins, 5, 5, 5, 5)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._list)
        self.setFocusProxy(self._search)

    def _search_bar(self, theme: Theme) -> QWidget:
        def lens(painter: QPainter, rect: QRect, theme: Theme) -> None:
            icons.paint(painter, "search", QRectF(rect), theme.t3, theme.px(1.5))

        bar = QWidget()
        column = QVBoxLayout(bar)
        self.fit(column.setContentsMargins, 0, 0, 0, 5)
        column.setSpacing(0)
        row = QHBoxLayout()
        self.fit(row.setContentsMargins, 10, 6, 10, 10)
        self.fit(row.setSpacing, 8)
        row.addWidget(Painted(theme, QSize(15, 15), lens))
        row.addWidget(self._search)
        self.fit(self._search.setFont, Face(14))
        column.addLayout(row)
        column.addWidget(Line(theme, strong=True))
        return bar

    def set_choices(self, choices: Sequence[Choice], taken: str) -> None:
        self.taken = taken
        self._search.clear()
        self._model.set_choices(choices)
        self._show_search(len(choices) >= SEARCH_FROM)
        self._make_current(self._first_current())

    def update_choices(self, choices: Sequence[Choice]) -> None:
        """There are others now; whoever is choosing keeps the place and what was typed."""
        if not self.isVisible():
            return
        row = self.current_row()
        current = self._model.at(row).value if row >= 0 else ""
        self._model.set_choices(choices)
        self._model.filter(self._search.text())
        self._make_current(self._model.row_of(current) if row >= 0 else -1)
        self.resize(self.fitting(self.window().size()).expandedTo(QSize(self.width(), 0)))

    def set_made_of(self, made_of: Callable[[str], Choice | None], placeholder: str) -> None:
        """What is typed may be a choice itself, which then is the first."""
        self._model.made_of = made_of
        self._search.setPlaceholderText(placeholder)

    def type(self, words: str) -> None:
        """As if somebody had typed that here."""
        self._search.setText(words)

    def choice_at(self, row: int) -> Choice:
        return self._model.at(row)

    def current_row(self) -> int:
        return self._list.currentIndex().row()

    def say_done(self, value: str, words: str) -> None:
        """In the place of an action that has been carried out."""
        row = self._model.row_of(value)
        if row >= 0:
            self._model.replace_row(row, replace(self._model.at(row), action=words))

    def rows(self) -> list[Choice]:
        return [self._model.at(row) for row in range(self._model.count())]

    def _show_search(self, shown: bool) -> None:
        # Kept in the layout with no height, not hidden: a hidden field cannot hold the focus that typing needs.
        self._bar.setFixedHeight(self._bar.sizeHint().height() if shown else 0)

    def rethemed(self) -> None:
        super().rethemed()
        self._show_search(self._bar.maximumHeight() > 0)

    def _filter(self, typed: str) -> None:
        if typed:
            self._show_search(True)
        self._model.filter(typed)
        self._make_current(self._model.first_to_press() if typed else self._first_current())
        if self.isVisible():
            self.resize(self.fitting(self.window().size()).expandedTo(QSize(self.width(), 0)))

    def _first_current(self) -> int:
        """What is taken; of commands, of which none is, the first, so that Enter does something."""
        taken = self._model.row_of(self.taken)
        return taken if taken >= 0 else self._model.first_to_press()

    def _make_current(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row, 0) if row >= 0 else QModelIndex())

    def _take(self, index: ModelIndex) -> None:
        if not index.isValid():
            return
        choice = self._model.at(index.row())
        if choice.available:
            self.close_popover()
            self.chosen.emit(choice.value)
        elif choice.action:
            self.acted.emit(choice.value)

    def sizeHint(self) -> QSize:
        rows, px = self.rows(), self.px
        widest = max((width_of_row(row, self.theme) for row in rows), default=0.0)
        height = px(ROW) * max(1, min(MOST_SEEN, len(rows))) + px(10) + self._bar.maximumHeight()
        return QSize(max(px(self._least_width), min(px(MOST_WIDTH), int(widest) + px(52 + 40))), height)

    def fitting(self, window: QSize) -> QSize:
        size, px = super().fitting(window), self.px
        if self._anchor is not None:
            below = window.height() - self._anchor.mapTo(self._anchor.window(), self._anchor.rect().bottomLeft()).y()
            if below - 2 * px(EDGE) >= px(LEAST_BELOW):
                size.setHeight(min(size.height(), below - 2 * px(EDGE)))
        return size

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
                self._take(self._list.currentIndex())
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.close_popover()
        return True
