"""The legend: all states in the patterns of the stage. Always visible; in a narrow window with short words. A tool tip
explains the state under the mouse; arrow keys go from state to state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from playground.reading.states import SHORT_WORDS, TOLD, WORDS
from playground.recipe.mistakes import at_start
from ui.kit import swatches
from ui.kit.controls import BACK_KEYS, FORTH_KEYS
from ui.kit.drawing import Themed, width_of, write
from ui.kit.keys import KeepsKeys
from ui.kit.patterns import LINED
from ui.kit.theme import Theme

SWATCH_HEIGHT = 12
FACE = 12


@dataclass(frozen=True)
class Arrangement:
    words: dict[int, str]
    swatch: int  # px wide
    gap: int  # px from a swatch to its words
    between: int

    def width(self, theme: Theme) -> float:
        count, px = len(TOLD), theme.px
        words = sum(width_of(self.words.get(row.number, ""), theme.font(FACE)) for row in TOLD)
        return words + count * (px(self.swatch) + px(self.gap)) + (count - 1) * px(self.between)


CHOICES = (
    Arrangement(WORDS, 22, 7, 15),
    Arrangement(WORDS, 22, 6, 10),
    Arrangement(SHORT_WORDS, 22, 6, 12),
    Arrangement(SHORT_WORDS, 16, 4, 6),
    Arrangement(SHORT_WORDS, 16, 4, 4),
    Arrangement({}, 16, 0, 4),
)


def draw_swatch(painter: QPainter, rect: QRectF, state: int, color: str, theme: Theme) -> None:
    """Draws a state as a small rounded box."""
    swatches.paint(painter, rect, state, color, theme, 2.5)
    if state in LINED:  # again, as in so small a box the round corners would shorten it
        swatches.base_line(painter, rect, color, theme)


class Legend(Themed, KeepsKeys, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "legend", "Legend: " + ", ".join(row.words for row in TOLD))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.fit(self.setFixedHeight, 20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._told = 0  # the one of TOLD that the keyboard is at

    def _layout(self) -> Arrangement:
        """The most generous arrangement that fits the width."""
        return next((choice for choice in CHOICES if choice.width(self.theme) <= self.width()), CHOICES[-1])

    def minimumSizeHint(self) -> QSize:
        return QSize(int(CHOICES[-1].width(self.theme)), self.px(20))

    def sizeHint(self) -> QSize:
        return QSize(int(CHOICES[0].width(self.theme)) + 1, self.px(20))

    def places(self) -> list[QRectF]:
        """The rectangle of each state, with swatch and words."""
        choice, px, found = self._layout(), self.px, []
        x = self.width() - choice.width(self.theme)
        for row in TOLD:
            words = width_of(choice.words.get(row.number, ""), self.theme.font(FACE))
            width = px(choice.swatch) + px(choice.gap) + words
            found.append(QRectF(x, 0, width, self.height()))
            x += width + px(choice.between)
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px, choice = QPainter(self), self.px, self._layout()
        top = round(self.height() / 2 - px(SWATCH_HEIGHT) / 2)
        for row, place in zip(TOLD, self.places(), strict=True):
            swatch = QRectF(round(place.left()), top, px(choice.swatch), px(SWATCH_HEIGHT))
            draw_swatch(painter, swatch, row.number, self.theme.worker(0), self.theme)
            room = place.adjusted(px(choice.swatch) + px(choice.gap), 0, 2, 0)
            write(painter, room, (choice.words.get(row.number, ""), self.theme.font(FACE), self.theme.t2))

    # -- what a state means

    def explained(self, at: int) -> str:
        return f"{at_start(TOLD[at].words)}: {TOLD[at].explained}"

    def _tell(self, at: int) -> None:
        place = self.places()[at].toRect()
        self.setAccessibleDescription(self.explained(at))
        QToolTip.showText(self.mapToGlobal(place.bottomLeft()), self.explained(at), self, place)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            x = cast(QHelpEvent, event).pos().x()
            at = next((n for n, place in enumerate(self.places()) if place.left() <= x <= place.right()), None)
            if at is not None:
                self._tell(at)
            return True
        return super().event(event)

    def keeps(self, event: QKeyEvent) -> bool:
        return event.key() in (*BACK_KEYS, *FORTH_KEYS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.keeps(event):
            self._told = (self._told + (1 if event.key() in FORTH_KEYS else -1)) % len(TOLD)
            self._tell(self._told)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell(self._told)
