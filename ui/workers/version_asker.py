"""Asks for the newest version beside the UI thread. A server may never answer, and the app's end does not wait for it:
so this is a daemon thread, which nobody hears once the window has gone."""

from __future__ import annotations

import contextlib
import logging
import threading

from PySide6.QtCore import QObject, Signal

from playground.start import newer_version

log = logging.getLogger(__name__)


class VersionAsker(QObject):
    told = Signal(str)  # the number of the newest version

    def __init__(self, parent: QObject, address: str = newer_version.ADDRESS) -> None:
        super().__init__(parent)
        self.address = address
        self._closed = False
        self._telling = threading.Lock()  # so that the window does not go in the middle of an answer

    def ask(self) -> threading.Thread:
        thread = threading.Thread(target=self._ask, name="newer version", daemon=True)
        thread.start()
        return thread

    def shut_down(self) -> None:
        with self._telling:
            self._closed = True

    def _ask(self) -> None:
        try:
            version = newer_version.asked(self.address)
        except newer_version.NoAnswer as problem:
            log.info("no newer version is known: %s", problem)
            return
        with self._telling, contextlib.suppress(RuntimeError):  # the window has gone meanwhile
            if not self._closed:
                self.told.emit(version)
