"""Chips: the parts of the recipe bar's sentence, and how they share a width that is too small for all."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy

from ui.kit import icons
from ui.kit.controls import Control
from ui.kit.drawing import RING, box, width_of, write
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme

CHEVRON = 14
LEAST_CHIP = 58
PADDING, LEAST_PADDING = 13, 8


class Chip(Control):
    """A part of the sentence: the present choice and a chevron. Letters typed on it search its menu."""

    typed = Signal(str)
    warned = Drawn(False)
    noted = Drawn(True, sized=True)  # is there room for the note?
    shortened = Drawn(False, sized=True)
    most_width = Drawn(1000, sized=True)  # words that do not fit are elided

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible)
        self._what = accessible
        self._title, self._note, self._short, self._open = "", "", "", False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_words(self, title: str, note: str = "", short: str = "") -> None:
        """`short` is shown where there is little room."""
        if (title, note, short) != (self._title, self._note, self._short):
            self._title, self._note, self._short = title, note, short
            self.setAccessibleName(f"{self._what}: {title}")
            self.setToolTip(f"{self._what}: {title}{', ' if note else ''}{note}")
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        return self._title

    def seen_words(self) -> str:
        return self._short if self.shortened and self._short else self._title

    def set_open(self, is_open: bool) -> None:
        self._open = is_open
        self.update()

    def natural_width(self) -> int:
        """The width that shows all words."""
        px, face = self.px, self.theme.font
        note = width_of(f" · {self._note}", face(15)) + px(3) if self._note and self.noted else 0
        words = ceil(width_of(self.seen_words(), face(15, 500)) + note)
        return words + 2 * self._padding() + px(CHEVRON) + px(5) + 2 * px(RING)

    def _padding(self) -> int:
        return self.px(LEAST_PADDING if self.shortened else PADDING)

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(max(px(LEAST_CHIP), min(self.natural_width(), self.most_width)), px(36) + 2 * px(RING))

    def minimumSizeHint(self) -> QSize:
        px = self.px
        return QSize(px(LEAST_CHIP), px(36) + 2 * px(RING))

    def draw(self, painter: QPainter) -> None:
        rect, theme, px = self.seen(), self.theme, self.px
        draw_chip(painter, rect, theme, self.hovered() or self._open, self.warned, self._padding())
        room = rect.adjusted(self._padding(), 0, -self._padding() - px(CHEVRON) - px(4), 0)
        color = theme.t1 if self.isEnabled() else theme.t3
        used = write(painter, room, (self.seen_words(), theme.font(15, 500), color))
        left = room.adjusted(used + px(5), 0, px(4), 0)
        if self._note and self.noted and left.width() > px(24):
            write(painter, left, (f"· {self._note}", theme.font(15), theme.t3))

    def keeps(self, event: QKeyEvent) -> bool:
        # Letters search here, whatever they do elsewhere in the window.
        return is_typing(event) or super().keeps(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.click()
        elif is_typing(event):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)


def is_typing(event: QKeyEvent) -> bool:
    """Does the key type a letter or a digit?"""
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return not held and event.text().isprintable() and bool(event.text().strip())


def draw_chip(
    painter: QPainter, rect: QRectF, theme: Theme, active: bool, warned: bool, padding: int | None = None
) -> None:
    px, side = theme.px, theme.px(CHEVRON)
    padding = px(PADDING) if padding is None else padding
    line = theme.warn if warned else theme.line2 if active else theme.line1
    box(painter, rect, px(8), theme.hover if active else theme.raised, line)
    square = QRectF(rect.right() - padding - side + px(2), rect.center().y() - side / 2, side, side)
    icons.paint(painter, "down", square, theme.t2 if active else theme.t3, px(1.3))


def widest_share(widths: Sequence[int], room: int) -> int:
    """The greatest width for each that makes all fit: those that want less leave the rest to the others."""
    left, waiting = room, sorted(widths)
    for place, width in enumerate(waiting):
        share = left // (len(waiting) - place)
        if width > share:
            return share
        left -= width
    return max(widths, default=0)
