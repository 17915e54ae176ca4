"""The verdict: one sentence that says what is being seen, why, how the time was spent, and the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from playground.figures import Shares
from playground.key_figures import Figure
from playground.states import TABLE
from playground.verdict import Verdict
from ui.panels import swatches
from ui.panels.choosing import Segments
from ui.panels.controls import PRESS_KEYS, Card, Line, Themed, box, set_theme_within, width_of, write
from ui.panels.labels import Caption, Headline, Label
from ui.panels.quantities import percent
from ui.stage.patterns import LEGEND
from ui.theme import Theme, font

BAR = 14
LABELS = 30
ROW, ROW_OF_LEGEND = 32, 22
MOST_PIPS = 16
MOST_OF_TIP = 1500  # characters
LEAST_SHARE = 0.004


@dataclass(frozen=True)
class Part:
    state: int
    long: str
    short: str
    share: float


def parts_of(share: Shares) -> list[Part]:
    """What a split bar shows, in the order of the stack; nothing that rounds to nothing."""
    rows = (TABLE[state] for state in LEGEND)
    parts = [Part(row.number, row.words, row.short, getattr(share, row.share)) for row in rows]
    return [part for part in parts if part.share > LEAST_SHARE]


@dataclass(frozen=True)
class Placed:
    """A label of the split bar, and where it stands."""

    words: str
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width


def place_labels(parts: Sequence[Part], width: float, gap: float = 10) -> list[Placed]:
    """Each label as near as can be to its part, none over another: long words where all fit, else short ones for the
    smallest parts, else the smallest parts go without."""
    face = font(11)
    shown = list(parts)
    long = {part.state for part in parts}

    def words(part: Part) -> str:
        return f"{part.long if part.state in long else part.short} {percent(part.share)}"

    def needed() -> float:
        return sum(width_of(words(part), face) for part in shown) + gap * (len(shown) - 1)

    for part in sorted(parts, key=lambda part: part.share):
        if needed() > width:
            long.discard(part.state)
    for part in sorted(parts, key=lambda part: part.share):
        if needed() > width and len(shown) > 1:
            shown.remove(part)
    return _spread([(words(part), _middle(part, parts, width)) for part in shown], width, gap)


def _middle(part: Part, parts: Sequence[Part], width: float) -> float:
    whole = sum(each.share for each in parts)
    before = sum(each.share for each in parts[: parts.index(part)])
    return (before + part.share / 2) / whole * width


def _spread(labels: Sequence[tuple[str, float]], width: float, gap: float) -> list[Placed]:
    face = font(11)
    widths = [width_of(words, face) for words, _ in labels]
    lefts: list[float] = []
    edge = 0.0
    for (_, middle), own in zip(labels, widths, strict=True):
        lefts.append(max(edge, middle - own / 2))
        edge = lefts[-1] + own + gap
    edge = width
    for place in reversed(range(len(lefts))):
        lefts[place] = min(lefts[place], edge - widths[place])
        edge = lefts[place] - gap
    return [Placed(words, left, own) for (words, _), left, own in zip(labels, lefts, widths, strict=True)]


class SplitBar(Themed, QWidget):
    """How the workers spent their time, in the patterns of the states."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self._share = theme, Shares()
        self.setFixedHeight(BAR + LABELS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: Shares) -> None:
        if share != self._share:
            self._share = share
            words = ", ".join(f"{part.long} {percent(part.share)}" for part in parts_of(share))
            self.setAccessibleName(f"How the time was spent: {words}")
            self.setToolTip(words)
            self.update()

    def labels(self) -> list[Placed]:
        return place_labels(parts_of(self._share), self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, width = QPainter(self), self.theme, self.width()
        box(painter, QRectF(0, 0, width, BAR), 0, theme.track, None)
        parts = parts_of(self._share)
        whole, left = sum(part.share for part in parts) or 1.0, 0.0
        for part in parts:
            right = left + part.share / whole * width
            # A pixel between the parts, and at least two of each: a part that is there is seen.
            rect = QRectF(round(left), 0, max(2, round(right) - round(left) - 1), BAR)
            if rect.right() > width:
                rect.moveRight(width)
            swatches.paint(painter, rect, part.state, theme.worker(0), theme)
            left = right
        for label in self.labels():
            place = QRectF(label.left, BAR + 2, label.width + 1, 18)
            write(painter, place, (label.words, font(11), theme.t2))


class FigureRow(Themed, QWidget):
    """One figure: label, pips where it counts cores, value, unit. Of a value that is cut, the mouse shows all, and a
    click or Space copies it."""

    copied = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self._figure = theme, Figure("", "", "")
        self.setFixedHeight(ROW)

    def show_figure(self, figure: Figure) -> None:
        if figure != self._figure:
            self._figure = figure
            self.setAccessibleName(f"{figure.label}: {figure.value} {figure.unit}")
            self.setToolTip(_all_of(figure.whole) if figure.whole else figure.tip)
            self.setAccessibleDescription(figure.whole[:MOST_OF_TIP] or figure.tip)
            hand = Qt.CursorShape.PointingHandCursor if figure.whole else Qt.CursorShape.ArrowCursor
            self.setCursor(hand)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if figure.whole else Qt.FocusPolicy.NoFocus)
            self.update()

    def _copy(self) -> None:
        if self._figure.whole:
            QGuiApplication.clipboard().setText(self._figure.whole)
            self.copied.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PRESS_KEYS:
            self._copy()
        else:
            super().keyPressEvent(event)

    def figure(self) -> Figure:
        return self._figure

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, figure = QPainter(self), self.theme, self._figure
        painter.fillRect(0, 0, self.width(), 1, theme.line0)
        rect = QRectF(0, 1, self.width(), ROW - 1)
        unit = write(painter, rect, (figure.unit, font(12), theme.t3), "right") + (6 if figure.unit else 0)
        value = write(painter, rect.adjusted(0, 0, -unit, 0), (figure.value, font(15, 600), theme.t1), "right")
        room = self.width() - unit - value - 12
        label = write(painter, rect.adjusted(0, 0, room - self.width(), 0), (figure.label, font(13), theme.t2))
        if self.hasFocus():
            painter.fillRect(QRectF(0, ROW - 2, self.width(), 2), theme.accent)
        if figure.of and figure.filled is not None:
            self._draw_pips(painter, label + 12, room - label - 12, round(figure.filled), figure.of)

    def _draw_pips(self, painter: QPainter, left: float, room: float, filled: int, of: int) -> None:
        pitch = 12 if of * 12 <= room else 7
        if of > MOST_PIPS or of * pitch > room:
            return
        for pip in range(of):
            rect = QRectF(ceil(left) + pip * pitch, ROW / 2 - 4, pitch - 3, 10 if pitch > 8 else 8)
            empty = self.theme.hover if self.theme.dark else self.theme.line1
            box(painter, rect, 2, self.theme.t1 if pip < filled else empty, None)


def _all_of(words: str) -> str:
    """As a tooltip, which wraps rich text only."""
    more = f" … {len(words) - MOST_OF_TIP} more characters" if len(words) > MOST_OF_TIP else ""
    return f"<p>{escape(words[:MOST_OF_TIP])}{more}</p><p>Click to copy all of it.</p>"


class VerdictCard(Card):
    run_chosen = Signal(int)  # the number of the run
    copied = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "verdict", "Verdict")
        self._numbers: dict[str, int] = {}
        head = QHBoxLayout()
        head.setSpacing(8)
        caption = Caption(theme, "Verdict")
        caption.setMinimumHeight(18)
        head.addWidget(caption)
        head.addStretch(1)
        self.runs = Segments(theme, "verdict_runs", "Which run the verdict is about", px=12, height=20)
        self.runs.chosen.connect(lambda words: self.run_chosen.emit(self._numbers[words]))
        self.runs.hide()
        head.addWidget(self.runs)
        self.column.setContentsMargins(16, 13, 16, 8)
        self.column.addLayout(head)
        self.column.addSpacing(10)
        self.sentence = Headline(theme)
        self.sentence.setObjectName("verdict_sentence")
        self.column.addWidget(self.sentence)
        self.column.addSpacing(5)
        self.reason = Label(theme, "", 14, color="t2", wrap=True, line=20)
        self.reason.setObjectName("verdict_reason")
        self.column.addWidget(self.reason)
        self.column.addSpacing(12)
        self.split = SplitBar(theme)
        self.column.addWidget(self.split)
        self._rows: list[FigureRow] = []
        self.split.hide()

    def show_verdict(self, verdict: Verdict) -> None:
        self.sentence.set_words(verdict.sentence)
        self.reason.set_words(verdict.reason)
        self.set_trouble(verdict.trouble)
        if verdict.share is not None:
            self.split.show_share(verdict.share)
        self.split.setVisible(verdict.share is not None)
        while len(self._rows) < len(verdict.figures):
            row = FigureRow(self.theme)
            row.copied.connect(self.copied)
            self._rows.append(row)
            self.column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(verdict.figures))
            if place < len(verdict.figures):
                row.show_figure(verdict.figures[place])

    def show_runs(self, numbers: Sequence[int], chosen: int | None) -> None:
        """The runs to switch between; with fewer than two there is nothing to switch."""
        self._numbers = {str(number): number for number in numbers}
        self.runs.set_choices(list(self._numbers), str(chosen) if chosen is not None else None)
        self.runs.setVisible(len(numbers) > 1)

    def figures(self) -> list[Figure]:
        return [row.figure() for row in self._rows if not row.isHidden()]

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()


class HowToRead(Card):
    """What colours and patterns say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "how_to_read", "How to read the stage")
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.addWidget(Caption(theme, "How to read the stage"))
        self.column.addSpacing(11)
        for state in LEGEND:
            self.column.addWidget(LegendRow(theme, state, TABLE[state].meaning))
        self.column.addSpacing(8)
        self.column.addWidget(Line(theme))
        self.column.addSpacing(10)
        words = "Colour says **who**. Pattern says **what**. A lane filled to a quarter ran a quarter of the time."
        self.column.addWidget(Label(theme, words, 13, color="t2", wrap=True, line=19))

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()


class LegendRow(Themed, QWidget):
    def __init__(self, theme: Theme, state: int, words: str) -> None:
        super().__init__()
        self.theme, self._state, self._words = theme, state, words
        self.setAccessibleName(words)
        self.setFixedHeight(ROW_OF_LEGEND)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        swatches.paint(painter, QRectF(0, 3, 52, 16), self._state, theme.worker(0), theme, 3)
        write(painter, QRectF(64, 0, self.width() - 64, ROW_OF_LEGEND), (self._words, font(13), theme.t2))
