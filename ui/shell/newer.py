"""A newer version is told once, quietly, where the user has switched that on (`look_for_updates`). Asked at most once a
day, at a start; nothing is fetched."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from playground.start import newer_version
from playground.start.own_environment import VERSION
from ui.kit.notices import Notices
from ui.settings.settings_file import SettingsFile
from ui.workers.version_asker import VersionAsker

OPEN = "newer version"  # the action of the notice
WORDS = "Version {} is there; this is {}."


class Newer(QObject):
    def __init__(self, settings: SettingsFile, notices: Notices, parent: QObject, version: str = VERSION) -> None:
        super().__init__(parent)
        self._settings, self._notices, self._version = settings, notices, version
        self.asker = VersionAsker(self)
        self.asker.told.connect(self._take)
        self.open_page = QDesktopServices.openUrl

    def look(self) -> bool:
        """Asks, where that is wanted and was not done today. Was it?"""
        kept, today = self._settings.settings, datetime.date.today().isoformat()
        if not (self._settings.kept and kept.look_for_updates) or kept.updates_looked == today:
            return False
        self._settings.change(updates_looked=today)  # also if nobody answers: once a day is enough
        self.asker.ask()
        return True

    def answer_notice(self, action: str) -> bool:
        if action == OPEN:
            self.open_page(QUrl(newer_version.PAGE))
        return action == OPEN

    def shut_down(self) -> None:
        self.asker.shut_down()

    def _take(self, version: str) -> None:
        kept = self._settings.settings
        if kept.look_for_updates and version != kept.update_told and newer_version.is_news(version, self._version):
            self._settings.change(update_told=version)
            self._notices.add(WORDS.format(version, self._version), [(OPEN, "Look at it")], about=OPEN)
