"""What a thread tells the window, which may have gone meanwhile. A thread must not give a signal of an object that the
window may delete at that moment: the app would crash. So the signal is that of an object which belongs to nobody and
stays as long as the thread has it. Who listens is a QObject, and hears nothing any more once it is deleted."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal


class Voice(QObject):
    said = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._saying = threading.Lock()  # so that nothing is said after `close`

    def say(self, what: object) -> None:
        """From any thread."""
        with self._saying:
            if not self._closed:
                self.said.emit(what)

    def close(self) -> None:
        with self._saying:
            self._closed = True
