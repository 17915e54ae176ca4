"""The split bar of a verdict: how all workers together spent their time. Each part has the pattern of its state, and
its label stands below, as near as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.figures.records import Shares
from playground.reading.states import TOLD
from ui.kit import swatches
from ui.kit.drawing import Themed, box, width_of, write
from ui.kit.quantities import percent
from ui.kit.theme import Theme

BAR = 14
LABELS = 30
LEAST_SHARE = 0.004


@dataclass(frozen=True)
class SplitPart:
    state: int
    long: str
    short: str
    share: float


def parts_of(share: Shares) -> list[SplitPart]:
    """The parts of a split bar, in the order of the stack, without those that round to 0."""
    parts = [SplitPart(row.number, row.words, row.short, getattr(share, row.share)) for row in TOLD]
    return [part for part in parts if part.share > LEAST_SHARE]


@dataclass(frozen=True)
class Placed:
    """A label of the split bar, and its place."""

    words: str
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width


def place_labels(parts: Sequence[SplitPart], width: float, theme: Theme) -> list[Placed]:
    """Places labels as near as can be to their parts, none over another: long words where all fit, else short ones for
    the smallest parts, else none for these."""
    face, gap = theme.font(11), theme.px(10)
    shown = list(parts)
    long = {part.state for part in parts}

    def words(part: SplitPart) -> str:
        return f"{part.long if part.state in long else part.short} {percent(part.share)}"

    def needed() -> float:
        return sum(width_of(words(part), face) for part in shown) + gap * (len(shown) - 1)

    for part in sorted(parts, key=lambda part: part.share):
        if needed() > width:
            long.discard(part.state)
    for part in sorted(parts, key=lambda part: part.share):
        if needed() > width and len(shown) > 1:
            shown.remove(part)
    return _spread([(words(part), _middle(part, parts, width)) for part in shown], width, theme)


def _middle(part: SplitPart, parts: Sequence[SplitPart], width: float) -> float:
    whole = sum(each.share for each in parts)
    before = sum(each.share for each in parts[: parts.index(part)])
    return (before + part.share / 2) / whole * width


def _spread(labels: Sequence[tuple[str, float]], width: float, theme: Theme) -> list[Placed]:
    face, gap = theme.font(11), theme.px(10)
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
        super().__init__(theme)
        self._share = Shares()
        self.fit(self.setFixedHeight, BAR + LABELS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: Shares) -> None:
        if share != self._share:
            self._share = share
            words = ", ".join(f"{part.long} {percent(part.share)}" for part in parts_of(share))
            self.setAccessibleName(f"How the time was spent: {words}")
            self.setToolTip(words)
            self.update()

    def labels(self) -> list[Placed]:
        return place_labels(parts_of(self._share), self.width(), self.theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px, width = QPainter(self), self.theme, self.px, self.width()
        box(painter, QRectF(0, 0, width, px(BAR)), 0, theme.track, None)
        parts = parts_of(self._share)
        whole, left = sum(part.share for part in parts) or 1.0, 0.0
        for part in parts:
            right = left + part.share / whole * width
            # A pixel between parts, and at least two for each, so that every part is seen.
            rect = QRectF(round(left), 0, max(2, round(right) - round(left) - 1), px(BAR))
            if rect.right() > width:
                rect.moveRight(width)
            swatches.paint(painter, rect, part.state, theme.worker(0), theme)
            left = right
        for label in self.labels():
            place = QRectF(label.left, px(BAR + 2), label.width + 1, px(18))
            write(painter, place, (label.words, theme.font(11), theme.t2))
