"""What panels are made of besides controls: cards, the lines between their parts, and small drawings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.kit import icons
from ui.kit.drawing import Edges, Ink, Themed, box, ink
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme


class Separator(Themed, QWidget):
    """A separating line, horizontal or vertical."""

    def __init__(self, theme: Theme, standing: bool = False, strong: bool = False, length: int = 0) -> None:
        super().__init__(theme)
        self._strong = strong
        if standing:
            self.setFixedWidth(1)
            if length:
                self.fit(self.setFixedHeight, length)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        QPainter(self).fillRect(self.rect(), QColor(theme.line1 if self._strong else theme.line0))


class Card(Themed, QFrame):
    """A panel with a border; its contents stand in a column."""

    trouble = Drawn(False)

    def __init__(self, theme: Theme, name: str, accessible: str, edges: Edges) -> None:
        super().__init__(theme, name, accessible)
        self.column = self.in_column(of=self, edges=edges, gap=0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        line = theme.trouble_line if self.trouble else theme.panel_line
        box(QPainter(self), QRectF(self.rect()), self.px(10), theme.panel, line)


class Painted(Themed, QWidget):
    """A widget that a function draws: for one-off drawings within a panel."""

    def __init__(self, theme: Theme, size: QSize, draw: Callable[[QPainter, QRect, Theme], None]) -> None:
        super().__init__(theme)
        self._draw = draw
        self.fit(self.setFixedSize, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw(QPainter(self), self.rect(), self.theme)


def warn_sign(theme: Theme, height: int, top: int, color: Ink = "warn") -> Painted:
    """The sign before words that warn, `top` pixels from its upper edge."""

    def draw(painter: QPainter, rect: QRect, theme: Theme) -> None:
        square = QRectF(0, theme.px(top), theme.px(15), theme.px(15))
        icons.paint(painter, "warn", square, ink(theme, color), theme.px(1.5))

    return Painted(theme, QSize(15, height), draw)
