"""Defects of this app: exceptions that nobody catches, in any thread. They reach the window by a queued signal, as only
the UI thread may make widgets. A defect that repeats, perhaps with each frame, is reported once, and from then on how
often it came. All of them are in the log, and those that Python itself only mentions (in a destructor, say) nowhere
else."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import NamedTuple, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QWidget

from playground.run.faults import described
from ui.kit.timers import single_shot

AGAIN_MS = 1000
MOST = 50  # different defects; more than that are a matter for the log
MOST_LETTERS = 20_000  # of a traceback; its end says what happened
PAINTING = ("paintEvent", "paint", "drawForeground", "drawBackground")
WAY = re.compile(r"^(Error calling Python override of \w+::\w+\(\): )+")
log = logging.getLogger(__name__)


@runtime_checkable
class OfRun(Protocol):
    """A widget that shows one run."""

    run_number: int


Place = tuple[str, str, int]  # kind, file, line


class Known(NamedTuple):
    """A defect, and how often it has come."""

    words: str
    trace: str
    times: int = 0


class Defects(QObject):
    told = Signal(str, int, str)  # words, how often so far, and the traceback of the first time
    of_picture = Signal(int, object)  # the number of a run that cannot be painted, and what was raised

    _noted = Signal()
    _picture_noted = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._known: dict[Place, Known] = {}
        self._untold: set[Place] = set()
        self._timer = single_shot(self, "defects", self._tell, AGAIN_MS)
        self._noted.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        # queued in the UI thread too: no widget is hidden while it is being painted
        self._picture_noted.connect(self.of_picture, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self.note
        threading.excepthook = self._note_of_thread
        sys.unraisablehook = _log_unraisable

    # -- from any thread

    def note(self, kind: type[BaseException], problem: BaseException | None, trace: TracebackType | None) -> None:
        _without_way(problem)
        place = _place_of(kind, trace)
        with self._lock:
            known = self._known.get(place)
            new = known is None
            if new and len(self._known) >= MOST:
                log.error("unexpected", exc_info=(kind, problem or kind(), trace))
                return
            known = known or Known(described(problem or kind()), _text_of(kind, problem, trace))
            self._known[place] = known._replace(times=known.times + 1)
            self._untold.add(place)
        if new:
            log.error("unexpected", exc_info=(kind, problem or kind(), trace))
            number = _painted_run(trace)
            self._noted.emit()
            if number is not None:
                self._picture_noted.emit(number, problem)
        _end_painters(trace)

    def _note_of_thread(self, raised: threading.ExceptHookArgs) -> None:
        if raised.exc_type is not SystemExit:
            self.note(raised.exc_type, raised.exc_value, raised.exc_traceback)

    # -- in the UI thread

    @Slot()
    def _tell(self) -> None:
        with self._lock:
            news = [self._known[place] for place in sorted(self._untold)]
            self._untold.clear()
        for words, trace, times in news:
            self.told.emit(words, times, trace)
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


def _text_of(kind: type[BaseException], problem: BaseException | None, trace: TracebackType | None) -> str:
    return "".join(traceback.format_exception(kind, problem, trace))[-MOST_LETTERS:]


def _end_painters(trace: TracebackType | None) -> None:
    """A painter that an exception has left open would keep its widget, and then the whole window, from being painted:
    Python keeps the frames of the last exception, and what is in them. Only those that a paintEvent has made: the
    painter of a graphics item is Qt's own."""
    sys.last_traceback = sys.last_value = sys.last_type = None
    while trace is not None and trace.tb_frame.f_code.co_name != "paintEvent":
        trace = trace.tb_next
    while trace is not None:
        for value in list(trace.tb_frame.f_locals.values()):
            if isinstance(value, QPainter) and value.isActive():
                value.end()
        trace = trace.tb_next


def _log_unraisable(raised: sys.UnraisableHookArgs) -> None:
    """Nobody is waiting for an answer there, and nothing can be done about it."""
    problem = raised.exc_value or raised.exc_type()
    log.warning("ignored in %r", raised.object, exc_info=(raised.exc_type, problem, raised.exc_traceback))


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
