"""The panel around a band: labels at the left of its plot, figures at the right. It paints these itself, and does so
again only where words have changed."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.kit.button import Button, Press, icon_button
from ui.kit.drawing import Text, Themed, box, write
from ui.kit.drawn import Drawn

MARGIN = 12  # px from the stage's edge to a panel, and from a panel's edge to its words
PLOT_LEFT = 124  # px from a panel's left edge
PLOT_RIGHT = 104  # px from a panel's right edge
DIMMED = 0.6
GUTTER = 10  # px from the plot to the figures
PERCENT_RIGHT = 34  # px from the gutter's left edge to the right edge of a percentage


class BandPanel(Themed, QWidget):
    """The panel around a plot."""

    dimmed = Drawn(False)
    grounded = True  # has it a ground and a border of its own?

    @property
    def plot_width(self) -> int:
        return max(self.px(40), (self.width() - self.px(PLOT_LEFT) - self.px(PLOT_RIGHT)) // 4 * 4)

    @property
    def plot_right(self) -> int:
        return self.px(PLOT_LEFT) + self.plot_width

    @property
    def gutter(self) -> int:
        return self.plot_right + self.px(GUTTER)

    @property
    def text_right(self) -> int:
        return self.width() - self.px(MARGIN)

    def labels(self, top: float, height: float) -> QRectF:
        """The room for words at the left of the plot."""
        return QRectF(self.px(MARGIN), top, self.px(PLOT_LEFT - MARGIN - 10), height)

    def figures(self, top: float, height: float) -> QRectF:
        """The room for words at the right of the plot."""
        return QRectF(self.gutter, top, self.text_right - self.gutter, height)

    def percent_room(self, top: float, height: float) -> QRectF:
        return QRectF(self.plot_right + self.px(2), top, self.px(GUTTER + PERCENT_RIGHT - 2), height)

    def repaint_figures(self, top: float, height: float) -> None:
        left = self.plot_right + 1
        self.update(QRect(left, floor(top) - 1, self.width() - left, ceil(height) + self.px(3)))

    def draw_ground(self, painter: QPainter, line: str | None = None) -> None:
        box(painter, QRectF(self.rect()), self.px(10), self.theme.panel, line or self.theme.panel_line)

    def draw_edge(self, painter: QPainter, top: float, bottom: float, live: bool) -> None:
        """Draws the live edge, at the right of every plot that shares the axis."""
        if live:
            painter.fillRect(QRectF(self.plot_right, top, self.px(1), bottom - top), QColor(self.theme.t1))

    def place(self) -> None:
        """Gives its parts their places."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.dimmed:
            painter.setOpacity(DIMMED)
        if self.grounded:
            self.draw_ground(painter)
        self.draw_words(painter, event.rect())

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        raise NotImplementedError

    def write_figure(self, painter: QPainter, top: float, height: float, texts: tuple[Text, Text]) -> None:
        """Writes a percentage, and what belongs to it right of that; without a percentage, over its room too."""
        percent, what = texts
        write(painter, self.percent_room(top, height), percent, "right")
        left = self.gutter + self.px(PERCENT_RIGHT + 4)
        room = QRectF(left, top, self.text_right - left, height) if percent[0] else self.figures(top, height)
        write(painter, room, what, "right")

    def small_button(self, name: str, icon: str, words: str, press: Press) -> Button:
        """A small button on the panel."""
        button = icon_button(
            self.theme, name, icon, words, side=24, icon_px=14, kind="plain", icon_ink="t2", press=press
        )
        button.setParent(self)
        return button
