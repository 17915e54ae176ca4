"""The menu of opponents for a race: the Pythons that can run this recipe too, and whether both run at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.kit.cards import Separator
from ui.kit.choice_menu import ChoiceMenu
from ui.kit.choosing import Segments
from ui.kit.labels import Label
from ui.kit.theme import Theme

AT_ONCE, IN_TURN = "At once", "One after the other"


class RaceMenu(ChoiceMenu):
    raced = Signal(str, bool)  # the opponent; at once?

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "race_menu", "Race against", least_width=420)
        self.title = Label(theme, "", 13, 600, "t1")
        self.order = Segments(theme, "race_order", "At once, or one after the other", px=12, height=22)
        self.order.set_choices([AT_ONCE, IN_TURN], AT_ONCE)
        self._head = QWidget()
        self.in_row((self.title, 1), self.order, of=self._head, edges=(10, 7, 6, 8), gap=16)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, self._head)
        column.insertWidget(1, Separator(theme, strong=True))
        self.chosen.connect(lambda opponent: self.raced.emit(opponent, self.order.taken() == AT_ONCE))

    def sizeHint(self) -> QSize:
        head = self._head.sizeHint()
        size = super().sizeHint()
        return QSize(max(size.width(), head.width() + self.px(10)), size.height() + head.height() + 1)
