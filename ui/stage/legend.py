"""The legend: all states with the very patterns of the stage. Always visible; in a narrow window with short words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.states import SHORT_WORDS, SLEEP, WORDS
from ui.panels.controls import Themed, width_of, write
from ui.stage.patterns import LEGEND, state_brush
from ui.theme import Theme, font, mix

SWATCH_HEIGHT = 12
FACE = 12


@dataclass(frozen=True)
class Arrangement:
    words: dict[int, str]
    swatch: int  # width, px
    gap: int  # from a swatch to its words
    between: int

    def width(self) -> float:
        count = len(LEGEND)
        words = sum(width_of(self.words.get(state, ""), font(FACE)) for state in LEGEND)
        return words + count * (self.swatch + self.gap) + (count - 1) * self.between


CHOICES = (
    Arrangement(WORDS, 22, 7, 15),
    Arrangement(WORDS, 22, 6, 10),
    Arrangement(SHORT_WORDS, 22, 6, 12),
    Arrangement(SHORT_WORDS, 16, 4, 7),
    Arrangement({}, 16, 0, 4),
)


def draw_swatch(painter: QPainter, rect: QRectF, state: int, color: str, theme: Theme) -> None:
    """One state as a small rounded box."""
    brush = state_brush(state, color, theme, painter.device().devicePixelRatio())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrushOrigin(rect.topLeft())
    painter.setBrush(brush)
    painter.drawRoundedRect(rect, 2.5, 2.5)
    if state == SLEEP:
        line = QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2)
        painter.fillRect(line, QColor(mix(theme.track, color, 0.6)))
    painter.restore()


class Legend(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("legend")
        self.setAccessibleName("Legend: " + ", ".join(WORDS[state] for state in LEGEND))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(20)

    def _layout(self) -> Arrangement:
        """As generous as the width allows."""
        return next((choice for choice in CHOICES if choice.width() <= self.width()), CHOICES[-1])

    def minimumSizeHint(self) -> QSize:
        return QSize(int(CHOICES[-1].width()), 20)

    def sizeHint(self) -> QSize:
        return QSize(int(CHOICES[0].width()) + 1, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        choice = self._layout()
        x = self.width() - choice.width()
        top = round(self.height() / 2 - SWATCH_HEIGHT / 2)
        for state in LEGEND:
            swatch = QRectF(round(x), top, choice.swatch, SWATCH_HEIGHT)
            draw_swatch(painter, swatch, state, self.theme.worker(0), self.theme)
            x += choice.swatch + choice.gap
            text = choice.words.get(state, "")
            room = QRectF(x, 0, width_of(text, font(FACE)) + 2, self.height())
            x += write(painter, room, (text, font(FACE), self.theme.t2)) + choice.between
