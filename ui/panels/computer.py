"""On this computer: what there is to run with, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import icons
from ui.panels.controls import Card, Themed, set_theme_within, write
from ui.panels.labels import Caption
from ui.theme import Theme, font

Fact = tuple[bool, str, str]  # there or missing, what, a note
ROW = 30


class FactRow(Themed, QWidget):
    def __init__(self, theme: Theme, fact: Fact) -> None:
        super().__init__()
        self.theme, self.fact = theme, fact
        there, what, note = fact
        self.setAccessibleName(f"{what}: {'there' if there else 'missing'}{', ' if note else ''}{note}")
        self.setToolTip(note)
        self.setFixedHeight(ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        there, what, note = self.fact
        icons.paint(
            painter, "check" if there else "dash", QRectF(1, ROW / 2 - 7, 14, 14), theme.ok if there else theme.t3, 1.6
        )
        rect = QRectF(24, 0, self.width() - 24, ROW)
        used = write(painter, rect.adjusted(rect.width() * 0.3, 0, 0, 0), (note, font(12), theme.t3), "right")
        write(painter, rect.adjusted(0, 0, -used - 10, 0), (what, font(13), theme.t1))


class OnThisComputer(Card):
    def __init__(self, theme: Theme, facts: Sequence[Fact] = ()) -> None:
        super().__init__(theme, "on_this_computer", "On this computer")
        self.column.setContentsMargins(16, 14, 16, 12)
        self.column.addWidget(Caption(theme, "On this computer"))
        self.column.addSpacing(8)
        self._rows: list[FactRow] = []
        self.show_facts(facts)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        if list(facts) == self.facts():
            return
        for row in self._rows:
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [FactRow(self.theme, fact) for fact in facts]
        for row in self._rows:
            self.column.addWidget(row)

    def facts(self) -> list[Fact]:
        return [row.fact for row in self._rows]

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()
