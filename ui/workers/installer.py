"""Installer: a thread that installs one package after the other. It lives as long as there is something to install."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Sequence

from PySide6.QtCore import QThread, Signal

from playground.interpreters import installing
from playground.run.faults import described


class Installer(QThread):
    told = Signal(str, str, str)  # path of a Python, package, what is done just now
    ended = Signal(str, str, str)  # path of a Python, package, why it is not there; empty: it is

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("installer")
        self._orders: queue.SimpleQueue[tuple[str, str, tuple[str, ...]]] = queue.SimpleQueue()
        self._given_up: dict[tuple[str, str], threading.Event] = {}
        self._closing = False
        self.finished.connect(self._begin)  # what was ordered just as it ended

    def install(self, path: str, package: str, line: Sequence[str]) -> None:
        self._given_up[path, package] = threading.Event()
        self._orders.put((path, package, tuple(line)))
        self._begin()

    def give_up(self, path: str, package: str) -> None:
        if (path, package) in self._given_up:
            self._given_up[path, package].set()

    def shut_down(self) -> None:
        """Nothing is waited for but a package that is being unpacked."""
        self._closing = True
        for event in self._given_up.values():
            event.set()
        self.wait()

    def _begin(self) -> None:
        if not self._orders.empty() and not self._closing:
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        while not self._orders.empty():
            path, package, line = self._orders.get()
            given_up = self._given_up[path, package]
            why: str | None = installing.GIVEN_UP
            try:
                if not given_up.is_set():
                    why = self._install(path, package, line, given_up)
            except Exception as problem:  # a defect is told, and the row does not go on for ever
                why = described(problem)
                sys.excepthook(type(problem), problem, problem.__traceback__)
            self.ended.emit(path, package, why or "")

    def _install(self, path: str, package: str, line: Sequence[str], given_up: threading.Event) -> str | None:
        try:
            return installing.install(line, lambda words: self.told.emit(path, package, words), given_up)
        except OSError as problem:  # no room for temporary files, say
            return problem.strerror or str(problem)
