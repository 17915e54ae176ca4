"""Swatches: a piece of each state's paint, for legends, split bars and tables: the stage's own patterns."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from playground.states import EMPTY, NUMBERS, SLEEP
from ui.stage.patterns import state_brush
from ui.theme import Theme, mix

BASE_LINE = 2


def state_of(name: str) -> int:
    """Of a worker, by the name of what it is doing now; EMPTY: not begun, paused or ended."""
    return NUMBERS.get(name, EMPTY)


def paint(painter: QPainter, rect: QRectF, state: int, color: str, theme: Theme, radius: float = 0) -> None:
    """Fills `rect` with how a worker of this colour looks in this state."""
    painter.save()
    if radius:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(rect, radius, radius)
        painter.setClipPath(path)
    painter.setBrushOrigin(rect.topLeft())
    painter.fillRect(rect, state_brush(state, color, theme, painter.device().devicePixelRatio()))
    if state == SLEEP:
        base = QRectF(rect.left(), rect.bottom() - BASE_LINE, rect.width(), BASE_LINE)
        painter.fillRect(base, QColor(mix(theme.track, color, 0.6)))
    painter.restore()
