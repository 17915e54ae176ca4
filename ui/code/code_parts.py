"""What stands around the text in the code tab: the question whether code from elsewhere may run, the buttons of the
editor, what is wrong, and what would change under another model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.kit import keys
from ui.kit.button import Button, Press
from ui.kit.cards import Painted, warn_sign
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.controls import PRESS_KEYS
from ui.kit.drawing import RING, Themed, box
from ui.kit.keys import KeepsKeys, is_plain
from ui.kit.labels import Label
from ui.kit.menu import MenuButton
from ui.kit.theme import Theme

EDGE = 12


def small_button(theme: Theme, name: str, words: str, tip: str = "", press: Press = None) -> Button:
    return Button(theme, name, words, kind="ghost", px=12, height=26, padding=8, gap=4, tip=tip, press=press)


class AskBar(Themed, QWidget):
    """The question about code that came from elsewhere: the user looks at it before it runs."""

    answered = Signal(bool)
    seen = Signal()  # it was shown, or hidden

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "code_ask")
        self.words = Label(theme, "", 13, color="t1", wrap=True, line=18)
        self.run_it = Button(theme, "code_run_it", "Run it", px=13, height=28, padding=12)
        self.not_now = Button(theme, "code_not_now", "Not now", kind="ghost", px=13, height=28, padding=10)
        self.run_it.clicked.connect(lambda: self.answered.emit(True))
        self.not_now.clicked.connect(lambda: self.answered.emit(False))
        buttons = self.in_row(self.run_it, self.not_now, ..., edges=(EDGE + 23 - RING, 0, EDGE - RING, 0), gap=0)
        top = Qt.AlignmentFlag.AlignTop
        line = self.in_row((warn_sign(theme, 18, 2), 0, top), (self.words, 1), edges=(EDGE, 10, EDGE, 0), gap=8)
        self.in_column(line, buttons, of=self, edges=(0, 0, 0, 6), gap=4)
        self.hide()

    def ask(self, words: str) -> None:
        self.words.set_words(words)
        self.setAccessibleName(words)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.theme.warn_soft)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit()


class EditorTools(Themed, QWidget):
    """Buttons to open and save, and examples to begin with."""

    open_requested = Signal()
    save_requested = Signal()
    save_as_requested = Signal()
    example_chosen = Signal(str)  # the title of the example

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.open = small_button(theme, "code_open", "Open…", "Open a .py file", press=self.open_requested)
        tip = f"Save ({keys.words(QKeySequence(QKeySequence.StandardKey.Save))} in the editor)"
        self.save = small_button(theme, "code_save", "Save", tip, press=self.save_requested)
        self.save_as = small_button(theme, "code_save_as", "Save as…", press=self.save_as_requested)
        self.examples = MenuButton(theme, "code_examples", "Examples", kind="ghost", px=12, height=26, padding=8)
        self.examples.setToolTip("Programs to begin with")
        self.menu = ChoiceMenu(theme, "menu_examples", "Examples", least_width=300)
        self.menu.setParent(self)
        self.menu.hide()
        self.examples_of: Callable[[], Sequence[tuple[str, str]]] = tuple  # asked when the list opens
        buttons = (self.open, self.save, self.save_as, self.examples)
        self.in_row(*buttons, ..., of=self, edges=(EDGE - RING - 8, 0, EDGE - RING - 8, 0), gap=0)
        self.examples.clicked.connect(self._open_examples)
        self.menu.chosen.connect(self.example_chosen)

    def _open_examples(self) -> None:
        self.menu.set_choices([Choice(title, title, note) for title, note in self.examples_of()], "")
        self.menu.open_below(self.examples)


class CodeProblem(Themed, KeepsKeys, QWidget):
    """What is wrong with the code, in words. A click, Space or Enter goes to the line."""

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "code_problem")
        self._words = Label(theme, "", 12, color="t1", wrap=True, line=17)
        dot = Painted(
            theme, QSize(7, 17), lambda p, rect, t: box(p, QRectF(0, t.px(5), t.px(7), t.px(7)), t.px(3.5), t.bad, None)
        )
        top = Qt.AlignmentFlag.AlignTop
        self.in_row((dot, 0, top), (self._words, 1), of=self, edges=(EDGE, 7, EDGE, 8), gap=9)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def set_words(self, words: str) -> None:
        self._words.set_words(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def words(self) -> str:
        return self._words.words()

    def keeps(self, event: QKeyEvent) -> bool:
        return is_plain(event) and event.key() in PRESS_KEYS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.keeps(event):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: object) -> None:
        self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.bad_soft)
        if self.hasFocus():
            box(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), self.px(4), None, self.theme.accent, self.px(2))


class Footer(Button):
    """How much of the script another model would change. Hovering marks the lines, a click goes to them."""

    pointed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "code_changes", "", "swap", "ghost", px=13, weight=400, height=30, padding=8, gap=9)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(False)
