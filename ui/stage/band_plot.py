"""A band: a pyqtgraph plot on the shared time axis, painted by one item from pixels that are ready. Mouse and wheel
move the time window, never a single plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Protocol

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.kit.drawing import Themed
from ui.kit.patterns import pixel
from ui.kit.theme import Theme
from ui.stage.pixel_ring import PixelRing, Places
from ui.stage.time_window import Frame, TimeWindow

SETTLE_NS = 20_000_000  # a state may be corrected this long after it began


class Grip(Protocol):
    """Something in a plot that can be dragged."""

    def seize(self, x: float) -> bool: ...

    def drag(self, x: float) -> None: ...


class TimeBox(pg.ViewBox):  # type: ignore[misc]
    """pyqtgraph's view of a band. Wheel, drag and double click act on the time window, and so on all bands."""

    def __init__(self, window: TimeWindow) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.window = window
        self.grip: Grip | None = None
        self._gripping = False
        self.disableAutoRange()
        self.setYRange(0, 1, padding=0)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        event.accept()
        notches = event.delta() / 120
        if event.orientation() == Qt.Orientation.Horizontal:
            self.window.pan(notches * 0.1)
        else:
            self.window.wheel(notches, event.pos().x() / max(1.0, self.width()))

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self._gripping = self.grip is not None and self.grip.seize(event.buttonDownPos().x())
        if self._gripping and self.grip is not None:
            self.grip.drag(event.pos().x())
        else:
            self.window.pan((event.pos().x() - event.lastPos().x()) / max(1.0, self.width()))

    def mouseClickEvent(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.double():
            if not self.getViewWidget().double_click(event.pos().x(), event.pos().y()):
                self.window.live()
        else:
            self.getViewWidget().clicked.emit(event.pos().x(), event.pos().y())


class BandItem(pg.GraphicsObject):  # type: ignore[misc]
    """The one item of a band. It is placed in pixels, so that its picture is blitted, not scaled."""

    def __init__(self, plot: BandPlot, parent: TimeBox) -> None:
        super().__init__(parent)
        self._plot = plot
        self._rect = QRectF()

    def resize(self, width: float, height: float) -> None:
        self.prepareGeometryChange()
        self._rect = QRectF(0, 0, width, height)

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        ratio = self._plot.ratio
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        self._plot.draw(painter)
        painter.restore()
        self._plot.draw_over(painter)


class BandPlot(Themed, pg.PlotWidget):  # type: ignore[misc]
    """What all bands share: view box, gridlines, cross-hair, and when to paint."""

    hovered = Signal(float, float)
    left = Signal()
    clicked = Signal(float, float)
    _ring: PixelRing | None = None  # the picture; None before there is something to show

    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        self.view = TimeBox(window)
        super().__init__(theme, background=None, viewBox=self.view)
        self.window_of_time = window
        self.cross: float | None = None
        self.ticks: Sequence[float] = ()  # in px from the left
        self._lines: Places = np.zeros(0, np.int64)  # the ticks in device pixels
        self.frame: Frame | None = None
        self._dirty: int | None = None
        item = self.getPlotItem()
        item.hideButtons()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.layout.setContentsMargins(0, 0, 0, 0)
        item.layout.setSpacing(0)
        self.band = BandItem(self, self.view)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setOptimizationFlag(self.OptimizationFlag.DontAdjustForAntialiasing)

    @property
    def ratio(self) -> float:
        return float(self.devicePixelRatioF())

    @property
    def unit(self) -> float:
        """Device pixels in a pixel of the design."""
        return self.ratio * self.theme.scale

    @property
    def px_width(self) -> int:
        return max(1, round(float(self.width()) * self.ratio))

    @property
    def px_height(self) -> int:
        return round(float(self.height()) * self.ratio)

    def rethemed(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Makes the band paint everything again."""
        self.repaint_soon()

    def repaint_soon(self) -> None:
        self.band.update()

    def note_dirty(self, since: int | None) -> None:
        """Notes that new records may change the picture from `since` on."""
        if since is not None:
            self._dirty = since if self._dirty is None else min(self._dirty, since)

    def show_cross(self, x: float | None) -> None:
        if x != self.cross:
            self.cross = x
            self.repaint_soon()

    def show_ticks(self, ticks: Sequence[float]) -> None:
        if ticks != self.ticks:
            self.ticks = ticks
            wide = np.arange(max(1, round(self.unit)))
            starts = np.rint(np.array(ticks, np.float64) * self.ratio).astype(np.int64)
            lines = (starts[:, None] + wide[None, :]).reshape(-1)
            self._lines = lines[lines < self.px_width]
            self.repaint_soon()

    def draw(self, painter: QPainter) -> None:
        """Draws the data, in device pixels."""
        if self._ring is None or self.frame is None:
            painter.fillRect(0, 0, self.px_width, self.px_height, QColor(self.theme.panel))
        else:
            self.draw_ring(painter, self._ring, self.frame)

    def draw_ring(self, painter: QPainter, ring: PixelRing, frame: Frame) -> None:
        """Draws the picture with gridlines, and below it the rest that a fraction of a pixel leaves."""
        ring.draw(painter, frame.left, min(frame.width, ring.capacity), self._lines, pixel(self.theme.base))
        rest = self.px_height - ring.height
        if rest > 0:
            painter.fillRect(0, ring.height, self.px_width, rest, QColor(self.theme.panel))

    def draw_over(self, painter: QPainter) -> None:
        """Draws the cross-hair, in logical pixels."""
        if self.cross is not None:
            cross = QColor(self.theme.t1)
            cross.setAlphaF(0.55)
            painter.fillRect(round(self.cross), 0, self.px(1), self.height(), cross)

    def describe(self, x: float, y: float) -> list[str]:
        """What is at a point: a title, then details."""
        return []

    def row_around(self, y: float) -> tuple[float, float] | None:
        """Top and bottom of the row that `describe` is about; None where it is about the whole plot."""
        return None

    def double_click(self, x: float, y: float) -> bool:
        """Takes a double click; False: it has no meaning here, and the window goes back to live."""
        return False

    def moment(self, x: float) -> int | None:
        """The moment in the middle of a pixel."""
        return None if self.frame is None else self.frame.moment(round(x * self.ratio) + 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.hovered.emit(event.position().x(), event.position().y())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "band"):  # pyqtgraph calls this already while the plot is being made
            self.band.resize(self.width(), self.height())
            self.reset()


@dataclass(frozen=True)
class RowPlaces:
    """Where the rows of a band lie, in device pixels, so that all are equally high at any scale."""

    ratio: float = 1.0
    top: int = 0
    count: int = 0
    height: int = 1
    gap: int = 0

    @classmethod
    def of(cls, ratio: float, top: float, count: int, height: float, gap: float) -> RowPlaces:
        return cls(ratio, round(top * ratio), count, max(1, round(height * ratio)), round(gap * ratio))

    @property
    def pitch(self) -> int:
        return self.height + self.gap

    @property
    def bottom(self) -> int:
        return self.top + self.count * self.pitch - (self.gap if self.count else 0)

    @property
    def logical_bottom(self) -> int:
        return ceil(self.bottom / self.ratio)

    def place(self, row: int) -> QRectF:
        """Top and height of a row, in logical pixels; x is left at 0."""
        return QRectF(0, (self.top + row * self.pitch) / self.ratio, 0, self.height / self.ratio)

    def around(self, y: float) -> tuple[float, float] | None:
        """Top and bottom of the row at `y`."""
        row = self.row_at(y)
        return None if row is None else (self.place(row).top(), self.place(row).bottom())

    def row_at(self, y: float) -> int | None:
        row, within = divmod(floor(y * self.ratio) - self.top, self.pitch)
        return int(row) if 0 <= row < self.count and within < self.height else None
