"""What a change of a setting brings about, and what can be undone.

Most settings are only kept, as whoever needs one asks for it; `on` names who takes part at once. Other windows write
the same file, so the panel and the keys follow the settings, not what was pressed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import structs
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground.run.trust import Trust
from ui.actions import COMMANDS, USUAL_KEYS, Actions
from ui.kit.theme import Theme
from ui.preferences.allowed import Allowed, AllowedWords
from ui.preferences.keys_page import KeysPage
from ui.preferences.settings_page import SettingsPage
from ui.preferences.settings_panel import KEYS, SETTINGS, SettingsPanel
from ui.settings.described import Described, described
from ui.settings.key_bindings import Bindings
from ui.settings.settings import Settings
from ui.settings.settings_file import SettingsFile


class Preferences(QObject):
    done = Signal(str)  # the outcome in words
    wrong_keys = Signal(str)

    def __init__(self, theme: Theme, window: QWidget, settings: SettingsFile, actions: Actions, trust: Trust) -> None:
        super().__init__(window)
        self._allowed = AllowedWords(trust)
        self._described = (*described(Settings), *described(Allowed))
        self._settings, self._actions = settings, actions
        self._acts: dict[str, Callable[[Any], object]] = {"allowed": self._allowed.keep}
        self._before: dict[str, Any] = {}  # what an undo brings back
        self._bound: Mapping[str, tuple[str, ...]] | None = None  # the keys as the settings had them last
        self.bindings = Bindings(USUAL_KEYS, {})
        self.panel = SettingsPanel(theme, str(settings.path))
        self.panel.page_wanted.connect(self._make_page)
        self.panel.reset_all.connect(self._reset_all)
        self.panel.undo.connect(self._undo)
        self.panel.copy_path.connect(self._copy_path)
        self.set_theme = self.panel.set_theme

    def on(self, name: str, act: Callable[[Any], object]) -> None:
        """`act` carries out a change of this setting, and keeps it."""
        self._acts[name] = act

    def open(self, anchor: QWidget, page: str = SETTINGS) -> None:
        if self.panel.isVisible() and self.panel.page == page:
            self.panel.close_popover()
            return
        self._forget_before()
        self.panel.open_over(anchor, page)

    def open_keys(self, anchor: QWidget) -> None:
        self.open(anchor, KEYS)

    def show_now(self) -> None:
        """Shows the settings as they are now, and gives the commands their keys; another window may have changed
        either."""
        settings = self._settings.settings
        if settings.keys != self._bound:
            self._bind(settings.keys)
        if self.panel.settings is not None:
            self.panel.settings.show_values(self._values())
        if self.panel.keys is not None:
            self.panel.keys.show_bindings(self.bindings)

    def _values(self) -> dict[str, Any]:
        return structs.asdict(self._settings.settings) | structs.asdict(self._allowed.now())

    def follow(self) -> None:
        """The same, at each telling, as far as it is seen."""
        if self.panel.isVisible() or self._settings.settings.keys != self._bound:
            self.show_now()

    def _bind(self, own: dict[str, tuple[str, ...]]) -> None:
        self._bound, self.bindings = own, Bindings(USUAL_KEYS, own)
        self._actions.set_keys(self.bindings.all())
        if self.bindings.problems:
            wrong = ", ".join(self.bindings.problems)
            self.wrong_keys.emit(f"Some keys in the settings mean nothing ({wrong}); the usual ones are used.")

    def _make_page(self, page: str) -> None:
        """Makes a page when it is first wanted: a start does not wait for either."""
        if self.panel.settings is None:
            settings = SettingsPage(self.panel.theme, self._described)
            settings.changed.connect(lambda name, value: self._change({name: value}, isinstance(value, tuple)))
            settings.reset.connect(self._reset)
            self.panel.set_settings(settings)
        if page == KEYS and self.panel.keys is None:
            self._make_keys()
        self.show_now()

    def _make_keys(self) -> None:
        keys = KeysPage(self.panel.theme, {one.name: one.title.rstrip("…") for one in COMMANDS}, self.bindings)
        keys.changed.connect(lambda own, undoable: self._change({"keys": own}, undoable))
        self.panel.set_keys(keys)

    def _change(self, fields: Mapping[str, Any], undoable: bool = False) -> None:
        values = self._values()
        before = {name: values[name] for name in fields}
        for name, value in fields.items():
            act = self._acts.get(name)
            if act is not None:
                act(value)
            else:
                self._settings.change(**{name: value})
        self._before = before if undoable else {}
        self.panel.offer_undo(undoable)
        self.show_now()

    def _reset(self, of: Sequence[Described]) -> None:
        now = self._values()
        self._change({one.name: one.default for one in of if now[one.name] != one.default}, undoable=True)

    def _reset_all(self, page: str) -> None:
        if page == KEYS:
            self._change({"keys": {}}, undoable=True)
            self.done.emit("All commands have their usual keys")
        else:
            self._reset(self._described)
            self.done.emit("All settings are as at the beginning")

    def _undo(self) -> None:
        now = self._values()
        self._change({name: _with(value, now[name]) for name, value in self._before.items()})
        self.done.emit("Undone")

    def _forget_before(self) -> None:
        self._before = {}
        self.panel.offer_undo(False)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._settings.path))
        self.done.emit("Copied")


def _with(before: Any, now: Any) -> Any:
    """What there was before; of a list, with what has come since."""
    return (*before, *(one for one in now if one not in before)) if isinstance(before, tuple) else before
