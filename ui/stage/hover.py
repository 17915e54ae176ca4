"""What is under the mouse: a card beside it with worker, state, time and length; and which worker it is."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.kit.drawing import Themed, box, width_of, write
from ui.kit.theme import Theme
from ui.stage.band_plot import BandPlot
from ui.stage.cores_band import CoresPlot
from ui.stage.run_plot import RunPlot

RowedPlot = RunPlot | CoresPlot
LINE, PADDING = 17, 9
DISTANCE, GAP, EDGE = 14, 4, 4


class HoverCard(Themed, QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent=parent)
        self.lines: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, lines: list[str], at: QPointF, row: tuple[float, float] | None = None) -> None:
        """Shows `lines` beside a point of the stage; without lines the card hides. `row` is top and bottom of the row
        that they are about, which the card does not cover."""
        if not lines:
            self.hide()
            return
        if lines != self.lines:
            self.lines = lines
            px = self.px
            widths = [width_of(line, self.theme.font(12, 400 if row else 600)) for row, line in enumerate(lines)]
            self.resize(ceil(max(widths)) + 2 * px(PADDING) + px(4), len(lines) * px(LINE) + 2 * px(PADDING) - px(3))
            self.update()
        self.move(self._place(at, row or (at.y(), at.y())).toPoint())
        if not self.isVisible():
            self.raise_()
            self.show()

    def _place(self, at: QPointF, row: tuple[float, float]) -> QPointF:
        """The place of the card: right of the mouse and below the row, or on the other side where there is no room."""
        gap, edge, distance = map(self.px, (GAP, EDGE, DISTANCE))
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect()
        x = at.x() + distance
        if x + self.width() > room.width() - edge:
            x = at.x() - distance - self.width()
        below, above = max(row[1] + gap, at.y() + distance), min(row[0] - gap, at.y() - distance) - self.height()
        y = below if below + self.height() <= room.height() - edge or above < edge else above
        most_x, most_y = room.width() - edge - self.width(), room.height() - edge - self.height()
        return QPointF(max(edge, min(x, most_x)), max(edge, min(y, most_y)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px = QPainter(self), self.theme, self.px
        painter.fillRect(self.rect(), theme.base)
        box(painter, QRectF(self.rect()), 0, theme.raised, theme.line2)
        for row, line in enumerate(self.lines):
            room = QRectF(px(PADDING), px(PADDING - 2) + row * px(LINE), self.width() - px(PADDING), px(LINE))
            text = (line, theme.font(12, 400 if row else 600), theme.t2 if row else theme.t1)
            write(painter, room, text)


class RowPointer:
    """The row of the stage that the keyboard points at: a plot, and a height in it."""

    def __init__(self) -> None:
        self.at: tuple[RowedPlot, float] | None = None
        self._row = -1

    def step(self, plots: Sequence[RowedPlot], by: int) -> tuple[RowedPlot, float] | None:
        """Goes to the next row of these plots; from nowhere, to the first or the last."""
        rows = [(plot, plot.rows.place(row).center().y()) for plot in plots for row in range(plot.rows.count)]
        if not rows:
            self.leave()
            return None
        outside = 0 if by > 0 else len(rows) - 1
        self._row = max(0, min(len(rows) - 1, self._row + by)) if self.at is not None else outside
        self.at = rows[self._row]
        return self.at

    def leave(self) -> None:
        self.at, self._row = None, -1


class UnderMouse(QObject):
    """The worker whose lane the mouse is over."""

    changed = Signal(int, int)  # run and worker; −1 is none

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = (-1, -1)

    def note(self, plot: BandPlot | None, y: float = 0.0) -> None:
        lane = plot.lane_at(y) if isinstance(plot, RunPlot) else None
        worker = (-1, -1) if lane is None or not isinstance(plot, RunPlot) else (plot.run.number, lane)
        if worker != self._worker:
            self._worker = worker
            self.changed.emit(*worker)
