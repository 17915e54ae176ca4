"""How the user wants the window to look: dark or light, how large, how many frames a second, full screen or not. The
settings keep all but the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.kit.theme import Theme, ThemeSource
from ui.loop.frame_clock import BEATS_PER_S
from ui.settings.settings import ZOOMS
from ui.settings.settings_file import SettingsFile
from ui.settings.window_place import least_at


class ThemedPart(Protocol):
    def set_theme(self, theme: Theme) -> None: ...


class Appearance(QObject):
    frame_rate_changed = Signal(int)
    zoomed = Signal(str)  # the outcome in words

    def __init__(
        self, window: QWidget, themes: ThemeSource, settings: SettingsFile, parts: Sequence[ThemedPart]
    ) -> None:
        """`parts`: widgets that pass a theme on to their children."""
        super().__init__(window)
        self._window, self._themes, self._settings, self._parts = window, themes, settings, parts
        themes.changed.connect(self._show_theme)

    def toggle_theme(self) -> None:
        self._themes.toggle()
        self._settings.change(theme=self._themes.choice)

    def follow_system(self) -> None:
        self.choose_theme("system")

    def choose_theme(self, choice: str) -> None:
        self._themes.choose(choice)
        self._settings.change(theme=choice)

    def zoom(self, by: int) -> None:
        """Goes to the next larger or smaller size of everything; by 0, back to the usual one."""
        now = self._themes.zoom
        larger = next((one for one in ZOOMS if one > now), now)
        self.set_zoom(100 if by == 0 else larger if by > 0 else self._smaller(now))

    def set_zoom(self, wanted: int) -> None:
        now = self._themes.zoom
        if wanted > now and not self._fits(wanted):
            self.zoomed.emit(f"{now} %: larger, the window would not fit on this screen")
            return
        self._themes.set_zoom(wanted)
        self._settings.change(zoom=wanted)
        self.zoomed.emit(f"{wanted} %")

    def fit_screen(self) -> None:
        """Makes everything smaller until the window fits on the screen; the settings keep the zoom for a larger one."""
        while self._themes.zoom > 100 and not self._fits(self._themes.zoom):
            self._themes.set_zoom(self._smaller(self._themes.zoom))

    def _smaller(self, zoom: int) -> int:
        return next((one for one in reversed(ZOOMS) if one < zoom), zoom)

    def _fits(self, zoom: int) -> bool:
        least = least_at(self._themes.scale_at(zoom))
        room = self._window.screen().availableSize().expandedTo(self._window.size())
        return least == least.boundedTo(room)

    def set_frame_rate(self, rate: int) -> None:
        self._settings.change(frame_rate=rate)
        self.frame_rate_changed.emit(rate)

    def toggle_rate(self, rate: int) -> None:
        """To this frame rate, or back to the usual one."""
        self.set_frame_rate(BEATS_PER_S if self._settings.settings.frame_rate == rate else rate)

    def toggle_full_screen(self) -> None:
        """To full screen, or back to what the window was, maximised or not."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_theme(self, theme: Theme) -> None:
        for part in self._parts:
            part.set_theme(theme)
