"""Icons: an SVG file each in resources/icons, in a square of 16 units and in `currentColor`. So they take the theme's
colours, and are crisp at any size and pixel ratio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[2] / "resources" / "icons"
UNITS = 16.0
STROKE = 'stroke-width="1.5"'  # in every file
APP_SIDES = (16, 24, 32, 48, 64, 128, 256)


@cache
def _text(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text("utf-8")


@cache
def _drawing(name: str, color: str, stroke: float) -> QSvgRenderer:
    text = _text(name).replace("currentColor", color).replace(STROKE, f'stroke-width="{stroke:.4f}"')
    return QSvgRenderer(QByteArray(text.encode()))


def paint(painter: QPainter, name: str, square: QRectF, color: str, width: float) -> None:
    """Draws the icon `name` into `square`, its lines `width` pixels wide whatever the size."""
    _drawing(name, color, width * UNITS / square.width()).render(painter, square)


def app_icon() -> QIcon:
    """Three lanes that take turns."""
    made, drawing = QIcon(), QSvgRenderer(str(ICONS / "app.svg"))
    for side in APP_SIDES:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        drawing.render(painter)
        painter.end()
        made.addPixmap(pixmap)
    return made
