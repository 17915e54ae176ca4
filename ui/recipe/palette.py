"""The palette (Ctrl+K): every action of the window by its name. Type to filter, arrow keys, Enter; Esc closes.

Typed words may make an action themselves: a recipe as one line is offered to be run, first of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QListView, QWidget

from ui.kit import icons, keys
from ui.kit.cards import Painted, Separator
from ui.kit.drawing import badge, width_of, write
from ui.kit.labels import Label
from ui.kit.search_list import Matching, ModelIndex, RowPaint, SearchList
from ui.kit.theme import Theme

WIDTH = 520
TOP = 72


def title(action: QAction) -> str:
    return action.text().replace("&", "")


def kind(action: QAction) -> str:
    """What sort of thing it is, as its title begins; empty for commands."""
    found = action.data()
    return found if isinstance(found, str) else ""


def rank(words: str, typed: str) -> int | None:
    """How well an action's words match: smaller is better, None: not at all. All typed words must be in them."""
    return _rank(words.casefold(), typed.casefold().split())


def _rank(text: str, parts: Sequence[str]) -> int | None:
    if not all(part in text for part in parts):
        return None
    return sum(0 if text.startswith(part) else 1 if f" {part}" in text else 2 for part in parts)


class MatchingActions(Matching[QAction]):
    """The actions that match what was typed, the best first."""

    made_of: Callable[[str], QAction | None]

    def set_actions(
        self, actions: Sequence[QAction], made_of: Callable[[str], QAction | None], lately: Sequence[str] = ()
    ) -> None:
        """`lately`: the titles that were chosen before, the last first."""
        self._all, self.made_of = tuple(actions), made_of
        # Read once: asking hundreds of actions for their words at each key takes longer than finding them.
        self._known = [(title(action).casefold(), action) for action in actions if action.isVisible()]
        places = {words.casefold(): place for place, words in enumerate(lately)}
        first = sorted(self._known, key=lambda pair: (places.get(pair[0], len(places)), not pair[1].isEnabled()))
        self._untyped = [action for _, action in first]
        self.filter("")

    def matching(self, typed: str) -> Sequence[QAction]:
        parts = typed.casefold().split()
        if not parts:
            return self._untyped
        ranked = ((_rank(words, parts), action) for words, action in self._known)
        found = [(place, action) for place, action in ranked if place is not None]
        made = self.made_of(typed)
        best = [action for _, action in sorted(found, key=lambda pair: (pair[0], not pair[1].isEnabled()))]
        return best if made is None else [made, *best]

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        action = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return title(action)
        return None


class CommandRow(RowPaint):
    menu: Palette

    def draw(self, painter: QPainter, rect: QRectF, row: int, current: bool) -> None:
        theme, px, action = self.menu.theme, self.menu.px, self.menu.at(row)
        color = theme.t1 if action.isEnabled() else theme.t3
        square = QRectF(rect.left() + px(13), rect.center().y() - px(7.5), px(15), px(15))
        if action.isCheckable() and action.isChecked():
            icons.paint(painter, "check", square, theme.accent, px(1.5))
        else:
            icons.paint(painter, "right", square, theme.t3, px(1.3))
        shortcut = keys.words(action) or (keys.words(Qt.Key.Key_Return) if current else "")
        used = self._draw_key(painter, rect, keys.badge(shortcut)) if shortcut else 0
        rest = rect.adjusted(px(38), 0, -used - px(22), 0)
        words, sort = title(action), kind(action)
        if sort:
            before, words = f"{sort}: ", words.removeprefix(f"{sort}: ")
            rest.adjust(write(painter, rest, (before, theme.font(14), theme.t3)), 0, 0, 0)
        write(painter, rest, (words, theme.font(14), color))

    def _draw_key(self, painter: QPainter, rect: QRectF, key: str) -> float:
        px = self.menu.px
        width = round(width_of(key, self.menu.theme.font(11))) + px(14)
        place = QRectF(rect.right() - px(12) - width, round(rect.center().y() - px(9)), width, px(18))
        badge(painter, place, key, self.menu.theme)
        return width


class Palette(SearchList):
    row_height = 36
    most_seen = 10
    taken = Signal(str)  # the title of what was chosen
    _model: MatchingActions

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "palette", "Find a command")
        self._model = MatchingActions()
        self._make_field("palette_field", "Find a command", "What do you want to do?", 15)
        self._make_rows(QListView(), CommandRow(self), "Commands")
        self.nothing = Label(theme, "Nothing found", 13, color="t3")
        self.nothing.setObjectName("palette_nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fit(self.nothing.setFixedHeight, self.row_height)
        self.nothing.hide()
        rows = self.in_column(self.nothing, self._list, edges=(4, 5, 4, 4))
        column = self.in_column(self._make_head(theme), Separator(theme, strong=True), rows, of=self, gap=0)
        column.setContentsMargins(1, 1, 1, 1)

    def _make_head(self, theme: Theme) -> QWidget:
        def escape(painter: QPainter, rect: QRect, theme: Theme) -> None:
            badge(painter, QRectF(rect), keys.words(Qt.Key.Key_Escape), theme)

        head = QWidget()
        self.fit(head.setFixedHeight, 45)
        key = Painted(theme, QSize(31, 18), escape)
        self.in_row(self._magnifier("t2"), (self.field, 1), key, of=head, edges=(15, 0, 14, 0), gap=10)
        return head

    def open_with(
        self,
        actions: Sequence[QAction],
        anchor: QWidget,
        made_of: Callable[[str], QAction | None] = lambda _typed: None,
        lately: Sequence[str] = (),
    ) -> None:
        """Opens over the window of `anchor`, which gets the focus back. `made_of` makes an action of typed words;
        `lately` are the titles of those that were chosen before."""
        self._model.set_actions(actions, made_of, lately)
        self.field.clear()
        self._make_current(0)
        self.open_at_top(anchor, self.px(WIDTH), self.px(TOP))

    def titles(self) -> list[str]:
        return [title(self._model.at(row)) for row in range(self._model.rowCount())]

    def _filter(self, typed: str) -> None:
        self._model.filter(typed)
        self._make_current(0)
        self.nothing.setVisible(not self._model.rowCount())
        self._list.setVisible(bool(self._model.rowCount()))
        if self.isVisible():
            self.resize(self.width(), self.fitting(self.window().size()).height())

    def _take(self, row: int) -> None:
        if row < 0 or not self._model.at(row).isEnabled():
            return
        action = self._model.at(row)
        # Closed first: what the action opens must not close with the palette.
        self.close_popover()
        self.taken.emit(title(action))
        action.trigger()

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(px(WIDTH), px(48 + 9) + px(self.row_height) * max(1, min(self.most_seen, self._model.rowCount())))

    def focusNextPrevChild(self, forward: bool) -> bool:
        return True  # Tab has nowhere else to go in here
