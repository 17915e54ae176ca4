"""Keeps where everything is, as it changes: an app that is killed comes back as it was a moment before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.settings.settings_file import SettingsFile
from ui.settings.window_place import WindowPlace
from ui.shell.right_column import Side
from ui.shell.split import Middle
from ui.stage.time_window import TimeWindow


class KeptPlaces:
    def __init__(
        self, window: QWidget, settings: SettingsFile, place: WindowPlace, middle: Middle, side: Side, time: TimeWindow
    ) -> None:
        self._window, self._settings, self._place = window, settings, place
        self._middle, self._side, self._time = middle, side, time

    def keep(self) -> None:
        """Costs nothing where all is as before: then nothing is written."""
        self._settings.change(
            window_place=self._place.now(),
            right_width=self._middle.side_width,
            right_open=self._middle.side_wanted,
            tab=self._side.tabs.wished,
            tabs_tall=self._side.is_tall,
            time_window_s=self._time.span / 1e9,
        )

    def follow(self) -> None:
        """The same at each telling, once the window has its place."""
        if self._window.isVisible() and self._place.settled:
            self.keep()
