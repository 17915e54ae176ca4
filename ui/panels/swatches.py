"""Swatches: a piece of each state's paint, for legends, split bars and tables: the stage's own patterns."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from playground.lanes import CORE, EMPTY, GIL, IO, LOCK, RUN, SLEEP, TURN
from ui.stage.patterns import state_brush
from ui.theme import Theme, mix

__all__ = ["CORE", "EMPTY", "GIL", "IO", "LOCK", "RUN", "SLEEP", "STATE_OF_WORKER", "TURN", "paint"]

BASE_LINE = 2
# what a worker's ring says of it
STATE_OF_WORKER = {"running": RUN, "sleeping": SLEEP, "io": IO, "blocked": LOCK, "queued": TURN}


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
