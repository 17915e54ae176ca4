"""The recipe bar's sentence as a line to type or paste: Enter takes it, Esc leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from playground.recipe.line_grammar import EXAMPLE, LONGEST
from playground.recipe.recipe import BadRecipe, Recipe
from ui.kit import keys
from ui.kit.drawing import RING, Themed, box, width_of, write
from ui.kit.theme import Face, Theme
from ui.kit.timers import single_shot

LOOK_AFTER_MS = 250  # without a key: half a word is no mistake
PADDING, GAP = 13, 24
NOT_LEFT = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class RecipeField(Themed, QLineEdit):
    taken = Signal(Recipe)
    left = Signal()  # closed without a recipe
    done = Signal()  # a recipe was taken, and the keyboard is free
    problem_changed = Signal()

    def __init__(self, theme: Theme, read: Callable[[str], Recipe]) -> None:
        super().__init__(theme, "recipe_line", "Recipe as one line")
        self._read = read
        self.problem = ""
        self.run_key = ""  # the name of the key that runs, set by its owner
        self._open = False
        self._before: QWidget | None = None  # the widget that had the keyboard, and gets it back
        leave = keys.words(Qt.Key.Key_Escape)
        self.setToolTip(f"Like: {EXAMPLE}. {self.hint()}, {leave} leaves the recipe as it was.")
        self.setAccessibleDescription(self.toolTip())
        self.setPlaceholderText(EXAMPLE)
        self.fit(self.setFont, Face(13, mono=True))
        self.setFrame(False)
        self.setAcceptDrops(False)  # a dropped file is for the window
        self.setMaxLength(LONGEST)
        self.fit(self.setTextMargins, RING + PADDING - 2, 0, RING + PADDING - 2, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._look_soon = single_shot(self, "recipe_line", self._look, LOOK_AFTER_MS)
        self.textEdited.connect(lambda _: self._look_soon.start())

    def begin(self, line: str) -> None:
        """Shows a line, fully selected, and takes the keyboard."""
        if not self._open:
            self._open, self._before = True, self.window().focusWidget()
            self.setText(line)
            self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def take(self) -> None:
        """Takes the line as the recipe, if it is one."""
        if not self.isModified():
            self.leave()
            return
        recipe = self._look()
        if recipe is not None:
            self._end(back=False)
            self.taken.emit(recipe)

    def leave(self) -> None:
        if self._open:
            self._end(back=True)
            self.left.emit()

    def _end(self, back: bool) -> None:
        """`back`: the keyboard returns to where it was. Not after a recipe was taken, as people then watch the run."""
        self._open = False
        self._look_soon.stop()
        self.setModified(False)
        had_focus = self.hasFocus()
        self.hide()
        if had_focus and not back:
            self.done.emit()
        elif had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._set_problem("")

    def _look(self) -> Recipe | None:
        """The recipe of the line; None where it is no recipe, which is said."""
        try:
            recipe = self._read(self.text())
        except BadRecipe as problem:
            self._set_problem(str(problem))
            return None
        self._set_problem("")
        return recipe

    def _set_problem(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self.problem_changed.emit()
            self.update()

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(px(420), px(36) + 2 * px(RING))

    def minimumSizeHint(self) -> QSize:
        px = self.px
        return QSize(px(160), px(36) + 2 * px(RING))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px = QPainter(self), self.theme, self.px
        rect = QRectF(self.rect()).adjusted(px(RING), px(RING), -px(RING), -px(RING))
        line = theme.warn if self.problem else theme.accent if self.hasFocus() else theme.line2
        box(painter, rect, px(8), theme.raised, line)
        painter.end()
        super().paintEvent(event)
        self._paint_hint(rect)

    def _paint_hint(self, rect: QRectF) -> None:
        """Paints which keys to press, as long as the line leaves room."""
        words, px, face = self.hint(), self.px, self.theme.font(12)
        room = rect.adjusted(px(PADDING) + width_of(self.text(), self.font()) + px(GAP), 0, -px(PADDING), 0)
        if room.width() > width_of(words, face):
            write(QPainter(self), room, (words, face, self.theme.t3), "right")

    def hint(self) -> str:
        take = f"{keys.words(Qt.Key.Key_Return)} takes it"
        return f"{take} · {self.run_key} runs it" if self.run_key else take

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
