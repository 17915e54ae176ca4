"""Starters: what an empty stage shows instead of nothing: three runs to start with one press each.

Starting one fills in the recipe bar, so that people see which sentence it was. The one that freezes the window asks
first, in its own card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import cast

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QSpacerItem, QStackedLayout, QVBoxLayout, QWidget

from playground.reading.states import GIL
from playground.recipe.recipe import Recipe
from ui.kit import swatches
from ui.kit.controls import RING, Button, Themed, box, set_theme_within, width_of
from ui.kit.labels import Headline, Label
from ui.kit.theme import Theme, mix

CARD_WIDTH, CARD_HEIGHT = 312, 276
LEAST_CARD_WIDTH = 208
LEAST_CARD_HEIGHT = 196  # with all that it says
PICTURE_HEIGHT, LEAST_PICTURE_HEIGHT = 89, 30
BELOW_PICTURE, BELOW_TITLE = 15, 4
WITHOUT_PICTURE = LEAST_CARD_HEIGHT - LEAST_PICTURE_HEIGHT - BELOW_PICTURE
WITHOUT_WORDS = WITHOUT_PICTURE - 3 * 19 - BELOW_TITLE
LANE_GAP = 3
FOOT_HEIGHT, QUESTION_HEIGHT = 42, 82
HEADING_HEIGHT = 34
ROOMY_HEIGHT = LEAST_CARD_HEIGHT + 124
HEADED_HEIGHT = LEAST_CARD_HEIGHT + HEADING_HEIGHT + 26


@dataclass(frozen=True)
class Starter:
    name: str
    title: str
    words: str
    recipe: Recipe
    draw: Callable[[QPainter, QRectF, Theme], None]
    asks: str = ""  # what to ask before the first time

    @property
    def length(self) -> str:
        return f"{self.recipe.seconds or 0:g} s"


def lanes(rect: QRectF, gap: int) -> list[QRectF]:
    """Four of them, as high as there is room."""
    height = (int(rect.height()) - 3 * gap) // 4
    return [QRectF(rect.left(), rect.top() + row * (height + gap), rect.width(), height) for row in range(4)]


def draw_threads(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Four lanes that take turns."""
    slots = 27
    pitch = rect.width() / slots
    random, order = Random(3), [2]
    while len(order) < slots:
        order.append(random.choice([lane for lane in range(4) if lane != order[-1]]))
    for lane, row in enumerate(lanes(rect, theme.px(LANE_GAP))):
        color = theme.worker(lane)
        swatches.paint(painter, row, GIL, color, theme)
        for slot, holder in enumerate(order):
            if holder == lane:
                place = QRectF(rect.left() + slot * pitch, row.top(), pitch, row.height())
                painter.fillRect(place, QColor(color))


def draw_processes(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Four lanes that run all the time."""
    for lane, row in enumerate(lanes(rect, theme.px(LANE_GAP))):
        painter.fillRect(row, QColor(theme.worker(lane + 4)))


def draw_freeze(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """A pulse that is calm, then late, then calm again."""
    painter.fillRect(rect, QColor(theme.track))
    random = Random(11)
    calm = QColor(mix(theme.track, theme.ok, 0.7))
    thin, thick = theme.px(2), theme.px(3)
    columns = int(rect.width() // thin)
    for column in range(columns):
        part = column / columns
        x = rect.left() + column * thin
        if not 0.35 < part < 0.75:
            height = theme.px(3 + random.random() ** 2 * 22)
            painter.fillRect(QRectF(x, rect.bottom() - height, thin, height), calm)
        elif column % 4 == 0:
            late = column % 32 == 0
            height = rect.height() * (0.9 if late else 0.72 + random.random() * 0.08)
            color = QColor(theme.bad if late else theme.warn)
            painter.fillRect(QRectF(x, rect.bottom() - height, thick, height), color)
    pen = QPen(QColor(mix(theme.track, theme.warn, 0.55)), theme.px(1))
    pen.setDashPattern([2, 4])
    painter.setPen(pen)
    line = round(rect.top() + rect.height() * 0.46) + 0.5
    painter.drawLine(QPointF(rect.left(), line), QPointF(rect.right(), line))


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


class Picture(Themed, QWidget):
    def __init__(self, theme: Theme, draw: Callable[[QPainter, QRectF, Theme], None]) -> None:
        super().__init__()
        self.theme, self._draw = theme, draw
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
        super().__init__()
        self.theme, self.starter, self._primary = theme, starter, primary
        self.may_start = not starter.asks
        self._pressed = False
        self._room = self.px(CARD_HEIGHT)
        self.setObjectName(f"starter_{starter.name}")
        self.setAccessibleName(starter.title)
        self.fit(self.setMinimumSize, LEAST_CARD_WIDTH, FOOT_HEIGHT)
        self.fit(self.setMaximumSize, CARD_WIDTH, CARD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        # Buttons have a margin of their own, which stands outside the column of the words.
        self.fit(column.setContentsMargins, 17 - RING, 17, 17 - RING, 17 - RING)
        column.setSpacing(0)
        top = QVBoxLayout()
        self.fit(top.setContentsMargins, RING, 0, RING, 0)
        top.setSpacing(0)
        self._picture = Picture(theme, starter.draw)
        self._title = Label(theme, starter.title, 15, 600, "t1")
        self._words = Label(theme, starter.words, 13, color="t2", wrap=True, line=19)
        self._below_picture, self._below_title = QSpacerItem(0, 0), QSpacerItem(0, 0)
        top.addWidget(self._picture, 10)
        top.addItem(self._below_picture)
        top.addWidget(self._title)
        top.addItem(self._below_title)
        top.addWidget(self._words)
        top.addStretch(1)
        column.addLayout(top, 1)
        self._foot = QStackedLayout()
        self._foot.addWidget(self._make_start(theme))
        self._foot.addWidget(self._make_question(theme))
        self._foot_widget = QWidget()
        self._foot_widget.setLayout(self._foot)
        column.addWidget(self._foot_widget)
        self._ask(False)

    def _make_start(self, theme: Theme) -> QWidget:
        kind = "primary" if self._primary else "plain"
        name = f"start_{self.starter.name}"
        self.start = Button(theme, name, "Start", "play", kind, px=13, height=34, padding=13, gap=9, icon_px=15)  # type: ignore[arg-type]
        self.start.setAccessibleName(f"Start: {self.starter.title}")
        self.start.clicked.connect(self._start_pressed)
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.start, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        length = Label(theme, self.starter.length, 12, color="t3")
        self.fit(length.setFixedHeight, 42)
        self.fit(length.setContentsMargins, 0, 0, RING, 0)
        row.addWidget(length, 0, Qt.AlignmentFlag.AlignBottom)
        return widget

    def _make_question(self, theme: Theme) -> QWidget:
        name = self.starter.name
        self.yes = Button(theme, f"confirm_{name}", "Freeze it", kind="primary", px=13, height=32, padding=12)
        self.no = Button(theme, f"decline_{name}", "Not now", px=13, height=32, padding=12)
        self.yes.clicked.connect(self._confirmed)
        self.no.clicked.connect(lambda: self._ask(False))
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        self.fit(column.setSpacing, 2)
        question = Label(theme, self.starter.asks, 13, color="t1", wrap=True, line=18)
        self.fit(question.setContentsMargins, RING, 0, 0, 0)
        question.setObjectName("starter_question")
        column.addStretch(1)
        column.addWidget(question)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        column.addLayout(row)
        return widget

    def sizeHint(self) -> QSize:
        return QSize(self.px(CARD_WIDTH), self.px(CARD_HEIGHT))

    def hasHeightForWidth(self) -> bool:
        return False  # its height is its own, whatever its words need

    def asking(self) -> bool:
        return self._foot.currentIndex() == 1

    def _ask(self, asking: bool) -> None:
        self._foot.setCurrentIndex(1 if asking else 0)
        self.setCursor(Qt.CursorShape.ArrowCursor if asking else Qt.CursorShape.PointingHandCursor)
        self.fit(self._foot_widget.setFixedHeight, QUESTION_HEIGHT if asking else FOOT_HEIGHT)
        self._show_parts()

    def fit_into(self, room: int) -> None:
        """So high may it be."""
        if room != self._room:
            self._room = room
            self._show_parts()

    def _show_parts(self) -> None:
        """In a low card the button comes first, or the question, then the title, the words, and the picture."""
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
        self.allowed.emit()  # before the start, which may ask whether it is
        self.started.emit(self.starter.recipe)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.button() == Qt.MouseButton.LeftButton and not self.asking()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """All of the card is its button; while it asks, only the answers are."""
        pressed, self._pressed = self._pressed, False
        if pressed and self.rect().contains(event.position().toPoint()):
            self._start_pressed()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        line = theme.accent if self._primary else theme.line2 if self.underMouse() else theme.line1
        box(QPainter(self), QRectF(self.rect()), self.px(10), theme.raised, line)

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()


class Starters(Themed, QWidget):
    start_requested = Signal(Recipe)
    freeze_allowed = Signal()  # the user was asked, and said yes: do not ask again

    def __init__(self, theme: Theme, freeze_allowed: bool = False) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("starters")
        self.setAccessibleName("What do you want to see?")
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addStretch(1)
        column.addLayout(self._make_heading(theme))
        self._gap = QSpacerItem(0, 0)
        column.addItem(self._gap)
        row = QHBoxLayout()
        self.fit(row.setSpacing, 16)
        self.cards = [StarterCard(theme, starter, place == 0) for place, starter in enumerate(STARTERS)]
        row.addStretch(1)
        for card in self.cards:
            card.started.connect(self.start_requested)
            row.addWidget(card, 100)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        if freeze_allowed:
            self.allow_freeze()
        self.cards[-1].allowed.connect(self.freeze_allowed)
        self._column = column
        self._fit()

    def allow_freeze(self) -> None:
        """The user said yes elsewhere: do not ask again."""
        self.cards[-1].may_start = True

    def _make_heading(self, theme: Theme) -> QVBoxLayout:
        column = QVBoxLayout()
        self.fit(column.setSpacing, 4)
        title = Headline(theme, "What do you want to see?", px=26, line=34)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        words = Label(theme, "Start one of these, or change the sentence at the top and press Run.", 15, color="t2")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words)
        self._title, self._words = title, words
        return column

    def _fit(self) -> None:
        """Where it is low, the cards come first: each has to be there with its button."""
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

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()

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
