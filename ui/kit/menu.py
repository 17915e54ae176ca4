"""Standard menus with round corners. A mask cuts the corners: a translucent window would show dark squares where no
compositor runs."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from ui.kit import icons
from ui.kit.button import Button
from ui.kit.drawing import RING, width_of
from ui.kit.theme import Theme

RADIUS = 8
SIGN = 11  # the arrow of a button that opens a list


class Menu(QMenu):
    def __init__(self, parent: QWidget, name: str, theme: Theme) -> None:
        super().__init__(parent)
        self._radius = theme.px(RADIUS)
        self.setObjectName(name)
        self.setProperty("round", True)  # the style sheet draws its border to match
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        corners = QPainterPath()
        corners.addRoundedRect(QRectF(self.rect()), self._radius, self._radius)
        self.setMask(QRegion(corners.toFillPolygon().toPolygon()))


class MenuButton(Button):
    """A small button that opens a list."""

    def width_with(self, words: str) -> int:
        """The width that the button would have with these words."""
        px, words_wide = self.px, ceil(width_of(words, self.theme.font(self._px, self._weight)))
        return words_wide + 2 * (px(self._padding) + px(RING)) + px(SIGN + 4)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self.px(SIGN + 4), 0)

    def draw(self, painter: QPainter) -> None:
        super().draw(painter)
        rect, side = self.seen(), self.px(SIGN)
        square = QRectF(rect.right() - side - self.px(7), rect.center().y() - side / 2, side, side)
        icons.paint(painter, "down", square, self.theme.t2, self.px(1.3))
