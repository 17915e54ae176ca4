"""A command in the list of keys: its name, its keys (a press takes one away), and a button that waits for another.

A key that is somebody else's is not taken unasked: the row names who has it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.kit import keys
from ui.kit.button import Button
from ui.kit.drawing import Themed
from ui.kit.key_field import KeyField
from ui.kit.labels import Label
from ui.kit.theme import Theme


class KeyRow(Themed, QWidget):
    pressed = Signal(str, str)  # the command, the key that is wanted for it
    taken_away = Signal(str, str)
    reset = Signal(str)
    answered = Signal(str, str)  # the command may have the key that another has

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__(theme, f"keys_of_{name}", title)
        self.name, self.title = name, title
        self.keys: tuple[str, ...] | None = None
        self._asked_for = ""
        self.add = KeyField(theme, f"add_key_{name}", "Add", f"Add a key for {title}")
        self.add.taken.connect(lambda key: self.pressed.emit(name, key))
        self.add.waits.connect(lambda on: self.end_question() if on else None)
        self.usual: Button | None = None  # made when something differs
        self._chips = self.in_row(gap=0)
        words = Label(theme, title, 13, color="t1")
        words.setMinimumWidth(1)
        self._line = self.in_row((words, 1), 4, self._chips, self.add, gap=0)
        self.question: QWidget | None = None  # made when there is one
        self._column = self.in_column(self._line, of=self, edges=(0, 1, 0, 1), gap=0)

    def _make_question(self) -> QWidget:
        question = QWidget()
        self.words = Label(self.theme, "", 12, color="warn", wrap=True)
        self.yes = self._link(f"take_key_{self.name}", "Take it", "")
        self.yes.clicked.connect(lambda: self.answered.emit(self.name, self._asked_for))
        self.no = self._link(f"leave_key_{self.name}", "Leave it", "")
        self.no.clicked.connect(self.end_question)
        self.in_row((self.words, 1), self.yes, self.no, of=question, edges=(0, 0, 0, 4), gap=6)
        self._column.addWidget(question)
        return question

    def _link(self, name: str, words: str, accessible: str) -> Button:
        return Button(self.theme, name, words, kind="link", px=12, height=20, padding=0, accessible=accessible)

    def show_keys(self, keys_of: Sequence[str], differs: bool) -> None:
        if differs and self.usual is None:
            self.usual = self._link(f"usual_keys_{self.name}", "Reset", f"Usual keys of {self.title}")
            self.usual.clicked.connect(lambda: self.reset.emit(self.name))
            self._line.insertWidget(1, self.usual)
        if self.usual is not None:
            self.usual.setVisible(differs)
        if tuple(keys_of) != self.keys:
            self.keys = tuple(keys_of)
            self.end_question()
            self._show_chips()

    def _show_chips(self) -> None:
        while item := self._chips.takeAt(0):
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, key in enumerate(self.keys or ()):
            words = keys.kept_words(key)
            chip = Button(self.theme, f"key_{self.name}_{number}", words, kind="plain", px=12, height=22, padding=7)
            chip.setAccessibleName(f"{words}, of {self.title}: take it away")
            chip.setToolTip("Take this key away")
            chip.clicked.connect(lambda _=False, key=key: self.taken_away.emit(self.name, key))
            self._chips.addWidget(chip)
            chip.show()

    def say(self, words: str) -> None:
        """Says why the key is not taken."""
        self._ask(words, "")

    def ask(self, words: str, key: str) -> None:
        """Asks whether the key may be taken from who has it."""
        self._ask(words, key)
        self.yes.setFocus()

    def _ask(self, words: str, key: str) -> None:
        self._asked_for = key
        if self.question is None:
            self.question = self._make_question()
        self.words.set_words(words)
        self.yes.setVisible(bool(key))
        self.no.setVisible(bool(key))
        self.question.show()

    def end_question(self) -> None:
        self._asked_for = ""
        if self.question is not None:
            self.question.hide()
