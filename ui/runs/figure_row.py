"""One figure of a verdict as a row: label, pips where it counts cores, value and unit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.verdict.key_figures import Figure
from ui.kit.controls import PRESS_KEYS
from ui.kit.drawing import Themed, box, write
from ui.kit.theme import Theme

ROW = 32
MOST_PIPS = 16
MOST_OF_TIP = 1500  # characters


class FigureRow(Themed, QWidget):
    """One figure: label, pips where it counts cores, value, unit. The tool tip has all of a value that is cut; a click
    or Space copies it."""

    copied = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._figure = Figure("", "", "")
        self.fit(self.setFixedHeight, ROW)

    def show_figure(self, figure: Figure) -> None:
        if figure != self._figure:
            self._figure = figure
            self.setAccessibleName(f"{figure.label}: {figure.value} {figure.unit}")
            self.setToolTip(_all_of(figure.whole) if figure.whole else as_tip([figure.tip] if figure.tip else []))
            self.setAccessibleDescription(figure.whole[:MOST_OF_TIP] or figure.tip)
            hand = Qt.CursorShape.PointingHandCursor if figure.whole else Qt.CursorShape.ArrowCursor
            self.setCursor(hand)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if figure.whole else Qt.FocusPolicy.NoFocus)
            self.update()

    def _copy(self) -> None:
        if self._figure.whole:
            QGuiApplication.clipboard().setText(self._figure.whole)
            self.copied.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PRESS_KEYS:
            self._copy()
        else:
            super().keyPressEvent(event)

    def figure(self) -> Figure:
        return self._figure

    def sizeHint(self) -> QSize:
        return QSize(self.px(200), self.px(ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px, figure = QPainter(self), self.theme, self.px, self._figure
        painter.fillRect(0, 0, self.width(), 1, theme.line0)
        rect = QRectF(0, 1, self.width(), px(ROW - 1))
        unit = write(painter, rect, (figure.unit, theme.font(12), theme.t3), "right") + px(6 if figure.unit else 0)
        value = write(painter, rect.adjusted(0, 0, -unit, 0), (figure.value, theme.font(15, 600), theme.t1), "right")
        room = self.width() - unit - value - px(12)
        label = write(painter, rect.adjusted(0, 0, room - self.width(), 0), (figure.label, theme.font(13), theme.t2))
        if self.hasFocus():
            painter.fillRect(QRectF(0, px(ROW - 2), self.width(), px(2)), theme.accent)
        if figure.of and figure.filled is not None:
            self._draw_pips(painter, label + px(12), room - label - px(12), round(figure.filled), figure.of)

    def _draw_pips(self, painter: QPainter, left: float, room: float, filled: int, of: int) -> None:
        px = self.px
        pitch = px(12) if of * px(12) <= room else px(7)
        if of > MOST_PIPS or of * pitch > room:
            return
        for pip in range(of):
            height = px(10) if pitch > px(8) else px(8)
            rect = QRectF(ceil(left) + pip * pitch, px(ROW) / 2 - px(4), pitch - px(3), height)
            empty = self.theme.hover if self.theme.dark else self.theme.line1
            box(painter, rect, px(2), self.theme.t1 if pip < filled else empty, None)


def _all_of(words: str) -> str:
    """Words as a tool tip, which wraps rich text only."""
    more = f" … {len(words) - MOST_OF_TIP} more characters" if len(words) > MOST_OF_TIP else ""
    return f"<p>{escape(words[:MOST_OF_TIP])}{more}</p><p>Click to copy all of it.</p>"


def as_tip(lines: Sequence[str]) -> str:
    """Lines as a tool tip. They may come from somebody's program, so no markup in them counts."""
    return f"<div>{'<br>'.join(map(escape, lines))}</div>" if lines else ""
