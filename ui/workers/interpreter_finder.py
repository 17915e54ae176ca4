"""InterpreterFinder: a thread that asks Pythons who they are. It lives as long as there is something to ask. A Python
that needs the user's word first is not asked. Whether it does is looked up here, as that reads its whole file."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterable

from PySide6.QtCore import QThread, Signal

from playground.interpreters import known
from playground.interpreters.known import Cache, GivenUp


class InterpreterFinder(QThread):
    answered = Signal(object)  # an Interpreter, as soon as it answers
    unasked = Signal(str)  # the path of a Python that needs the user's word
    searched = Signal(list)  # the paths of all Pythons that a search has found

    def __init__(self, name: str, may_start: Callable[[str], bool]) -> None:
        super().__init__()
        self._may_start = may_start
        self.setObjectName(name)
        self._orders: queue.SimpleQueue[str | tuple[str, ...]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self.finished.connect(self._begin)  # for an order that came just as the thread ended

    def search(self, also: Iterable[str] = ()) -> None:
        """Look everywhere; `also` is as for `places.candidates`."""
        self._orders.put(tuple(also))
        self._begin()

    def ask(self, path: str) -> None:
        self._orders.put(path)
        self._begin()

    def shut_down(self) -> None:
        """Waits for no answer: a Python that is being asked is ended."""
        self._closing.set()
        self.wait()

    def _begin(self) -> None:
        if not self._orders.empty() and not self._closing.is_set():
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        cache = Cache()
        try:
            while not self._closing.is_set():
                order = self._orders.get_nowait()
                if isinstance(order, str):
                    self._told(self._ask, order, cache)
                else:
                    self._search(order, cache)
        except (queue.Empty, GivenUp):
            return

    def _ask(self, path: str, cache: Cache) -> None:
        if self._may_start(path):
            self.answered.emit(known.ask(path, cache, self._closing))
        else:
            self.unasked.emit(path)

    def _search(self, also: tuple[str, ...], cache: Cache) -> None:
        paths: list[str] = []
        self._told(self._look, also, cache, paths)
        self.searched.emit(paths)  # also after a defect: somebody waits for this signal

    def _look(self, also: tuple[str, ...], cache: Cache, paths: list[str]) -> None:
        allowed = [path for path in also if self._may_start(path)]
        for path in set(also).difference(allowed):
            self.unasked.emit(path)
        for one in known.answers(allowed, cache, self._closing):
            paths.append(one.path)
            self.answered.emit(one)

    def _told(self, look: Callable[..., None], *given: object) -> None:
        try:
            look(*given)
        except GivenUp:
            raise
        except Exception as problem:
            sys.excepthook(type(problem), problem, problem.__traceback__)
