"""The last line of a group, for a run that came to a bad end: what happened, what is kept, what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter

from playground.figures.records import CRASHED, STUCK, TROUBLE, RunStatistics
from playground.run.raised import raised
from ui.kit import icons
from ui.kit.button import Button
from ui.kit.drawing import RING, write
from ui.kit.theme import Theme
from ui.stage.band_panel import MARGIN, BandPanel

HEIGHT = 50
KEPT = "This window is not affected. Data up to that moment is kept."


def message_words(statistics: RunStatistics) -> str:
    if statistics.outcome not in TROUBLE:
        return ""
    lines = (statistics.error or "").strip().splitlines()
    if statistics.outcome == STUCK:
        return lines[0] if lines else "Nobody in it can go on."
    if statistics.outcome == CRASHED:  # which process was killed and how; then the lab's last words
        return f"{lines[0][:1].upper()}{lines[0][1:]}." if lines else "The lab process stopped."
    told = raised(statistics.error or "")
    if told is not None:
        return told.sentence()
    return f"The run failed: {lines[-1]}" if lines else "The run failed."


def kept_words(statistics: RunStatistics) -> str:
    """The second line: for a stuck run, who waits where."""
    waits = (statistics.error or "").strip().splitlines()[1:]
    return f"{'; '.join(waits)}." if statistics.outcome == STUCK and waits else KEPT


class GroupMessage(BandPanel):
    run_again_requested = Signal()
    grounded = False

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__(theme, f"run_{number}_message", f"Run {number}: what happened")
        self.words, self.below = "", ""
        name, press = f"run_{number}_message_again", self.run_again_requested
        self.button = Button(theme, name, "Run again", px=13, height=28, padding=12, press=press)
        self.button.setParent(self)
        self.hide()

    def show_words(self, words: str, below: str = KEPT) -> bool:
        """Shows the words. Are they new?"""
        if words == self.words:
            return False
        self.words, self.below = words, below
        self.setAccessibleDescription(f"{words} {below}" if words else "")
        self.setVisible(bool(words))
        self.update()
        return True

    def place(self) -> None:
        px = self.px
        size = self.button.sizeHint()
        left, top = self.text_right - size.width() + px(RING), (px(HEIGHT) - size.height()) // 2 - px(4)
        self.button.setGeometry(left, top, size.width(), size.height())

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        theme, px = self.theme, self.px
        icons.paint(painter, "warn", QRectF(px(MARGIN + 2), px(3), px(16), px(16)), theme.bad, px(1.5))
        left = px(MARGIN + 28)
        room = QRectF(left, 1, self.text_right - left - px(130), px(20))
        write(painter, room, (self.words, theme.font(13, 500), theme.t1))
        write(painter, room.translated(0, px(19)), (self.below, theme.font(12), theme.t2))
