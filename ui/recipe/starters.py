"""Starters: what an empty stage shows: three runs, each started by one click.

Starting one fills in the recipe bar, so that people see its sentence. The starter that freezes the window asks first,
in its own card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSpacerItem, QVBoxLayout, QWidget

from playground.recipe.recipe import Recipe
from ui.kit.drawing import Themed, width_of
from ui.kit.labels import Headline, Label
from ui.kit.theme import Theme
from ui.recipe.starter_card import LEAST_CARD_HEIGHT, LEAST_CARD_WIDTH, WITHOUT_WORDS, Starter, StarterCard
from ui.recipe.starter_pictures import draw_freeze, draw_processes, draw_threads

HEADING_HEIGHT = 34
ROOMY_HEIGHT = LEAST_CARD_HEIGHT + 124
HEADED_HEIGHT = LEAST_CARD_HEIGHT + HEADING_HEIGHT + 26


STARTERS = (
    Starter(
        "threads",
        "Four threads, one lock",
        "Four threads count primes. Watch how many run at the same time.",
        Recipe(job="primes", workers=4, model="threads", host="lab", seconds=20.0),
        draw_threads,
    ),
    Starter(
        "processes",
        "Four processes",
        "The same work, in four processes. Compare the cores below.",
        Recipe(job="primes", workers=4, model="processes", host="lab", seconds=20.0),
        draw_processes,
    ),
    Starter(
        "freeze",
        "Freeze this window",
        "Run the work on the UI thread and watch the UI pulse. It recovers by itself.",
        Recipe(job="primes", workers=1, model="serial", host="ui", seconds=2.0),
        draw_freeze,
        asks="This window will not answer for 2 s.",
    ),
)


class Starters(Themed, QWidget):
    start_requested = Signal(Recipe)
    freeze_allowed = Signal()  # the user said yes: do not ask again

    def __init__(self, theme: Theme, freeze_allowed: bool = False) -> None:
        super().__init__(theme, "starters", "What do you want to see?")
        self._gap = QSpacerItem(0, 0)
        self.cards = [StarterCard(theme, starter, place == 0) for place, starter in enumerate(STARTERS)]
        for card in self.cards:
            card.started.connect(self.start_requested)
        row = self.in_row(..., *((card, 100) for card in self.cards), ..., gap=16)
        self._column = self.in_column(..., self._make_heading(theme), self._gap, row, ..., of=self, gap=0)
        self.let_freeze(freeze_allowed)
        self.cards[-1].allowed.connect(self.freeze_allowed)
        self._fit()

    def let_freeze(self, allowed: bool) -> None:
        """Was a yes given elsewhere? Then no card asks again."""
        self.cards[-1].may_start = allowed

    def _make_heading(self, theme: Theme) -> QVBoxLayout:
        title = Headline(theme, "What do you want to see?", px=26, line=34)
        words = Label(theme, "Start one of these, or change the sentence at the top and press Run.", 15, color="t2")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title, self._words = title, words
        return self.in_column((title, 0, Qt.AlignmentFlag.AlignHCenter), words, gap=4)

    def _fit(self) -> None:
        """In a low stage the cards have precedence: each must be there with its button."""
        px = self.px
        roomy, headed = self.height() >= px(ROOMY_HEIGHT), self.height() >= px(HEADED_HEIGHT)
        self._words.setVisible(roomy)
        self._title.setVisible(headed)
        title = width_of(self._title.words(), self.theme.font(26, 600, display=True))
        self._title.setFixedWidth(int(title) + px(2))
        edge, gap = map(px, (16, 24) if roomy else (8, 10) if headed else (6, 0))
        for card in self.cards:
            card.fit_into(self.height() - 2 * edge - gap - (px(HEADING_HEIGHT) if headed else 0))
        self._column.setContentsMargins(px(16), edge, px(16), edge)
        self._gap.changeSize(0, gap)
        self._column.invalidate()

    def minimumSizeHint(self) -> QSize:
        px = self.px
        return QSize(3 * px(LEAST_CARD_WIDTH) + px(64), px(WITHOUT_WORDS + 12))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self.theme.line1), 1)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.px(10), self.px(10))
