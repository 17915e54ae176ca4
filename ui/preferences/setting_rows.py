"""A setting in the panel: its title, what it means, and what it is set to. What a row looks like follows from its
description (`settings/described.py`)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.kit.button import Button
from ui.kit.choosing import Segments
from ui.kit.drawing import Themed
from ui.kit.labels import Label
from ui.kit.theme import Theme
from ui.settings.described import Described

OFF, ON = "Off", "On"
MOST_BESIDE = 4  # choices that stand beside the title; more stand below it


class SettingRow(Themed, QWidget):
    changed = Signal(str, object)  # the name of the setting, its value

    def __init__(self, theme: Theme, of: Described) -> None:
        super().__init__(theme, f"setting_{of.name}", of.shown.title)
        self.of = of
        self.setAccessibleDescription(of.shown.meaning)
        self._value: Any = None
        title = Label(theme, of.shown.title, 13, 500, "t1")
        meaning = Label(theme, of.shown.meaning, 12, color="t3", wrap=True, line=17)
        words = self.in_column(title, meaning, gap=2)
        self._control = self._make_control(theme)
        top = Qt.AlignmentFlag.AlignTop
        if of.kind == "list" or len(of.shown.choices) > MOST_BESIDE:
            self.in_column(words, self._control, of=self, edges=(0, 7, 0, 7), gap=7)
        else:
            self.in_row((words, 1), (self._control, 0, top), of=self, edges=(0, 7, 0, 7), gap=20)

    def _make_control(self, theme: Theme) -> QWidget:
        raise NotImplementedError

    def value(self) -> Any:
        return self._value

    def show_value(self, value: Any) -> None:
        if value != self._value:
            self._value = value
            self._show()

    def _show(self) -> None:
        raise NotImplementedError

    def _take(self, value: Any) -> None:
        if value != self._value:
            self.changed.emit(self.of.name, value)


class ChoiceRow(SettingRow):
    """One of a few values, or on and off."""

    def _make_control(self, theme: Theme) -> QWidget:
        options = self.of.shown.choices
        self._values: dict[str, Any] = {one.title: one.value for one in options} or {OFF: False, ON: True}
        self.segments = Segments(theme, f"choose_{self.of.name}", self.of.shown.title)
        self.segments.set_choices(list(self._values))
        for one in options:
            if one.note:
                self.segments.segment(one.title).setToolTip(one.note)
                self.segments.segment(one.title).setAccessibleDescription(one.note)
        self.segments.chosen.connect(self._chosen)
        return self.segments

    def _chosen(self, words: str) -> None:
        self._take(self._values[words])
        self._show()  # it may have been refused

    def _show(self) -> None:
        taken = next((title for title, value in self._values.items() if value == self._value), None)
        if taken is not None:
            self.segments.choose(taken)
        else:
            self.segments.choose_none()


class ListRow(SettingRow):
    """Some texts, each with a button that takes it out."""

    def _make_control(self, theme: Theme) -> QWidget:
        lines = QWidget()
        self._lines: QVBoxLayout = self.in_column(of=lines, gap=0)
        return lines

    def _show(self) -> None:
        while item := self._lines.takeAt(0):
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        empty = [Label(self.theme, self.of.shown.empty, 12, color="t3")] if not self._value else []
        for line in (*empty, *(self._line(number, text) for number, text in enumerate(self._value))):
            self._lines.addWidget(line)
            line.show()

    def _line(self, number: int, text: str) -> QWidget:
        line = QWidget()
        words = Label(self.theme, text, 12, color="t2")
        words.setMinimumWidth(1)
        name = f"remove_{self.of.name}_{number}"
        remove = Button(self.theme, name, "Remove", kind="link", px=12, height=20, padding=0)
        remove.setAccessibleName(f"Remove {text}")
        remove.clicked.connect(lambda: self._take(tuple(one for one in self._value if one != text)))
        self.in_row((words, 1), remove, of=line)
        return line


def row_of(theme: Theme, of: Described) -> SettingRow:
    return ListRow(theme, of) if of.kind == "list" else ChoiceRow(theme, of)
