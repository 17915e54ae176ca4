"""The recipe bar's sentence as a line to type or paste: Enter takes it, Esc leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from playground.recipe import BadRecipe, Recipe
from playground.recipe_line import EXAMPLE, LONGEST
from ui.panels.controls import RING, Themed, box
from ui.theme import Theme, font

LOOK_AFTER_MS = 250  # of no typing: half a word is no mistake
PADDING = 13
NOT_LEFT = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class RecipeField(Themed, QLineEdit):
    taken = Signal(Recipe)
    left = Signal()  # without a recipe
    problem_changed = Signal()

    def __init__(self, theme: Theme, read: Callable[[str], Recipe]) -> None:
        super().__init__()
        self.theme, self._read = theme, read
        self.problem = ""
        self._open = False
        self._before: QWidget | None = None  # had the keyboard, and gets it back
        self.setObjectName("recipe_line")
        self.setAccessibleName("Recipe as one line")
        self.setToolTip(f"Like: {EXAMPLE}. Enter takes it, Esc leaves the recipe as it was.")
        self.setPlaceholderText(EXAMPLE)
        self.setFont(font(13, mono=True))
        self.setFrame(False)
        self.setAcceptDrops(False)  # a file is for the window
        self.setMaxLength(LONGEST)
        self.setTextMargins(RING + PADDING - 2, 0, RING + PADDING - 2, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._look_soon = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._look_soon.setObjectName("recipe_line")
        self._look_soon.timeout.connect(self._look)
        self.textEdited.connect(self._typed)

    def begin(self, line: str) -> None:
        """Shows a line, all of it selected, and asks for the keyboard."""
        if not self._open:
            self._open, self._before = True, self.window().focusWidget()
            self.setText(line)
            self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def take(self) -> None:
        """What stands there is the recipe now, if it is one."""
        if not self.isModified():
            self.leave()
            return
        try:
            recipe = self._read(self.text())
        except BadRecipe as problem:
            self._set_problem(str(problem))
            return
        self._end()
        self.taken.emit(recipe)

    def leave(self) -> None:
        if self._open:
            self._end()
            self.left.emit()

    def _end(self) -> None:
        self._open = False
        self._look_soon.stop()
        self.setModified(False)
        had_focus = self.hasFocus()
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._set_problem("")

    def _typed(self) -> None:
        self._look_soon.start()

    def _look(self) -> None:
        try:
            self._read(self.text())
        except BadRecipe as problem:
            self._set_problem(str(problem))
        else:
            self._set_problem("")

    def _set_problem(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self.problem_changed.emit()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 36 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 36 + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        line = theme.warn if self.problem else theme.accent if self.hasFocus() else theme.line2
        box(painter, rect, 8, theme.raised, line)
        painter.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.take()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._open and event.reason() not in NOT_LEFT:
            self.take()
