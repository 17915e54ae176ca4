"""How things are drawn in a theme: inks, boxes, words, badges, and what every themed widget shares.

Each widget paints itself from the theme, so a switch of theme is one repaint. Sizes and fonts go through `fit`, so a
change of scale is one pass over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from math import ceil
from types import EllipsisType
from typing import Any, Literal, TypeVar, cast

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from playground.files.visible import visible
from ui.kit.theme import Face, Size, Theme

Edges = tuple[int, int, int, int]  # left, top, right, bottom
Part = (
    QWidget
    | QLayout
    | QSpacerItem
    | int  # px that stay free
    | EllipsisType  # takes the spare room
    | tuple[QWidget | QLayout, int]  # … with how much of the spare room it takes
    | tuple[QWidget, int, Qt.AlignmentFlag]
)
RING = 4  # room for the focus ring around a button: 2 px of gap, 2 px of ring
Ink = Literal["t1", "t2", "t3", "accent", "ok", "warn", "bad", "on_accent"]
Text = tuple[str, QFont, str]  # words, font, colour
Line = TypeVar("Line", bound=QBoxLayout)


def ink(theme: Theme, name: Ink) -> str:
    return cast(str, getattr(theme, name))


class Themed:
    """A mix-in for widgets that are drawn in a theme; it stands before the widget among the bases."""

    theme: Theme

    def __init__(self, theme: Theme, name: str = "", accessible: str = "", *given: Any, **named: Any) -> None:
        """`name` is the object's, `accessible` is what a screen reader says; the rest is for the widget itself."""
        super().__init__(*given, **named)
        self.theme = theme
        if name:
            cast(QObject, self).setObjectName(name)
        if accessible:
            cast(QWidget, self).setAccessibleName(accessible)

    @cached_property
    def _fits(self) -> dict[Callable[..., object], tuple[int | Face, ...]]:
        return {}

    def px(self, size: Size) -> Size:
        return self.theme.px(size)

    def fit(self, setter: Callable[..., object], *sizes: int | Face) -> None:
        """Calls a setter with its sizes or its font in pixels: now, and again when the scale of the theme changes."""
        self._fits[setter] = sizes
        setter(*(self.px(size) if isinstance(size, int) else self.theme.font(*size) for size in sizes))

    def in_row(
        self, *parts: Part, of: QWidget | None = None, edges: Edges = (0, 0, 0, 0), gap: int | None = None
    ) -> QHBoxLayout:
        """Lays parts out in a row, as the layout of the widget `of` or to stand in another layout. Without a `gap`
        they are as far apart as the style wants."""
        return self._laid_out(QHBoxLayout(of) if of is not None else QHBoxLayout(), parts, edges, gap)

    def in_column(
        self, *parts: Part, of: QWidget | None = None, edges: Edges = (0, 0, 0, 0), gap: int | None = None
    ) -> QVBoxLayout:
        """The same, one below the other."""
        return self._laid_out(QVBoxLayout(of) if of is not None else QVBoxLayout(), parts, edges, gap)

    def _laid_out(self, line: Line, parts: Iterable[Part], edges: Edges, gap: int | None) -> Line:
        line.setContentsMargins(0, 0, 0, 0)
        if any(edges):
            self.fit(line.setContentsMargins, *edges)
        if gap is not None:
            self.fit(line.setSpacing, gap)
        self.fill(line, *parts)
        return line

    def fill(self, line: QBoxLayout, *parts: Part) -> None:
        """Adds parts to a row or column."""
        for part in parts:
            if isinstance(part, int):
                self.space(line, part)
            elif isinstance(part, QSpacerItem):
                line.addSpacerItem(part)
            elif isinstance(part, EllipsisType):
                line.addStretch(1)
            elif isinstance(part, tuple):
                _add(line, *part)
            else:
                _add(line, part)

    def space(self, row: QBoxLayout, size: int) -> None:
        """Adds a gap to a row or column."""
        gap = QSpacerItem(0, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addSpacerItem(gap)
        standing = row.direction() in (QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.BottomToTop)

        def resize(px: int) -> None:
            gap.changeSize(0 if standing else px, px if standing else 0)
            row.invalidate()

        self.fit(resize, size)

    def set_theme(self, theme: Theme) -> None:
        rescaled = theme.scale != self.theme.scale
        self.theme = theme
        self._fits = {setter: sizes for setter, sizes in self._fits.items() if _is_there(setter)}
        for setter, sizes in self._fits.items():
            if rescaled or isinstance(sizes[0], Face):  # fonts always: a style sheet brings the first ones back
                self.fit(setter, *sizes)
        if isinstance(self, QWidget):
            _hand_on(self, theme)
        self.rethemed()
        if rescaled and isinstance(self, QWidget):
            self.updateGeometry()
            QApplication.sendEvent(self, QResizeEvent(self.size(), self.size()))  # for what is placed by hand

    def rethemed(self) -> None:
        """Called when the theme has changed, here and in all children: draw again."""
        cast(QWidget, self).update()


def _add(line: QBoxLayout, part: QWidget | QLayout, stretch: int = 0, *align: Qt.AlignmentFlag) -> None:
    if isinstance(part, QLayout):
        line.addLayout(part, stretch)
    else:
        line.addWidget(part, stretch, *align)


def _is_there(setter: Callable[..., object]) -> bool:
    """False when the setter's widget has been deleted."""
    owner = getattr(setter, "__self__", None)
    return not isinstance(owner, QObject | QLayout) or isValid(owner)


def _hand_on(parent: QWidget, theme: Theme) -> None:
    for child in parent.children():
        if isinstance(child, Themed):
            child.set_theme(theme)
        elif isinstance(child, QWidget):
            _hand_on(child, theme)


def width_of(words: str, face: QFont) -> float:
    return QFontMetricsF(face).horizontalAdvance(words)


def box(painter: QPainter, rect: QRectF, radius: float, fill: str | None, line: str | None, width: float = 1) -> None:
    """A rounded box whose border lies within `rect`, on whole pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(line), width) if line else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill) if fill else QBrush(Qt.BrushStyle.NoBrush))
    inset = width / 2 if line else 0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)
    painter.restore()


def focus_ring(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    room = theme.px(RING)
    box(painter, rect.adjusted(-room, -room, room, room), radius + room, None, theme.accent, theme.px(2))


def write(painter: QPainter, rect: QRectF, text: Text, align: Literal["left", "right", "center"] = "left") -> float:
    """Writes one line, centred vertically, elided where it does not fit. Returns its width."""
    words, face, color = text
    metrics = QFontMetricsF(face)
    shown = metrics.elidedText(visible(words), Qt.TextElideMode.ElideRight, ceil(rect.width() + 0.5))
    width = metrics.horizontalAdvance(shown)
    x = {"left": rect.left(), "right": rect.right() - width, "center": rect.center().x() - width / 2}[align]
    # By the height of capitals, as the empty room in a line differs between fonts.
    y = round(rect.center().y() + metrics.capHeight() / 2)
    painter.setFont(face)
    painter.setPen(QColor(color))
    painter.drawText(QPointF(x, y), shown)
    return width


def badge(painter: QPainter, rect: QRectF, words: str, theme: Theme, fill: str | None = None) -> None:
    """A small tag: a run's number, or (without fill) a key."""
    if fill is None:
        box(painter, rect, theme.px(5), None, theme.line1)
        write(painter, rect, (words, theme.font(11), theme.t3), "center")
    else:
        box(painter, rect, theme.px(5), fill, None)
        color = theme.on_accent if fill == theme.accent_fill else theme.t1
        write(painter, rect, (words, theme.font(12, 600), color), "center")
