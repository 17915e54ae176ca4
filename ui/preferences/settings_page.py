"""The page of settings: groups of rows, each group with its reset, which is seen where something differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.kit.button import Button
from ui.kit.drawing import Themed
from ui.kit.labels import Caption
from ui.kit.theme import Theme
from ui.preferences.setting_rows import SettingRow, row_of
from ui.settings.described import Described

EDGE = 18


class Group(Themed, QWidget):
    reset = Signal(list)  # the settings that are to be as at the beginning

    def __init__(self, theme: Theme, title: str, of: Sequence[Described]) -> None:
        super().__init__(theme, f"group_{title.replace(' ', '_').lower()}", title)
        self.rows = [row_of(theme, one) for one in of]
        name = f"reset_{self.objectName()}"
        self.usual = Button(theme, name, "Reset", kind="link", px=12, height=18, padding=0)
        self.usual.setAccessibleName(f"Reset: {title}")
        self.usual.clicked.connect(lambda: self.reset.emit(list(of)))
        kept = self.usual.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.usual.setSizePolicy(kept)
        head = self.in_row((Caption(theme, title), 1), self.usual)
        self.in_column(head, *self.rows, of=self, edges=(0, 10, 0, 4), gap=0)


class SettingsPage(Themed, QWidget):
    changed = Signal(str, object)
    reset = Signal(list)

    def __init__(self, theme: Theme, of: Sequence[Described]) -> None:
        super().__init__(theme, "settings_page", "Settings")
        titles = dict.fromkeys(one.shown.group for one in of)
        self.groups = [Group(theme, title, [one for one in of if one.shown.group == title]) for title in titles]
        for group in self.groups:
            group.reset.connect(self.reset)
        for row in self.rows():
            row.changed.connect(self.changed)
        self.in_column(*self.groups, ..., of=self, edges=(EDGE, 0, EDGE, 10), gap=0)

    def rows(self) -> list[SettingRow]:
        return [row for group in self.groups for row in group.rows]

    def show_values(self, values: Mapping[str, Any]) -> None:
        for group in self.groups:
            for row in group.rows:
                row.show_value(values[row.of.name])
            group.usual.setVisible(any(row.value() != row.of.default for row in group.rows))

    def filter(self, typed: str) -> int:
        """Shows the rows that match, and says how many."""
        found = 0
        for group in self.groups:
            matching = [row for row in group.rows if row.of.matches(typed)]
            for row in group.rows:
                row.setVisible(row in matching)
            group.setVisible(bool(matching))
            found += len(matching)
        return found
