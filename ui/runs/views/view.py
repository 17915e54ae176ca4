"""A view: what all kinds of picture in the Look tab share. It is asked to look at its run ten times a second at most,
and paints only when there is something new."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.run.run import Run
from ui.kit.drawing import Themed, write
from ui.kit.theme import Theme

EDGE = 15  # px left and right, as the other tabs have
TOP = 12
FIGURE_HEIGHT = 54
LEAST_HEIGHT = 96
TEXT_NS = 500_000_000  # text that changes more often cannot be read


class View(Themed, QWidget):
    def __init__(self, theme: Theme, kind: str) -> None:
        super().__init__(theme, f"look_{kind}")
        self.kind = kind
        self.fit(self.setMinimumHeight, LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.run: Run | None = None
        self.slot = 0

    def show_run(self, run: Run, slot: int) -> None:
        """Shows another run, from its beginning; `slot` is the colour of its first worker."""
        self.run, self.slot = run, slot
        self.restart()
        self.update()

    def forget(self) -> None:
        self.run = None
        self.restart()
        self.update()

    def restart(self) -> None:
        """Forgets what is known of the run before."""

    def note(self, now_ns: int) -> None:
        """Called whether the view is seen or not: notes what cannot be found out later."""

    def look(self, now_ns: int) -> None:
        """Called while the view is seen: takes over what is new."""

    def say(self, words: str) -> None:
        """Says what is shown, for screen readers."""
        self.setAccessibleName(words)

    def inside(self) -> QRectF:
        px = self.px
        return QRectF(self.rect()).adjusted(px(EDGE), px(TOP), -px(EDGE), -px(TOP))


def paint_figure(painter: QPainter, view: View, number: str, unit: str, note: str) -> None:
    """Paints, on top of a view, a number that can be read from afar, and a line about it."""
    px, theme, place = view.px, view.theme, view.inside()
    line = QRectF(place.left(), place.top(), place.width(), px(30))
    width = write(painter, line, (number, theme.font(27, 600), theme.t1))
    rest = line.adjusted(width + px(7), 0, 0, 0)
    rest.translate(0, px(4))  # down to the base line of the number
    write(painter, rest, (unit, theme.font(13), theme.t2))
    write(painter, QRectF(place.left(), place.top() + px(33), place.width(), px(18)), (note, theme.font(12), theme.t3))


def paint_hint(painter: QPainter, view: View, words: str) -> None:
    """Paints words where there is nothing to see yet."""
    write(painter, view.inside(), (words, view.theme.font(13), view.theme.t3), "center")
