"""Below the recipe bar's chips: why the recipe cannot be run, or what it will do to this window.

It lies over what is below the bar, like a popover, so that nothing moves while somebody types. A warning goes by itself
after a while, but stays as a tool tip of its chip; a problem stays as long as it lasts."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.kit import icons
from ui.kit.cards import Painted
from ui.kit.drawing import RING, Themed, box, width_of
from ui.kit.labels import Label
from ui.kit.theme import Theme
from ui.kit.timers import single_shot

WARNING_MS = 10_000
MOST_WIDTH = 760  # px: longer words take more lines
EDGE, SIGN, GAP, PADDING = 12, 15, 8, 12


class ProblemRow(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "problem_row")

        def draw(painter: QPainter, rect: QRect, theme: Theme) -> None:
            icons.paint(painter, "warn", QRectF(rect), theme.warn, theme.px(1.5))

        sign = Painted(theme, QSize(SIGN, SIGN), draw)
        self._words = Label(theme, "", 13, 400, "t1", wrap=True, line=19)
        self._words.setObjectName("recipe_problem")
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.in_row(sign, (self._words, 1), of=self, edges=(PADDING, 8, PADDING, 9), gap=GAP)
        self._anchor: QWidget | None = None
        self._timer = single_shot(self, "recipe warning", self.hide, WARNING_MS)
        self.hide()

    def say(self, words: str, anchor: QWidget, bar: QWidget, passing: bool = False) -> None:
        """Shows words below `bar`, from the left edge of `anchor` on; without words the row goes. `passing`: a warning,
        which is not repeated while it is the same."""
        said, self._anchor = words == self._words.words(), anchor
        self._words.set_words(words)
        if not words or not passing:
            self._timer.stop()
        elif not said:
            self._timer.start()
        if not words or (passing and said):
            self.setVisible(bool(words) and self.isVisible())
            return
        self._attach(bar)
        if not self.isVisible():
            self.show()
            self.raise_()

    def end_warning(self) -> None:
        """Hides a warning; a problem stays."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _attach(self, bar: QWidget) -> None:
        window = bar.window()
        if window is bar:  # a bar without a window around it
            self.setParent(bar)
        elif self.parentWidget() is not window:
            self.setParent(window)
        self.place(bar)

    def place(self, bar: QWidget) -> None:
        """Places the row; called when the bar or its window has another size."""
        window, px = self.parentWidget(), self.px
        if window is None or self._anchor is None:
            return
        extra = px(SIGN + GAP) + 2 * px(PADDING)
        wanted = ceil(width_of(self._words.words(), self.theme.font(13))) + extra + px(4)
        width = min(wanted, px(MOST_WIDTH), window.width() - 2 * px(EDGE))
        height = self.heightForWidth(width)
        left = self._anchor.mapTo(window, QPoint(px(RING), 0)).x()
        left = max(px(EDGE), min(left, window.width() - px(EDGE) - width))
        self.setGeometry(left, bar.mapTo(window, QPoint(0, bar.height())).y() + px(2), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), self.px(8), self.theme.raised, self.theme.warn)
