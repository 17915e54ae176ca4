"""A menu of choices: a check at the current one, a note at the right, the reason where a choice is not available."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QWidget

from playground.files.visible import visible
from ui.kit import icons
from ui.kit.cards import Separator
from ui.kit.drawing import width_of, write
from ui.kit.popover import EDGE
from ui.kit.search_list import Matching, ModelIndex, RowPaint, SearchList
from ui.kit.theme import Theme

SEARCH_FROM = 8  # rows: in fewer, people find things at a glance
LEAST_BELOW = 240  # px: with less room below what was pressed, the menu may cover it
ACTION_GAP, NOTE_GAP = 14, 12
MOST_WIDTH = 560  # px: a longer reason is elided; its tool tip has all of it


@dataclass(frozen=True)
class Choice:
    value: str
    title: str
    note: str = ""  # at the right; for a choice that is not available, the reason
    available: bool = True
    action: str = ""  # what a press does on a choice that is not available


class Choices(Matching[Choice]):
    def __init__(self) -> None:
        super().__init__()
        self.made_of: Callable[[str], Choice | None] = lambda _typed: None

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self._all = tuple(choices)
        self.filter("")

    def matching(self, typed: str) -> Sequence[Choice]:
        words = typed.casefold().split()
        shown = [c for c in self._all if all(w in f"{c.title} {c.note}".casefold() for w in words)]
        made = self.made_of(typed) if words else None
        return shown if made is None else [made, *(choice for choice in shown if choice.value != made.value)]

    def row_of(self, value: str) -> int:
        return next((row for row, choice in enumerate(self._shown) if choice.value == value), -1)

    def first_to_press(self) -> int:
        """The first choice that can be taken; if there is none, the first with an action."""
        rows = range(len(self._shown))
        able = next((row for row in rows if self._shown[row].available), -1)
        return able if able >= 0 else next((row for row in rows if self._shown[row].action), -1)

    def replace_row(self, row: int, choice: Choice) -> None:
        old, shown = self._shown[row], list(self._shown)
        shown[row] = choice
        self._shown = tuple(shown)
        self._all = tuple(choice if one is old else one for one in self._all)
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

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


class ChoiceRow(RowPaint):
    """Check or warn sign, title left, note right."""

    menu: ChoiceMenu

    def draw(self, painter: QPainter, rect: QRectF, row: int, current: bool) -> None:
        theme, px, choice = self.menu.theme, self.menu.px, self.menu.at(row)
        square = QRectF(rect.left() + px(10), rect.center().y() - px(7.5), px(15), px(15))
        if not choice.available:
            icons.paint(painter, "warn", square, theme.warn, px(1.5))
        elif choice.value == self.menu.taken:
            icons.paint(painter, "check", square, theme.accent, px(1.5))
        room = rect.adjusted(px(32), 0, -px(10), 0)
        if choice.action:
            used = write(painter, room, (choice.action, theme.font(12, 500), theme.accent), "right")
            room.adjust(0, 0, -used - px(ACTION_GAP), 0)
        # The title has precedence over the note.
        named = min(width_of(choice.title, theme.font(14)) + px(NOTE_GAP), room.width() * 0.7)
        note_width = write(painter, room.adjusted(named, 0, 0, 0), (choice.note, theme.font(12), theme.t3), "right")
        color = theme.t1 if choice.available else theme.t3
        write(painter, room.adjusted(0, 0, -note_width - px(NOTE_GAP), 0), (choice.title, theme.font(14), color))


def width_of_row(choice: Choice, theme: Theme) -> float:
    action = width_of(choice.action, theme.font(12, 500)) + theme.px(ACTION_GAP) if choice.action else 0.0
    return width_of(choice.title, theme.font(14)) + width_of(choice.note, theme.font(12)) + action


class ChoiceRows(QListView):
    """The list; it says so when nothing matches what was typed."""

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


class ChoiceMenu(SearchList):
    """Rows to choose from; typing searches them."""

    chosen = Signal(str)
    acted = Signal(str)  # the value of a choice that is not available, but has an action
    _model: Choices

    def __init__(self, theme: Theme, name: str, accessible: str, least_width: int = 200) -> None:
        super().__init__(theme, name, accessible)
        self.taken = ""
        self._least_width = least_width
        self._model = Choices()
        self._make_field(f"{name}_search", f"Search: {accessible}", "Search", 14)
        self._make_rows(ChoiceRows(self), ChoiceRow(self), accessible)
        self._bar = self._search_bar(theme)
        self.in_column(self._bar, self._list, of=self, edges=(5, 5, 5, 5), gap=0)

    def _search_bar(self, theme: Theme) -> QWidget:
        bar = QWidget()
        row = self.in_row(self._magnifier("t3"), self.field, edges=(10, 6, 10, 10), gap=8)
        self.in_column(row, Separator(theme, strong=True), of=bar, edges=(0, 0, 0, 5), gap=0)
        return bar

    def set_choices(self, choices: Sequence[Choice], taken: str) -> None:
        self.taken = taken
        self.field.clear()
        self._model.set_choices(choices)
        self._show_search(len(choices) >= SEARCH_FROM)
        self._make_current(self._first_current())

    def update_choices(self, choices: Sequence[Choice]) -> None:
        """Replaces the choices; an open menu keeps its current row and what was typed."""
        if not self.isVisible():
            return
        row = self.current_row()
        current = self._model.at(row).value if row >= 0 else ""
        self._model.set_choices(choices)
        self._model.filter(self.field.text())
        self._make_current(self._model.row_of(current) if row >= 0 else -1)
        self.resize(self.fitting(self.window().size()).expandedTo(QSize(self.width(), 0)))

    def set_made_of(self, made_of: Callable[[str], Choice | None], placeholder: str) -> None:
        """`made_of` may make a choice of what is typed, which then comes first."""
        self._model.made_of = made_of
        self.field.setPlaceholderText(placeholder)

    def type(self, words: str) -> None:
        """As if the user had typed these words here."""
        self.field.setText(words)

    def say_done(self, value: str, words: str) -> None:
        """Shows these words in place of an action that has been carried out."""
        row = self._model.row_of(value)
        if row >= 0:
            self._model.replace_row(row, replace(self._model.at(row), action=words))

    def rows(self) -> list[Choice]:
        return [self._model.at(row) for row in range(self._model.rowCount())]

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
        """The row of the choice taken; without one, as with commands, the first, so that Enter does something."""
        taken = self._model.row_of(self.taken)
        return taken if taken >= 0 else self._model.first_to_press()

    def _take(self, row: int) -> None:
        if row < 0:
            return
        choice = self._model.at(row)
        if choice.available:
            self.close_popover()
            self.chosen.emit(choice.value)
        elif choice.action:
            self.acted.emit(choice.value)

    def sizeHint(self) -> QSize:
        rows, px = self.rows(), self.px
        widest = max((width_of_row(row, self.theme) for row in rows), default=0.0)
        height = px(self.row_height) * max(1, min(self.most_seen, len(rows))) + px(10) + self._bar.maximumHeight()
        return QSize(max(px(self._least_width), min(px(MOST_WIDTH), int(widest) + px(52 + 40))), height)

    def fitting(self, window: QSize) -> QSize:
        size, px = super().fitting(window), self.px
        if self._anchor is not None:
            below = window.height() - self._anchor.mapTo(self._anchor.window(), self._anchor.rect().bottomLeft()).y()
            if below - 2 * px(EDGE) >= px(LEAST_BELOW):
                size.setHeight(min(size.height(), below - 2 * px(EDGE)))
        return size

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.close_popover()
        return True
