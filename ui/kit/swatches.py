"""Swatches: a piece of each state's paint, for legends, split bars and tables: the stage's own patterns."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from playground.reading.states import PAUSED
from ui.kit.patterns import BAR, BAR_GAP, LINED, line_color, state_brush
from ui.kit.theme import Theme

BASE_LINE = 2


def paint(painter: QPainter, rect: QRectF, state: int, color: str, theme: Theme, radius: float = 0) -> None:
    """Fills `rect` with how a worker of this colour looks in this state."""
    painter.save()
    if radius:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(rect, theme.px(radius), theme.px(radius))
        painter.setClipPath(path)
    painter.setBrushOrigin(rect.topLeft())
    painter.fillRect(rect, state_brush(state, color, theme, painter.device().devicePixelRatio()))
    if state in LINED:
        base_line(painter, rect, color, theme)
    if state == PAUSED:
        middle, height = rect.center(), round(rect.height() / 2)
        width, gap = theme.px(BAR), theme.px(BAR_GAP)
        for side in (-(width + gap / 2), gap / 2):
            bar = QRectF(round(middle.x() + side), round(middle.y() - height / 2), width, height)
            painter.fillRect(bar, QColor(theme.t3))
    painter.restore()


def base_line(painter: QPainter, rect: QRectF, color: str, theme: Theme) -> None:
    """The line at the bottom of a lane that is no area."""
    base = QRectF(rect.left(), rect.bottom() - theme.px(BASE_LINE), rect.width(), theme.px(BASE_LINE))
    painter.fillRect(base, QColor(line_color(color, theme)))
