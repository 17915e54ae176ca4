"""Marks at the right edge of a line of code, made of badges of workers and words: their contents, width and look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ui.kit.drawing import box, width_of, write
from ui.kit.theme import Theme, ink_on

PX, LINE = 12, 19
BADGE = 16
RIGHT = 10  # px from the marks to the edge
CUT = 14  # px for the sign that a line goes on below its mark
Ground = Literal["", "accent", "bad", "warn"]


@dataclass(frozen=True)
class Mark:
    """What is said of a line at its right edge: badges of workers (letter and colour) and words."""

    line: int  # from 1
    badges: tuple[tuple[str, str], ...] = ()
    words: str = ""
    ground: Ground = ""
    dot: bool = False  # in the gutter
    pressed: str = ""  # what a press asks for

    def told(self) -> str:
        who = ", ".join(letter for letter, _ in self.badges)
        return f"line {self.line}: {who} {self.words or 'is here'}" if who else f"line {self.line}: {self.words}"


def texts(mark: Mark, theme: Theme, room: int) -> tuple[str, float]:
    """The words of a mark, cut so that half of `room` is left to the line, and the width of the mark."""
    badges = sum(_badge_width(letter, theme) + theme.px(3) for letter, _ in mark.badges)
    face = theme.font(12, 500)
    left = max(theme.px(60.0), room * 0.6 - badges - theme.px(RIGHT))
    words = QFontMetricsF(face).elidedText(mark.words, Qt.TextElideMode.ElideRight, left)
    return words, badges + (width_of(words, face) + theme.px(4) if words else 0)


def _badge_width(letter: str, theme: Theme) -> float:
    return max(theme.px(BADGE), width_of(letter, theme.font(10, 600)) + theme.px(8))


def paint(painter: QPainter, rect: QRect, mark: Mark, theme: Theme, ground: str, covers: bool) -> None:
    """Paints a mark at the right of a line, over a ground; `covers`: the line goes on below it."""
    px, line = theme.px, rect.height()
    words, width = texts(mark, theme, rect.width())
    x = rect.right() - px(RIGHT) - width
    left = x - px(8) - (px(CUT) if covers else 0)
    painter.fillRect(QRectF(left, rect.top(), rect.right() + 1 - left, line), QColor(ground))
    if covers:
        sign = ("…", theme.font(PX, mono=True), theme.t3)
        write(painter, QRectF(left, rect.top(), px(CUT), line), sign, "center")
    for letter, color in mark.badges:
        chip = QRectF(x, rect.top() + (line - px(BADGE)) / 2, _badge_width(letter, theme), px(BADGE))
        box(painter, chip, px(5), color, None)
        write(painter, chip, (letter, theme.font(10, 600), ink_on(color)), "center")
        x += chip.width() + px(3)
    ink = theme.bad if mark.ground == "bad" else theme.warn if mark.ground == "warn" else theme.t2
    write(painter, QRectF(x + px(3), rect.top(), rect.right() - x, line), (words, theme.font(12, 500), ink))
