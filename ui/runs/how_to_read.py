"""How to read the stage: what its colours and patterns say, shown while there is no run to speak of."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.reading.states import TOLD, State
from playground.recipe.mistakes import at_start
from ui.kit import swatches
from ui.kit.cards import Card, Separator
from ui.kit.drawing import Themed, write
from ui.kit.labels import Caption, Label
from ui.kit.theme import Theme

ROW = 22


class HowToRead(Card):
    """What colours and patterns say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "how_to_read", "How to read the stage", (16, 14, 16, 14))
        words = "Colour says **who**. Pattern says **what**. A lane filled to a quarter ran a quarter of the time."
        rest = Label(theme, words, 13, color="t2", wrap=True, line=19)
        rows = (LegendRow(theme, row) for row in TOLD)
        title = Caption(theme, "How to read the stage")
        self.fill(self.column, title, 11, *rows, 8, Separator(theme), 10, rest)


class LegendRow(Themed, QWidget):
    def __init__(self, theme: Theme, row: State) -> None:
        super().__init__(theme, accessible=row.meaning)
        self._state, self._words = row.number, row.meaning
        self.setToolTip(f"{at_start(row.words)}: {row.explained}")
        self.setAccessibleDescription(self.toolTip())
        self.fit(self.setFixedHeight, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px = QPainter(self), self.theme, self.px
        swatches.paint(painter, QRectF(0, px(3), px(52), px(16)), self._state, theme.worker(0), theme, 3)
        write(painter, QRectF(px(64), 0, self.width() - px(64), px(ROW)), (self._words, theme.font(13), theme.t2))
