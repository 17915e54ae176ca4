"""Defects of this app: exceptions that nobody catches, in any thread. They reach the window by a queued signal, as only
the UI thread may make widgets. A defect that repeats, perhaps with each frame, is reported once, and from then on how
often it came."""

from __future__ import annotations

import logging
import re
import sys
import threading
from types import TracebackType
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QWidget

from playground.run.faults import described
from ui.kit.timers import single_shot

AGAIN_MS = 1000
MOST = 50  # different defects; more than that are a matter for the log
PAINTING = ("paintEvent", "paint", "drawForeground", "drawBackground")
WAY = re.compile(r"^(Error calling Python override of \w+::\w+\(\): )+")
log = logging.getLogger(__name__)


@runtime_checkable
class OfRun(Protocol):
    """A widget that shows one run."""

    run_number: int


Place = tuple[str, str, int]  # kind, file, line


class Defects(QObject):
    told = Signal(str, int)  # words, and how often so far
    of_picture = Signal(int, object)  # the number of a run that cannot be painted, and what was raised

    _noted = Signal()
    _picture_noted = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._known: dict[Place, tuple[str, int]] = {}
        self._untold: set[Place] = set()
        self._timer = single_shot(self, "defects", self._tell, AGAIN_MS)
        self._noted.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        # queued in the UI thread too: no widget is hidden while it is being painted
        self._picture_noted.connect(self.of_picture, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self.note
        threading.excepthook = self._note_of_thread

    # -- from any thread

    def note(self, kind: type[BaseException], problem: BaseException | None, trace: TracebackType | None) -> None:
        _without_way(problem)
        place = _place_of(kind, trace)
        with self._lock:
            words, times = self._known.get(place, (described(problem or kind()), 0))
            if not times and len(self._known) >= MOST:
                log.error("unexpected", exc_info=(kind, problem or kind(), trace))
                return
            self._known[place] = words, times + 1
            self._untold.add(place)
        if not times:
            log.error("unexpected", exc_info=(kind, problem or kind(), trace))
            self._noted.emit()
            number = _painted_run(trace)
            if number is not None:
                self._picture_noted.emit(number, problem)

    def _note_of_thread(self, raised: threading.ExceptHookArgs) -> None:
        if raised.exc_type is not SystemExit:
            self.note(raised.exc_type, raised.exc_value, raised.exc_traceback)

    # -- in the UI thread

    @Slot()
    def _tell(self) -> None:
        with self._lock:
            news = [self._known[place] for place in sorted(self._untold)]
            self._untold.clear()
        for words, times in news:
            self.told.emit(words, times)
        if news:
            self._timer.start()


def _without_way(problem: BaseException | None) -> None:
    """Removes what Qt's bindings put before the words: the event handlers that the exception came through."""
    if problem is not None and problem.args and isinstance(problem.args[0], str):
        problem.args = (WAY.sub("", problem.args[0]), *problem.args[1:])


def _place_of(kind: type[BaseException], trace: TracebackType | None) -> Place:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return kind.__name__, "", 0
    return kind.__name__, trace.tb_frame.f_code.co_filename, trace.tb_lineno


def _painted_run(trace: TracebackType | None) -> int | None:
    """The number of the run whose picture was being painted."""
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name in PAINTING:
            widget = _widget_of(frame.f_locals.get("self"))
            while widget is not None and not isinstance(widget, OfRun):
                widget = widget.parentWidget()
            if widget is not None:
                return widget.run_number
        trace = trace.tb_next
    return None


def _widget_of(thing: object) -> QWidget | None:
    if isinstance(thing, QGraphicsItem):
        scene: QGraphicsScene | None = thing.scene()
        views = [] if scene is None else scene.views()
        return views[0] if views else None
    return thing if isinstance(thing, QWidget) else None
