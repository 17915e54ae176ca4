"""The verdict as one line, for a narrow window, where the right column is a drawer; a button opens that drawer."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.verdict.judge import Verdict
from ui.kit.button import Button
from ui.kit.drawing import Themed
from ui.kit.drawn import Drawn
from ui.kit.labels import Label
from ui.kit.theme import Theme

HEIGHT = 40


class VerdictStrip(Themed, QWidget):
    trouble = Drawn(False)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "verdict_strip", "Verdict")
        self.fit(self.setFixedHeight, HEIGHT)
        self.sentence = Label(theme, "", 14, 600, "t1")
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.details = Button(
            theme, "details", "Verdict and tasks", px=13, height=28, padding=10, tip="Show or hide it"
        )
        self.in_row((self.sentence, 1), self.details, of=self, edges=(12, 0, 4, 0))

    def show_verdict(self, verdict: Verdict) -> None:
        self.sentence.set_words(verdict.sentence)
        self.sentence.setToolTip(verdict.reason.replace("**", ""))
        self.trouble = verdict.trouble

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self.theme.trouble_line if self.trouble else self.theme.panel_line))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.px(10), self.px(10))
