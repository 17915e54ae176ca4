"""The text of a program with marks at the right of its lines: where workers are, what went wrong. F8 goes from mark to
mark, Alt+Enter opens what a mark points to."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from ui.code import code_marks
from ui.code.code_marks import LINE, RIGHT, Mark
from ui.code.numbered_text import ABOVE, NumberedText
from ui.kit.controls import PRESS_KEYS
from ui.kit.theme import Theme


class CodeText(NumberedText):
    mark_pressed = Signal(str)
    escaped = Signal()

    def __init__(self, theme: Theme, name: str, accessible: str, editable: bool = False) -> None:
        self._marks: dict[int, Mark] = {}
        self._uncovered = 0  # the line with the mark that gives way to its code
        super().__init__(theme, name, accessible, editable)

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """Shows marks, one for each line; of several for a line, the last."""
        new = {mark.line: mark for mark in marks}
        changed = [line for line in self._marks.keys() | new.keys() if self._marks.get(line) != new.get(line)]
        if not changed:
            return
        self._marks = new
        self.setAccessibleDescription("; ".join(new[line].told() for line in sorted(new)[:8]))
        for line in changed:
            rect = self._row(line - 1)
            self.viewport().update(rect)
            self.gutter.update(0, rect.top(), self.gutter.width(), rect.height())

    def marks(self) -> list[Mark]:
        return [self._marks[line] for line in sorted(self._marks)]

    # -- painting

    def paint_over(self, painter: QPainter, number: int, rect: QRect) -> None:
        mark = self._marks.get(number + 1)
        if mark is not None and (mark.badges or mark.words) and mark.line != self._uncovered:
            code_marks.paint(painter, rect, mark, self.theme, self.ground(number), self._covers(mark))

    def is_troubled(self, number: int) -> bool:
        mark = self._marks.get(number + 1)
        return mark is not None and mark.dot

    def ground(self, number: int) -> str:
        theme, mark = self.theme, self._marks.get(number + 1)
        if mark is not None and mark.ground:
            return {"accent": theme.accent_soft, "bad": theme.bad_soft, "warn": theme.warn_soft}[mark.ground]
        return super().ground(number)

    def _mark_width(self, mark: Mark) -> float:
        return code_marks.texts(mark, self.theme, self.viewport().width())[1]

    def _covers(self, mark: Mark) -> bool:
        """Does the line go on below the mark? Then it ends with "…" there, and the mouse uncovers it."""
        line = self.document().findBlockByNumber(mark.line - 1).layout().lineAt(0)
        end = self.contentOffset().x() + self.document().documentMargin()
        end += line.naturalTextWidth() if line.isValid() else 0.0
        return end > self.viewport().width() - 1 - self.px(RIGHT) - self._mark_width(mark) - self.px(8)

    def _uncover(self, place: QPoint | None) -> None:
        """Lets the mark of the line under the mouse give way to its code, unless the mouse is on the mark itself."""
        line = 0
        if place is not None:
            mark, on_it = self._mark_at(place)
            if mark is not None and self._covers(mark):
                line = 0 if on_it and mark.line != self._uncovered else mark.line
        if line != self._uncovered:
            self._uncovered = line
            self.viewport().update()

    # -- keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_F8:
            self.go_to_mark(forward=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() in PRESS_KEYS[1:3] and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._press_mark(self._marks.get(self.textCursor().blockNumber() + 1))
        else:
            super().keyPressEvent(event)

    def go_to_mark(self, forward: bool = True) -> None:
        """Goes by keyboard to the next line that has a mark, and shows its words."""
        lines, here = sorted(self._marks), self.textCursor().blockNumber() + 1
        if not lines:
            return
        ahead = [line for line in lines if line > here] if forward else [line for line in lines if line < here]
        line = (ahead or lines)[0 if forward else -1]
        self.go_to_line(line)
        row = self._row(line - 1)
        QToolTip.showText(self.viewport().mapToGlobal(row.bottomLeft()), self._marks[line].told(), self)

    def _press_mark(self, mark: Mark | None) -> None:
        if mark is not None and mark.pressed:
            self.mark_pressed.emit(mark.pressed)

    def _mark_at(self, place: QPoint) -> tuple[Mark | None, bool]:
        """The mark of the line at a point; is the point on the mark itself?"""
        (first, top), px = self._top(), self.px
        mark = self._marks.get(first + (place.y() - top + px(ABOVE)) // px(LINE) + 1)
        left = 0 if mark is None else self.viewport().width() - px(RIGHT) - self._mark_width(mark)
        return mark, place.x() >= left

    def _pressed_mark(self, place: QPoint) -> Mark | None:
        mark, on_it = self._mark_at(place)
        return mark if mark is not None and mark.pressed and on_it else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self._pressed_mark(event.position().toPoint())
        if mark is not None and event.button() == Qt.MouseButton.LeftButton:
            self._press_mark(mark)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._pressed_mark(event.position().toPoint())
        shape = Qt.CursorShape.IBeamCursor if over is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self._uncover(None if over is not None else event.position().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._uncover(None)
        super().leaveEvent(event)
