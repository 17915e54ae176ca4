"""Installer: a thread that installs packages one after another. It lives as long as there is something to install."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Sequence

from PySide6.QtCore import QThread, Signal

from playground.interpreters import installing
from playground.run.faults import described


class Installer(QThread):
    told = Signal(str, str, str)  # path of a Python, package, the present step in words
    ended = Signal(str, str, str)  # path of a Python, package, why it failed; empty: installed

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("installer")
        self._orders: queue.SimpleQueue[tuple[str, str, tuple[str, ...]]] = queue.SimpleQueue()
        self._given_up: dict[tuple[str, str], threading.Event] = {}
        self._closing = False
        self.finished.connect(self._begin)  # for an order that came just as the thread ended

    def install(self, path: str, package: str, line: Sequence[str]) -> None:
        self._given_up[path, package] = threading.Event()
        self._orders.put((path, package, tuple(line)))
        self._begin()

    def give_up(self, path: str, package: str) -> None:
        if (path, package) in self._given_up:
            self._given_up[path, package].set()

    def shut_down(self) -> None:
        """Gives up everything but a package that is being unpacked: for that it waits."""
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
            except Exception as problem:  # a defect is reported, and its row does not show progress for ever
                why = described(problem)
                sys.excepthook(type(problem), problem, problem.__traceback__)
            self.ended.emit(path, package, why or "")

    def _install(self, path: str, package: str, line: Sequence[str], given_up: threading.Event) -> str | None:
        try:
            return installing.install(line, lambda words: self.told.emit(path, package, words), given_up)
        except OSError as problem:  # no room for temporary files, say
            return problem.strerror or str(problem)
