"""The page of keys: every command, and which keys it has. Commands and usual keys come from whoever has them
(`ui/actions.py`); what the user has changed goes to the settings."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.kit import keys
from ui.kit.drawing import Themed
from ui.kit.labels import Label
from ui.kit.reserved_keys import reserved
from ui.kit.theme import Theme
from ui.preferences.key_row import KeyRow
from ui.settings.key_bindings import Bindings

EDGE = 18
HINT = (
    "Press a key of a command to take it away, or Add and then the key itself. Keys without a modifier do nothing "
    "while you type."
)


class KeysPage(Themed, QWidget):
    changed = Signal(dict, bool)  # the keys that differ from the usual ones; may it be undone?

    def __init__(self, theme: Theme, titles: Mapping[str, str], bindings: Bindings) -> None:
        """`titles` has the words of each command."""
        super().__init__(theme, "keys_page", "Keys")
        self._titles = dict(titles)
        self.rows = {name: KeyRow(theme, name, title) for name, title in titles.items()}
        hint = Label(theme, HINT, 12, color="t3", wrap=True, line=17)
        self.in_column(hint, 6, *self.rows.values(), ..., of=self, edges=(EDGE, 12, EDGE, 10), gap=0)
        for row in self.rows.values():
            row.pressed.connect(self._wanted)
            row.answered.connect(lambda name, key: self._change(self.bindings.with_key(name, key)))
            row.taken_away.connect(lambda name, key: self._change(self.bindings.without_key(name, key), True))
            row.reset.connect(lambda name: self._change(self.bindings.reset(name), True))
        self.show_bindings(bindings)

    def show_bindings(self, bindings: Bindings) -> None:
        self.bindings = bindings
        for name, row in self.rows.items():
            row.show_keys(bindings.of(name), bindings.differs(name))

    def _wanted(self, name: str, key: str) -> None:
        row, holder = self.rows[name], self.bindings.holder(key)
        if why := reserved(key):
            row.say(f"{keys.kept_words(key)} cannot be had: it {why}.")
        elif holder is not None and holder != name:
            row.ask(f"{keys.kept_words(key)} is “{self._titles[holder]}”. Take it from there?", key)
        elif holder is None:
            self._change(self.bindings.with_key(name, key))

    def _change(self, own: dict[str, tuple[str, ...]], undoable: bool = False) -> None:
        self.changed.emit(own, undoable)

    def filter(self, typed: str) -> int:
        """Shows the commands that match by their words or their keys, and says how many."""
        parts, found = typed.casefold().split(), 0
        for name, row in self.rows.items():
            text = " ".join((row.title, *map(keys.kept_words, self.bindings.of(name)))).casefold()
            row.setVisible(all(part in text for part in parts))
            found += all(part in text for part in parts)
        return found
