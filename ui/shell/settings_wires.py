"""Connects the settings panel with those who carry a change out, and with the ways to open it."""

from __future__ import annotations

import sys

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from ui.actions import Actions
from ui.kit.notices import Notices
from ui.preferences.preferences import Preferences
from ui.recipe.known_interpreters import KnownInterpreters
from ui.recipe.starters import Starters
from ui.runs.status_bar import StatusBar
from ui.settings.appearance import Appearance
from ui.settings.settings_file import SettingsFile
from ui.shell.teller import Teller
from ui.stage.stage import Stage


def connect(
    preferences: Preferences,
    actions: Actions,
    appearance: Appearance,
    stage: Stage,
    interpreters: KnownInterpreters,
    teller: Teller,
    status: StatusBar,
    notices: Notices,
    starters: Starters,
    settings: SettingsFile,
) -> None:
    def let_freeze(allowed: bool) -> None:
        settings.change(freeze_allowed=allowed)
        starters.let_freeze(allowed)

    preferences.on("freeze_allowed", let_freeze)
    preferences.on("theme", appearance.choose_theme)
    preferences.on("zoom", appearance.set_zoom)
    preferences.on("frame_rate", appearance.set_frame_rate)
    preferences.on("time_window_s", lambda seconds: stage.window_of_time.set_span(round(seconds * 1e9)))
    preferences.on("interpreters", interpreters.keep_located)
    preferences.done.connect(status.show_message)
    preferences.wrong_keys.connect(lambda words: notices.add(words, trouble=True, about="keys"))
    teller.told.connect(preferences.follow)
    actions.on("settings", lambda: preferences.open(status.settings))
    actions.on("key_settings", lambda: preferences.open_keys(status.settings))
    actions.press_with("settings", status.settings)


def make_app_menu(window: QMainWindow, actions: Actions) -> None:
    """On macOS settings, the end and what the app is are in the app's own menu, which Qt fills by these roles.
    Elsewhere the window has no menu bar."""
    actions["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)
    actions["quit"].setMenuRole(QAction.MenuRole.QuitRole)
    if sys.platform == "darwin":
        menu = window.menuBar().addMenu(window.windowTitle())
        for name in ("about", "settings", "quit"):
            menu.addAction(actions[name])
