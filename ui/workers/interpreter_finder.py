"""InterpreterFinder: a thread that asks Pythons who they are. It lives as long as there is something to ask."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable

from PySide6.QtCore import QThread, Signal

from playground import interpreters
from playground.interpreters import Cache, GivenUp


class InterpreterFinder(QThread):
    answered = Signal(object)  # an Interpreter, each as it answers
    searched = Signal(list)  # the paths of all that a search has found

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._orders: queue.SimpleQueue[str | tuple[str, ...]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self.finished.connect(self._begin)  # what was ordered just as it ended

    def search(self, also: Iterable[str] = ()) -> None:
        """Look everywhere; `also` is as for `interpreters.candidates`."""
        self._orders.put(tuple(also))
        self._begin()

    def ask(self, path: str) -> None:
        self._orders.put(path)
        self._begin()

    def shut_down(self) -> None:
        """No answer is waited for; one that hangs is ended."""
        self._closing.set()
        self.wait()

    def _begin(self) -> None:
        if not self._orders.empty() and not self._closing.is_set():
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        cache = Cache()
        try:
            while not self._closing.is_set():
                self._carry_out(self._orders.get_nowait(), cache)
        except (queue.Empty, GivenUp):
            return

    def _carry_out(self, order: str | tuple[str, ...], cache: Cache) -> None:
        if isinstance(order, str):
            self.answered.emit(interpreters.ask(order, cache, self._closing))
            return
        paths = []
        for one in interpreters.answers(order, cache, self._closing):
            paths.append(one.path)
            self.answered.emit(one)
        self.searched.emit(paths)
