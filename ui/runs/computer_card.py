"""The card "On this computer": what there is to run with, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.kit import icons
from ui.kit.cards import Card
from ui.kit.controls import Control
from ui.kit.drawing import RING, Themed, width_of, write
from ui.kit.labels import Caption, Label
from ui.kit.theme import Theme

Fact = tuple[bool, str, str]  # there or missing, what, a note
ROW = 30
BELOW_CAPTION = 8  # px
PRESSED = ("Install",)  # notes that are buttons


class NoteButton(Control):
    """A note that can be pressed, to install what is missing."""

    radius = 6.0

    def __init__(self, theme: Theme, what: str, note: str) -> None:
        super().__init__(theme, f"install_{what}", f"{note} {what}")
        self._note = note

    def sizeHint(self) -> QSize:
        words = round(width_of(self._note, self.theme.font(12, 500)))
        return QSize(words + 2 * self.px(RING) + self.px(2), self.px(ROW))

    def draw(self, painter: QPainter) -> None:
        write(painter, self.seen(), (self._note, self.theme.font(12, 500), self.theme.accent), "right")


class FactRow(Themed, QWidget):
    pressed = Signal()

    def __init__(self, theme: Theme, fact: Fact) -> None:
        there, what, note = fact
        super().__init__(theme, accessible=f"{what}: {'there' if there else 'missing'}{', ' if note else ''}{note}")
        self.fact = fact
        self.setToolTip(note)
        self.fit(self.setFixedHeight, ROW)
        self.button: NoteButton | None = None
        if note in PRESSED:
            self.button = NoteButton(theme, what, note)
            self.button.setParent(self)
            self.button.clicked.connect(self.pressed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.button is not None:
            self.button.resize(self.button.sizeHint())
            self.button.move(self.width() - self.button.width() + self.px(RING), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px = QPainter(self), self.theme, self.px
        there, what, note = self.fact
        sign, ink = ("check", theme.ok) if there else ("dash", theme.t3)
        icons.paint(painter, sign, QRectF(1, px(ROW) / 2 - px(7), px(14), px(14)), ink, px(1.6))
        rect = QRectF(px(24), 0, self.width() - px(24), px(ROW))
        if self.button is not None:
            used = float(self.button.sizeHint().width())
        else:
            used = write(painter, rect.adjusted(rect.width() * 0.3, 0, 0, 0), (note, theme.font(12), theme.t3), "right")
        write(painter, rect.adjusted(0, 0, -used - px(10), 0), (what, theme.font(13), theme.t1))


class OnThisComputer(Card):
    pressed = Signal(str)  # the name of the fact

    def __init__(self, theme: Theme, facts: Sequence[Fact] = ()) -> None:
        super().__init__(theme, "on_this_computer", "On this computer", (16, 14, 16, 12))
        self._caption = Caption(theme, "On this computer")
        self._rows: list[FactRow] = []
        self._rest = Label(theme, "", 13, color="t3")
        self.fit(self._rest.setContentsMargins, 24, 0, 0, 0)
        self.fit(self._rest.setFixedHeight, ROW)
        self._rest.hide()
        self.fill(self.column, self._caption, BELOW_CAPTION, self._rest)
        self.show_facts(facts)

    def show_facts(self, facts: Sequence[Fact], most: int = 100) -> None:
        """Shows facts in at most `most` rows; the last row says how many more there are."""
        seen = list(facts if len(facts) <= most else facts[: most - 1])
        left = [what for _, what, _ in facts[len(seen) :]]
        self._rest.set_words(f"and {len(left)} more")
        self._rest.setToolTip("\n".join(left))
        self._rest.setVisible(bool(left))
        if seen == self.facts():
            return
        for row in self._rows:
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [FactRow(self.theme, fact) for fact in seen]
        for row in self._rows:
            row.pressed.connect(lambda what=row.fact[1]: self.pressed.emit(what))
            self.column.insertWidget(self.column.indexOf(self._rest), row)

    def height_without_rows(self) -> int:
        margins = self.column.contentsMargins()
        return margins.top() + self._caption.sizeHint().height() + self.px(BELOW_CAPTION) + margins.bottom()

    def facts(self) -> list[Fact]:
        return [row.fact for row in self._rows]

    def rest(self) -> str:
        """What the last row says of the facts not shown; empty where all are."""
        return self._rest.words() if not self._rest.isHidden() else ""

    def rows(self) -> int:
        return len(self._rows) + (not self._rest.isHidden())
