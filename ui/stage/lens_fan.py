"""The fan from the bracket over the lanes to the full width of the lens. It moves each frame, so it is an opaque widget
of its own: nothing else is painted again."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.kit.drawing import Themed
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme

FAN = 12  # px high


class Fan(Themed, QWidget):
    bracket: Drawn[tuple[int, int] | None] = Drawn(None)  # its left and right, in px of the plot

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        if self.bracket is None:
            return
        left, right = self.bracket
        width = self.width() - 1
        painter.setPen(Qt.PenStyle.NoPen)
        fill = QColor(self.theme.t1)
        fill.setAlphaF(0.13)
        painter.setBrush(fill)
        corners = [QPointF(left, 0), QPointF(right, 0), QPointF(width, self.px(FAN)), QPointF(0, self.px(FAN))]
        painter.drawPolygon(QPolygonF(corners))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.line2), 1))
        painter.drawLine(corners[0] + QPointF(0.5, 0), corners[3] + QPointF(0.5, 0))
        painter.drawLine(corners[1] - QPointF(0.5, 0), corners[2] - QPointF(0.5, 0))
