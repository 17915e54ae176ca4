"""Asks for the newest version beside the UI thread. A server may never answer, and the app's end does not wait for it:
so this is a daemon thread, which nobody hears once the window has gone."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, Signal

from playground.start import newer_version
from ui.loop.voice import Voice

log = logging.getLogger(__name__)


class VersionAsker(QObject):
    told = Signal(object)  # the number of the newest version

    def __init__(self, parent: QObject, address: str = newer_version.ADDRESS) -> None:
        super().__init__(parent)
        self.address = address
        self._voice = Voice()
        self._voice.said.connect(self.told)

    def ask(self) -> threading.Thread:
        thread = threading.Thread(target=ask, args=(self.address, self._voice), name="newer version", daemon=True)
        thread.start()
        return thread

    def shut_down(self) -> None:
        self._voice.close()


def ask(address: str, voice: Voice) -> None:
    """In a thread, which knows nothing of who has asked."""
    try:
        version = newer_version.asked(address)
    except newer_version.NoAnswer as problem:
        log.info("no newer version is known: %s", problem)
    else:
        voice.say(version)
