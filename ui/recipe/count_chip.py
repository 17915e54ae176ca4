"""The chip of the recipe bar that is a number: how many workers."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from playground.recipe.recipe import MOST_WORKERS
from ui.kit.drawing import RING, Themed, focus_ring, width_of
from ui.kit.drawn import Drawn
from ui.kit.quantities import whole
from ui.kit.theme import Face, Theme
from ui.recipe.chips import CHEVRON, PADDING, draw_chip


class CountChip(Themed, QLineEdit):
    """The number of workers, to be typed, turned by wheel or arrow keys, or taken from presets."""

    counted = Signal(int)  # the number has changed
    problem_changed = Signal()
    stepped = Signal(int)  # by how much to change the number
    presets_requested = Signal()
    pasted = Signal()  # something that is no number, perhaps a whole recipe
    warned = Drawn(False)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "chip_workers", "Number of workers")
        self._ring = False
        self.problem = ""  # what is wrong with the typed number
        self._count = 1
        self.setToolTip(f"How many workers: 1 to {whole(MOST_WORKERS)}. Type, turn the wheel, or press ↑ and ↓.")
        self.fit(self.setFont, Face(15, 500))
        self.setFrame(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted again as the mouse comes and goes
        self.setAcceptDrops(False)  # a dropped file is for the window
        self.setMaxLength(7)
        self.fit(self.setTextMargins, RING + PADDING - 2, 0, CHEVRON + RING + 6, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.updateGeometry)
        self.textEdited.connect(self._typed)
        self.stepped.connect(lambda by: self.take(max(1, min(MOST_WORKERS, self._count + by))))
        self.editingFinished.connect(self._left)

    def show_count(self, count: int) -> None:
        self._count = count
        if self.text() != str(count):
            self.setText(str(count))
        self._set_problem("")

    def take(self, count: int) -> None:
        self.show_count(count)
        self.counted.emit(count)

    def _typed(self, typed: str) -> None:
        words = typed.strip()
        number = int(words) if words.isascii() and words.isdigit() else 0
        if 1 <= number <= MOST_WORKERS:
            self._count = number
            self._set_problem("")
            self.counted.emit(number)
        else:
            self._set_problem(f"The number of workers must be 1 to {whole(MOST_WORKERS)}.")

    def _left(self) -> None:
        # Left empty: back to the number before.
        if not self.text().strip():
            self.show_count(self._count)

    def _set_problem(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self.problem_changed.emit()

    def _over_chevron(self, x: float) -> bool:
        return x > self.width() - self.px(RING + PADDING + CHEVRON)

    def sizeHint(self) -> QSize:
        px = self.px
        width = max(px(10.0), width_of(self.text(), self.font())) + 2 * px(PADDING) + px(CHEVRON + 7)
        return QSize(ceil(width) + 2 * px(RING), px(36) + 2 * px(RING))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self.px
        rect = QRectF(self.rect()).adjusted(px(RING), px(RING), -px(RING), -px(RING))
        draw_chip(painter, rect, self.theme, self.underMouse() or self.hasFocus(), self.warned)
        if self._ring and self.hasFocus():
            focus_ring(painter, rect, px(8), self.theme)
        painter.end()
        super().paintEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._over_chevron(event.position().x()):
            self.presets_requested.emit()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._over_chevron(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and not QGuiApplication.clipboard().text().strip().isdecimal():
            self.pasted.emit()
            return
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        match event.key():
            case Qt.Key.Key_Down if alt:
                self.presets_requested.emit()
            case Qt.Key.Key_Up:
                self.stepped.emit(1)
            case Qt.Key.Key_Down:
                self.stepped.emit(-1)
            case _:
                super().keyPressEvent(event)
