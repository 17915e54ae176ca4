"""The row below the recipe bar's chips: why the recipe cannot be run, or what it will do to this window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import icons
from ui.panels.controls import Painted
from ui.panels.labels import Label
from ui.theme import Theme

HEIGHT = 28


class ProblemRow(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 10)
        row.setSpacing(8)
        sign = Painted(theme, QSize(15, 15), lambda p, rect, t: icons.paint(p, "warn", QRectF(rect), t.warn))
        self._words = Label(theme, "", 13, 400, "t1")
        self._words.setObjectName("recipe_problem")
        # All that is allowed may be more than the window is wide: the tool tip has it.
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(sign)
        row.addWidget(self._words, 1)
        self.hide()

    def show_words(self, words: str) -> None:
        self._words.set_words(words.split("\n")[0])
        self._words.setToolTip(words)
        self.setVisible(bool(words))
