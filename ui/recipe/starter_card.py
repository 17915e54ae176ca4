"""A card that starts a run: picture, title, words, and the question before the first time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QSpacerItem, QStackedLayout, QVBoxLayout, QWidget

from playground.recipe.recipe import Recipe
from ui.kit.button import Button
from ui.kit.drawing import RING, Themed, box
from ui.kit.labels import Label
from ui.kit.theme import Theme

CARD_WIDTH, CARD_HEIGHT = 312, 276
LEAST_CARD_WIDTH = 208
LEAST_CARD_HEIGHT = 196  # px, with all its parts
PICTURE_HEIGHT, LEAST_PICTURE_HEIGHT = 89, 30
BELOW_PICTURE, BELOW_TITLE = 15, 4
WITHOUT_PICTURE = LEAST_CARD_HEIGHT - LEAST_PICTURE_HEIGHT - BELOW_PICTURE
WITHOUT_WORDS = WITHOUT_PICTURE - 3 * 19 - BELOW_TITLE
FOOT_HEIGHT, QUESTION_HEIGHT = 42, 82


@dataclass(frozen=True)
class Starter:
    name: str
    title: str
    words: str
    recipe: Recipe
    draw: Callable[[QPainter, QRectF, Theme], None]
    asks: str = ""  # the question before the first time


class StarterPicture(Themed, QWidget):
    def __init__(self, theme: Theme, draw: Callable[[QPainter, QRectF, Theme], None]) -> None:
        super().__init__(theme)
        self._draw = draw
        self.fit(self.setMinimumHeight, LEAST_PICTURE_HEIGHT)
        self.fit(self.setMaximumHeight, PICTURE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw(painter, QRectF(self.rect()), self.theme)


class StarterCard(Themed, QFrame):
    started = Signal(Recipe)
    allowed = Signal()

    def __init__(self, theme: Theme, starter: Starter, primary: bool) -> None:
        super().__init__(theme, f"starter_{starter.name}", starter.title)
        self.starter, self._primary = starter, primary
        self.may_start = not starter.asks
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted again as the mouse comes and goes
        self._pressed = False
        self._room = self.px(CARD_HEIGHT)
        self.fit(self.setMinimumSize, LEAST_CARD_WIDTH, FOOT_HEIGHT)
        self.fit(self.setMaximumSize, CARD_WIDTH, CARD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture = StarterPicture(theme, starter.draw)
        self._title = Label(theme, starter.title, 15, 600, "t1")
        self._words = Label(theme, starter.words, 13, color="t2", wrap=True, line=19)
        self._below_picture, self._below_title = QSpacerItem(0, 0), QSpacerItem(0, 0)
        above = ((self._picture, 10), self._below_picture, self._title, self._below_title)
        top = self.in_column(*above, self._words, ..., edges=(RING, 0, RING, 0), gap=0)
        self._foot_widget = QWidget()
        self._foot = QStackedLayout(self._foot_widget)
        self._foot.addWidget(self._make_start(theme))
        self._foot.addWidget(self._make_question(theme))
        # The margin of buttons lies outside the column of the words.
        edges = (17 - RING, 17, 17 - RING, 17 - RING)
        self.in_column((top, 1), self._foot_widget, of=self, edges=edges, gap=0)
        self._ask(False)

    def _make_start(self, theme: Theme) -> QWidget:
        kind = "primary" if self._primary else "plain"
        name = f"start_{self.starter.name}"
        self.start = Button(theme, name, "Start", "play", kind, px=13, height=34, padding=13, gap=9, icon_px=15)  # type: ignore[arg-type]
        self.start.setAccessibleName(f"Start: {self.starter.title}")
        self.start.clicked.connect(self._start_pressed)
        widget = QWidget()
        bottom = Qt.AlignmentFlag.AlignBottom
        length = Label(theme, f"{self.starter.recipe.seconds or 0:g} s", 12, color="t3")
        self.fit(length.setFixedHeight, 42)
        self.fit(length.setContentsMargins, 0, 0, RING, 0)
        self.in_row((self.start, 0, bottom), ..., (length, 0, bottom), of=widget)
        return widget

    def _make_question(self, theme: Theme) -> QWidget:
        name = self.starter.name
        self.yes = Button(theme, f"confirm_{name}", "Freeze it", kind="primary", px=13, height=32, padding=12)
        self.no = Button(theme, f"decline_{name}", "Not now", px=13, height=32, padding=12)
        self.yes.clicked.connect(self._confirmed)
        self.no.clicked.connect(lambda: self._ask(False))
        widget = QWidget()
        question = Label(theme, self.starter.asks, 13, color="t1", wrap=True, line=18)
        self.fit(question.setContentsMargins, RING, 0, 0, 0)
        question.setObjectName("starter_question")
        self.in_column(..., question, self.in_row(self.yes, self.no, ..., gap=0), of=widget, gap=2)
        return widget

    def sizeHint(self) -> QSize:
        return QSize(self.px(CARD_WIDTH), self.px(CARD_HEIGHT))

    def hasHeightForWidth(self) -> bool:
        return False  # the height is given, whatever the words need

    def asking(self) -> bool:
        return self._foot.currentIndex() == 1

    def _ask(self, asking: bool) -> None:
        self._foot.setCurrentIndex(1 if asking else 0)
        self.setCursor(Qt.CursorShape.ArrowCursor if asking else Qt.CursorShape.PointingHandCursor)
        self.fit(self._foot_widget.setFixedHeight, QUESTION_HEIGHT if asking else FOOT_HEIGHT)
        self._show_parts()

    def fit_into(self, room: int) -> None:
        """Fits the card into a height."""
        if room != self._room:
            self._room = room
            self._show_parts()

    def _show_parts(self) -> None:
        """In a low card the button or the question has precedence, then the title, the words, the picture."""
        px = self.px
        room = self._room - (px(QUESTION_HEIGHT - FOOT_HEIGHT) if self.asking() else 0)
        pictured, worded, titled = (room >= px(least) for least in (LEAST_CARD_HEIGHT, WITHOUT_PICTURE, WITHOUT_WORDS))
        self._picture.setVisible(pictured)
        self._words.setVisible(worded)
        self._title.setVisible(titled)
        self._below_picture.changeSize(0, px(BELOW_PICTURE) if pictured else 0)
        self._below_title.changeSize(0, px(BELOW_TITLE) if worded else 0)
        cast(QVBoxLayout, self.layout()).invalidate()

    def _start_pressed(self) -> None:
        if self.may_start:
            self.started.emit(self.starter.recipe)
        else:
            self._ask(True)
            self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirmed(self) -> None:
        self.may_start = True
        self._ask(False)
        self.allowed.emit()  # before the start, which may look whether it is allowed
        self.started.emit(self.starter.recipe)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.button() == Qt.MouseButton.LeftButton and not self.asking()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card is a button; while it asks, only the answers are."""
        pressed, self._pressed = self._pressed, False
        if pressed and self.rect().contains(event.position().toPoint()):
            self._start_pressed()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        line = theme.accent if self._primary else theme.line2 if self.underMouse() else theme.line1
        box(QPainter(self), QRectF(self.rect()), self.px(10), theme.raised, line)
