"""Chips: the parts of the recipe bar's sentence, and how they share a width that is too small for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from playground.recipe import MOST_WORKERS
from ui import icons
from ui.panels.controls import (
    RING,
    Control,
    Themed,
    box,
    focus_ring,
    width_of,
    write,
)
from ui.panels.quantities import whole
from ui.theme import Theme, font

CHEVRON = 14
LEAST_CHIP = 68
PADDING = 13


class Chip(Control):
    """A part of the sentence: what is taken, and a chevron."""

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible)
        self._what = accessible
        self._title, self._note, self._warned, self._open = "", "", False, False
        self._most_width, self._noted = 1000, True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_words(self, title: str, note: str = "") -> None:
        if (title, note) != (self._title, self._note):
            self._title, self._note = title, note
            self.setAccessibleName(f"{self._what}: {title}")
            self.setToolTip(f"{self._what}: {title}{', ' if note else ''}{note}")
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        return self._title

    def set_warned(self, warned: bool) -> None:
        if warned != self._warned:
            self._warned = warned
            self.update()

    def warned(self) -> bool:
        return self._warned

    def set_open(self, is_open: bool) -> None:
        self._open = is_open
        self.update()

    def natural_width(self) -> int:
        """The width in which all of it is read."""
        note = width_of(f" · {self._note}", font(15)) + 3 if self._note and self._noted else 0
        return ceil(width_of(self._title, font(15, 500)) + note) + 2 * PADDING + CHEVRON + 5 + 2 * RING

    def set_noted(self, noted: bool) -> None:
        """Whether there is room for the note."""
        if noted != self._noted:
            self._noted = noted
            self.updateGeometry()
            self.update()

    def set_most_width(self, width: int) -> None:
        """Words that do not fit are elided."""
        if width != self._most_width:
            self._most_width = width
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(max(LEAST_CHIP, min(self.natural_width(), self._most_width)), 36 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_CHIP, 36 + 2 * RING)

    def draw(self, painter: QPainter) -> None:
        rect, theme = self.seen(), self.theme
        draw_chip(painter, rect, theme, self.hovered() or self._open, self._warned)
        room = rect.adjusted(PADDING, 0, -PADDING - CHEVRON - 4, 0)
        color = theme.t1 if self.isEnabled() else theme.t3
        used = write(painter, room, (self._title, font(15, 500), color))
        left = room.adjusted(used + 5, 0, 4, 0)
        if self._note and self._noted and left.width() > 24:
            write(painter, left, (f"· {self._note}", font(15), theme.t3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.click()
        else:
            super().keyPressEvent(event)


def draw_chip(painter: QPainter, rect: QRectF, theme: Theme, active: bool, warned: bool) -> None:
    line = theme.warn if warned else theme.line2 if active else theme.line1
    box(painter, rect, 8, theme.hover if active else theme.raised, line)
    square = QRectF(rect.right() - PADDING - CHEVRON + 2, rect.center().y() - CHEVRON / 2, CHEVRON, CHEVRON)
    icons.paint(painter, "down", square, theme.t2 if active else theme.t3, 1.3)


class CountChip(Themed, QLineEdit):
    """How many workers: a number to type, to turn with wheel or arrow keys, or to take from presets."""

    stepped = Signal(int)  # by how many to change
    presets_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self._warned, self._ring = theme, False, False
        self.setObjectName("chip_workers")
        self.setAccessibleName("Number of workers")
        self.setToolTip(f"How many workers: 1 to {whole(MOST_WORKERS)}. Type, turn the wheel, or press ↑ and ↓.")
        self.setFont(font(15, 500))
        self.setFrame(False)
        self.setMaxLength(7)
        self.setTextMargins(RING + PADDING - 2, 0, CHEVRON + RING + 6, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.updateGeometry)

    def set_warned(self, warned: bool) -> None:
        if warned != self._warned:
            self._warned = warned
            self.update()

    def warned(self) -> bool:
        return self._warned

    def _over_chevron(self, x: float) -> bool:
        return x > self.width() - RING - PADDING - CHEVRON

    def sizeHint(self) -> QSize:
        width = max(10.0, width_of(self.text(), self.font())) + 2 * PADDING + CHEVRON + 7
        return QSize(ceil(width) + 2 * RING, 36 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        draw_chip(painter, rect, self.theme, self.underMouse() or self.hasFocus(), self._warned)
        if self._ring and self.hasFocus():
            focus_ring(painter, rect, 8, self.theme.accent)
        painter.end()
        super().paintEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._over_chevron(event.position().x()):
            self.presets_requested.emit()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._over_chevron(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        match event.key():
            case Qt.Key.Key_Down if alt:
                self.presets_requested.emit()
            case Qt.Key.Key_Up:
                self.stepped.emit(1)
            case Qt.Key.Key_Down:
                self.stepped.emit(-1)
            case _:
                super().keyPressEvent(event)


def widest_share(widths: Sequence[int], room: int) -> int:
    """How wide each may be, so that all fit: those that want less leave what they do not need to the others."""
    left, waiting = room, sorted(widths)
    for place, width in enumerate(waiting):
        share = left // (len(waiting) - place)
        if width > share:
            return share
        left -= width
    return max(widths, default=0)
