"""Icons: small drawings in a square of 16 units, made of paths, so that they are crisp at any size and in any theme.

`paint` draws one where a painter is at hand; `icon` makes a QIcon for menus and actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

Point = tuple[float, float]
UNITS = 16.0
PIXEL_RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class Drawing:
    """What an icon is made of: lines to stroke and shapes to fill."""

    def __init__(self) -> None:
        self.lines = QPainterPath()
        self.shapes = QPainterPath()

    def line(self, *points: Point) -> None:
        self.lines.moveTo(*points[0])
        for point in points[1:]:
            self.lines.lineTo(*point)

    def ring(self, x: float, y: float, radius: float) -> None:
        self.lines.addEllipse(QPointF(x, y), radius, radius)

    def dot(self, x: float, y: float, radius: float) -> None:
        self.shapes.addEllipse(QPointF(x, y), radius, radius)

    def frame(self, x: float, y: float, width: float, height: float, radius: float = 1.5) -> None:
        self.lines.addRoundedRect(QRectF(x, y, width, height), radius, radius)

    def block(self, x: float, y: float, width: float, height: float, radius: float = 0.0) -> None:
        self.shapes.addRoundedRect(QRectF(x, y, width, height), radius, radius)

    def polygon(self, points: Iterable[Point], radius: float = 0.8) -> None:
        """Filled, its corners rounded a little."""
        corners = [QPointF(*point) for point in points]
        for place, corner in enumerate(corners):
            before, after = corners[place - 1], corners[(place + 1) % len(corners)]
            start, end = _towards(corner, before, radius), _towards(corner, after, radius)
            if place == 0:
                self.shapes.moveTo(start)
            else:
                self.shapes.lineTo(start)
            self.shapes.quadTo(corner, end)
        self.shapes.closeSubpath()


def _towards(start: QPointF, end: QPointF, distance: float) -> QPointF:
    x, y = end.x() - start.x(), end.y() - start.y()
    part = distance / max(1e-6, (x**2 + y**2) ** 0.5)
    return QPointF(start.x() + x * part, start.y() + y * part)


def _play(it: Drawing) -> None:
    it.polygon([(4.0, 2.8), (13.0, 8.0), (4.0, 13.2)])


def _race(it: Drawing) -> None:
    it.line((1.8, 4.6), (8.6, 4.6))
    it.line((1.8, 11.4), (11.4, 11.4))
    it.line((14.0, 2.2), (14.0, 13.8))
    it.dot(8.6, 4.6, 1.9)
    it.dot(11.4, 11.4, 1.9)


def _pause(it: Drawing) -> None:
    it.block(4.2, 3.5, 2.6, 9.0, 0.4)
    it.block(9.2, 3.5, 2.6, 9.0, 0.4)


def _stop(it: Drawing) -> None:
    it.block(3.4, 3.4, 9.2, 9.2, 1.6)


def _sun(it: Drawing) -> None:
    it.ring(8, 8, 2.9)
    for eighth in range(8):
        x, y = cos(eighth * pi / 4), sin(eighth * pi / 4)
        it.line((8 + 5.2 * x, 8 + 5.2 * y), (8 + 6.7 * x, 8 + 6.7 * y))


def _moon(it: Drawing) -> None:
    whole, bite = QPainterPath(), QPainterPath()
    whole.addEllipse(QPointF(7.6, 8.3), 5.6, 5.6)
    bite.addEllipse(QPointF(11.2, 5.2), 4.9, 4.9)
    it.lines.addPath(whole.subtracted(bite))


def _search(it: Drawing) -> None:
    it.ring(6.9, 6.9, 4.6)
    it.line((10.3, 10.3), (14.0, 14.0))


def _lens(it: Drawing) -> None:
    _search(it)
    it.line((6.9, 4.9), (6.9, 8.9))
    it.line((4.9, 6.9), (8.9, 6.9))


def _knobs(it: Drawing) -> None:
    it.line((1.5, 5.0), (8.4, 5.0))
    it.line((12.6, 5.0), (14.5, 5.0))
    it.ring(10.5, 5.0, 1.9)
    it.line((1.5, 11.0), (3.4, 11.0))
    it.line((7.6, 11.0), (14.5, 11.0))
    it.ring(5.5, 11.0, 1.9)


def _down(it: Drawing) -> None:
    it.line((4.2, 6.2), (8, 10.0), (11.8, 6.2))


def _up(it: Drawing) -> None:
    it.line((4.2, 9.8), (8, 6.0), (11.8, 9.8))


def _right(it: Drawing) -> None:
    it.line((6.2, 4.2), (10.0, 8), (6.2, 11.8))


def _check(it: Drawing) -> None:
    it.line((3.0, 8.6), (6.4, 12.0), (13.2, 4.4))


def _dash(it: Drawing) -> None:
    it.line((3.4, 8.0), (12.6, 8.0))


def _plus(it: Drawing) -> None:
    it.line((3.0, 8.0), (13.0, 8.0))
    it.line((8.0, 3.0), (8.0, 13.0))


def _warn(it: Drawing) -> None:
    it.line((8, 2.2), (14.4, 13.4), (1.6, 13.4), (8, 2.2), (14.4, 13.4))
    it.line((8, 6.6), (8, 9.4))
    it.dot(8, 11.5, 0.95)


def _close(it: Drawing) -> None:
    it.line((3.6, 3.6), (12.4, 12.4))
    it.line((12.4, 3.6), (3.6, 12.4))


def _export(it: Drawing) -> None:
    it.line((8, 10.2), (8, 2.2))
    it.line((4.8, 5.4), (8, 2.2), (11.2, 5.4))
    it.line((2.2, 10.4), (2.2, 13.8), (13.8, 13.8), (13.8, 10.4))


def _swap(it: Drawing) -> None:
    it.line((2.4, 5.2), (13.4, 5.2), (10.6, 2.6))
    it.line((13.6, 10.8), (2.6, 10.8), (5.4, 13.4))


def _again(it: Drawing) -> None:
    it.lines.moveTo(12.6, 5.0)
    it.lines.arcTo(QRectF(2.8, 2.8, 10.4, 10.4), 35, 290)
    it.line((13.2, 1.8), (12.9, 5.2), (9.6, 4.9))


def _copy(it: Drawing) -> None:
    it.frame(5.4, 5.4, 8.6, 8.6)
    it.line((10.6, 3.2), (10.6, 2.4), (2.4, 2.4), (2.4, 10.6), (3.2, 10.6))


def _lock(it: Drawing) -> None:
    it.block(3.2, 7.2, 9.6, 6.8, 1.4)
    it.lines.moveTo(5.2, 7.2)
    it.lines.arcTo(QRectF(5.2, 2.4, 5.6, 5.6), 180, -180)
    it.lines.lineTo(10.8, 7.2)


def _expand(it: Drawing) -> None:
    it.line((4.2, 5.8), (8, 2.2), (11.8, 5.8))
    it.line((4.2, 10.2), (8, 13.8), (11.8, 10.2))


def _collapse(it: Drawing) -> None:
    it.line((4.2, 2.6), (8, 6.2), (11.8, 2.6))
    it.line((4.2, 13.4), (8, 9.8), (11.8, 13.4))


def _more(it: Drawing) -> None:
    for x in (3.4, 8.0, 12.6):
        it.dot(x, 8, 1.3)


DRAWINGS: dict[str, Callable[[Drawing], None]] = {
    "play": _play,
    "race": _race,
    "pause": _pause,
    "stop": _stop,
    "sun": _sun,
    "moon": _moon,
    "search": _search,
    "lens": _lens,
    "knobs": _knobs,
    "down": _down,
    "up": _up,
    "right": _right,
    "check": _check,
    "dash": _dash,
    "plus": _plus,
    "warn": _warn,
    "close": _close,
    "export": _export,
    "swap": _swap,
    "again": _again,
    "copy": _copy,
    "lock": _lock,
    "expand": _expand,
    "collapse": _collapse,
    "more": _more,
}


@cache
def _drawing(name: str) -> Drawing:
    made = Drawing()
    DRAWINGS[name](made)
    return made


def paint(painter: QPainter, name: str, square: QRectF, color: str, width: float = 1.5) -> None:
    """Draws the icon `name` into `square`, its lines `width` pixels wide whatever the size."""
    drawing, scale = _drawing(name), square.width() / UNITS
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(square.topLeft())
    painter.scale(scale, scale)
    pen = QPen(QColor(color), width / scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(drawing.lines)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawPath(drawing.shapes)
    painter.restore()


@cache
def icon(name: str, color: str, px: int = 16) -> QIcon:
    """For actions and menus, which want a QIcon."""
    made = QIcon()
    for ratio in PIXEL_RATIOS:
        side = round(px * ratio)
        pixmap = QPixmap(QSize(side, side))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint(painter, name, QRectF(0, 0, px, px), color)
        painter.end()
        made.addPixmap(pixmap)
    return made


APP_SIDES = (16, 24, 32, 48, 64, 128, 256)
APP_LANES = ((0.06, 0.34), (0.34, 0.62), (0.62, 0.94))  # who runs when: one after the other
APP_GROUND, APP_COLORS = "#131619", ("#58C4F2", "#F2B347", "#27A36C")


@cache
def app_icon() -> QIcon:
    """Three lanes that take turns."""
    made = QIcon()
    for side in APP_SIDES:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(APP_GROUND))
        painter.drawRoundedRect(QRectF(0, 0, 1, 1), 0.2, 0.2)
        for lane, ((start, end), color) in enumerate(zip(APP_LANES, APP_COLORS, strict=True)):
            painter.setBrush(QColor(color))
            painter.drawRect(QRectF(start, 0.18 + lane * 0.23, end - start, 0.18))
        painter.end()
        made.addPixmap(pixmap)
    return made
