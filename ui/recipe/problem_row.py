"""Below the recipe bar's chips: why the recipe cannot be run, or what it will do to this window.

It lies over what is below the bar, like a popover, so that nothing moves while somebody types. A warning goes by itself
after a while, and the chip that it is about keeps it as its tool tip; a problem stays for as long as it is one."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPoint, QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.kit import icons
from ui.kit.controls import RING, Painted, Themed, box, set_theme_within, width_of
from ui.kit.labels import Label
from ui.kit.theme import Theme, font

WARNING_MS = 10_000
MOST_WIDTH = 760  # px: longer words have more lines
EDGE, SIGN, GAP, PADDING = 12, 15, 8, 12


class ProblemRow(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("problem_row")
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, 8, PADDING, 9)
        row.setSpacing(GAP)
        sign = Painted(theme, QSize(SIGN, SIGN), lambda p, rect, t: icons.paint(p, "warn", QRectF(rect), t.warn))
        self._words = Label(theme, "", 13, 400, "t1", wrap=True, line=19)
        self._words.setObjectName("recipe_problem")
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(sign)
        row.addWidget(self._words, 1)
        self._anchor: QWidget | None = None
        self._timer = QTimer(self, singleShot=True, interval=WARNING_MS)
        self._timer.setObjectName("recipe warning")
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str, anchor: QWidget, bar: QWidget, passing: bool = False) -> None:
        """Below `bar`, from the left edge of `anchor` on; no words, and it goes. `passing`: a warning; it is not said
        again while it is the same."""
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
        """A problem stays."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _attach(self, bar: QWidget) -> None:
        window = bar.window()
        if window is bar:  # a bar alone is a window of its own
            self.setParent(bar)
        elif self.parentWidget() is not window:
            self.setParent(window)
        self.place(bar)

    def place(self, bar: QWidget) -> None:
        """The bar, or what it stands in, has another size."""
        window = self.parentWidget()
        if window is None or self._anchor is None:
            return
        extra = SIGN + GAP + 2 * PADDING
        wanted = ceil(width_of(self._words.words(), font(13))) + extra + 4
        width = min(wanted, MOST_WIDTH, window.width() - 2 * EDGE)
        height = self.heightForWidth(width)
        left = self._anchor.mapTo(window, QPoint(RING, 0)).x()
        left = max(EDGE, min(left, window.width() - EDGE - width))
        self.setGeometry(left, bar.mapTo(window, QPoint(0, bar.height())).y() + 2, width, height)

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), 8, self.theme.raised, self.theme.warn)
