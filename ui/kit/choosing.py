"""Controls to choose with: segments and sliders."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QSlider, QWidget

from ui.kit.controls import OneOf
from ui.kit.drawing import Themed, box, width_of, write
from ui.kit.theme import Theme


class Segment(OneOf):
    """One choice of Segments."""

    radius = 5

    def __init__(self, theme: Theme, words: str, px: float, height: int) -> None:
        super().__init__(theme, "segment", words)
        self.words, self._px, self._height = words, px, height
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        return QSize(ceil(width_of(self.words, self.theme.font(self._px, 500))) + self.px(18), self.px(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(ceil(width_of(self.words, self.theme.font(self._px, 500))) + self.px(6), self.px(self._height))

    def draw(self, painter: QPainter) -> None:
        theme = self.theme
        if self.isChecked():
            # Without its border a raised white segment cannot be seen on white.
            fill, line = (theme.hover, None) if theme.dark else (theme.raised, theme.line1)
            box(painter, self.seen(), self.px(self.radius), fill, line)
        active = self.isChecked() or self.hovered()
        color = theme.t3 if not self.isEnabled() else theme.t1 if active else theme.t2
        write(painter, self.seen(), (self.words, theme.font(self._px, 500), color), "center")


class Segments(Themed, QWidget):
    """A few choices side by side, one of them taken. Arrow keys move between them."""

    chosen = Signal(str)  # the words of the choice

    def __init__(self, theme: Theme, name: str, accessible: str, px: float = 12, height: int = 20) -> None:
        super().__init__(theme, name, accessible)
        self._px, self._height = px, height
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = self.in_row(of=self, edges=(2, 2, 2, 2), gap=2)
        self._group = QButtonGroup(self)
        self._segments: dict[str, Segment] = {}

    def set_choices(self, choices: Sequence[str], chosen: str | None = None) -> None:
        if list(choices) != list(self._segments):
            for segment in self._segments.values():
                self._group.removeButton(segment)
                self._row.removeWidget(segment)
                segment.hide()
                segment.deleteLater()
            self._segments = {words: self._add(words) for words in choices}
        if chosen is not None:
            self.choose(chosen)

    def _add(self, words: str) -> Segment:
        segment = Segment(self.theme, words, self._px, self._height)
        segment.setObjectName(f"{self.objectName()}_{words}")
        self._group.addButton(segment)
        self._row.addWidget(segment)
        segment.clicked.connect(lambda: self.chosen.emit(words))
        segment.show()
        return segment

    def choices(self) -> list[str]:
        return list(self._segments)

    def choose(self, words: str) -> None:
        """Shows a choice as taken; emits nothing."""
        if words in self._segments:
            self._segments[words].setChecked(True)

    def choose_none(self) -> None:
        """Shows none as taken."""
        self._group.setExclusive(False)
        for segment in self._segments.values():
            segment.setChecked(False)
        self._group.setExclusive(True)

    def taken(self) -> str | None:
        return next((words for words, segment in self._segments.items() if segment.isChecked()), None)

    def segment(self, words: str) -> Segment:
        return self._segments[words]

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), self.px(6), self.theme.track, None)


class Slider(Themed, QSlider):
    """A thin line, filled up to a round knob."""

    STEPS = 1000
    stepped = Signal(int)  # by an arrow key

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible, Qt.Orientation.Horizontal)
        self.setRange(0, self.STEPS)
        self.setSingleStep(10)
        self.setPageStep(100)
        self.fit(self.setFixedHeight, 22)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def place(self) -> float:
        """The place of the knob, from 0 at the left to 1 at the right."""
        return self.value() / self.STEPS

    def _knob(self) -> QPointF:
        return QPointF(self.px(7) + self.place() * (self.width() - self.px(14)), self.height() / 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px, knob = QPainter(self), self.theme, self.px, self._knob()
        thick = px(3)
        middle = self.height() / 2 - thick / 2
        ground = theme.hover if theme.dark else theme.line1
        box(painter, QRectF(0, middle, self.width(), thick), thick / 2, ground, None)
        box(painter, QRectF(0, middle, knob.x(), thick), thick / 2, theme.accent, None)
        disc = QRectF(knob.x() - px(7), knob.y() - px(7), px(14), px(14))
        box(painter, disc, px(7), "#ECEEF1" if theme.dark else "#FFFFFF", None if theme.dark else theme.line2)
        if self.hasFocus():
            box(painter, disc.adjusted(-px(3), -px(3), px(3), px(3)), px(10), None, theme.accent, px(2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes to the next value that reads well, wherever on the line that lies."""
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Up) else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click goes straight to the place, as people expect, not a page towards it.
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _go_to(self, x: float) -> None:
        self.setValue(round((x - self.px(7)) / max(1, self.width() - self.px(14)) * self.STEPS))
