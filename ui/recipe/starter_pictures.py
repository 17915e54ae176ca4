"""The pictures of the starters, painted: what one will see."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from playground.reading.states import GIL
from ui.kit import swatches
from ui.kit.theme import Theme, mix

LANE_GAP = 3


def lanes(rect: QRectF, gap: int) -> list[QRectF]:
    """Four lanes, as high as there is room."""
    height = (int(rect.height()) - 3 * gap) // 4
    return [QRectF(rect.left(), rect.top() + row * (height + gap), rect.width(), height) for row in range(4)]


def draw_threads(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Four lanes that take turns."""
    slots = 27
    pitch = rect.width() / slots
    random, order = Random(3), [2]
    while len(order) < slots:
        order.append(random.choice([lane for lane in range(4) if lane != order[-1]]))
    for lane, row in enumerate(lanes(rect, theme.px(LANE_GAP))):
        color = theme.worker(lane)
        swatches.paint(painter, row, GIL, color, theme)
        for slot, holder in enumerate(order):
            if holder == lane:
                place = QRectF(rect.left() + slot * pitch, row.top(), pitch, row.height())
                painter.fillRect(place, QColor(color))


def draw_processes(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Four lanes that run all the time."""
    for lane, row in enumerate(lanes(rect, theme.px(LANE_GAP))):
        painter.fillRect(row, QColor(theme.worker(lane + 4)))


def draw_freeze(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """A pulse: calm, late, calm again."""
    painter.fillRect(rect, QColor(theme.track))
    random = Random(11)
    calm = QColor(mix(theme.track, theme.ok, 0.7))
    thin, thick = theme.px(2), theme.px(3)
    columns = int(rect.width() // thin)
    for column in range(columns):
        part = column / columns
        x = rect.left() + column * thin
        if not 0.35 < part < 0.75:
            height = theme.px(3 + random.random() ** 2 * 22)
            painter.fillRect(QRectF(x, rect.bottom() - height, thin, height), calm)
        elif column % 4 == 0:
            late = column % 32 == 0
            height = rect.height() * (0.9 if late else 0.72 + random.random() * 0.08)
            color = QColor(theme.bad if late else theme.warn)
            painter.fillRect(QRectF(x, rect.bottom() - height, thick, height), color)
    pen = QPen(QColor(mix(theme.track, theme.warn, 0.55)), theme.px(1))
    pen.setDashPattern([2, 4])
    painter.setPen(pen)
    line = round(rect.top() + rect.height() * 0.46) + 0.5
    painter.drawLine(QPointF(rect.left(), line), QPointF(rect.right(), line))
