"""LabWorker: the thread that starts, watches and stops runs. It lives as long as the app, because the kernel ends a lab
with the thread that started it. Fifty looks a second while something runs, none otherwise."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from playground.figures import FAILED
from playground.run import Run

POLL_MS = 20
log = logging.getLogger(__name__)


class LabWorker(QObject):
    ended = Signal(int)  # number of a run whose processes are gone
    failed = Signal(int, str)

    _start = Signal(object)
    _stop = Signal(object)
    _pause = Signal(object, bool)
    _remove = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[int, Run] = {}
        self._timer: QTimer | None = None
        self._thread = QThread()
        self._thread.setObjectName("labs")
        self.moveToThread(self._thread)
        self._thread.started.connect(self._on_started)
        self._start.connect(self._on_start)
        self._stop.connect(self._on_stop)
        self._pause.connect(self._on_pause)
        self._remove.connect(self._on_remove)
        self._thread.start()

    # -- called from the UI thread; each only posts

    def start(self, run: Run) -> None:
        self._start.emit(run)

    def stop(self, run: Run) -> None:
        self._stop.emit(run)

    def pause(self, run: Run, on: bool) -> None:
        self._pause.emit(run, on)

    def remove(self, run: Run) -> None:
        """Remove an ended run's files, once the UI has read all of them."""
        self._remove.emit(run)

    def shut_down(self) -> None:
        """Ends every run and the thread itself; returns when nothing is left."""
        self._thread.quit()
        self._thread.wait()
        for run in list(self._runs.values()):
            run.abandon()
        self._runs.clear()

    # -- in the thread

    @Slot()
    def _on_started(self) -> None:
        self._timer = QTimer(interval=POLL_MS)
        self._timer.setObjectName("lab poll")
        self._timer.timeout.connect(self._poll)
        self._thread.finished.connect(self._timer.stop)

    @Slot(object)
    def _on_start(self, run: Run) -> None:
        self._runs[run.number] = run
        try:
            run.start()
        except Exception as problem:  # at the edge: whatever it is, the user hears of it and the app goes on
            log.exception("run %d cannot start", run.number)
            run.engine.kill()
            run.engine.outcome, run.engine.error, run.engine.phase = FAILED, str(problem), "ended"
            self.failed.emit(run.number, str(problem))
        assert self._timer is not None
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _on_stop(self, run: Run) -> None:
        run.stop()
        self._poll()

    @Slot(object, bool)
    def _on_pause(self, run: Run, on: bool) -> None:
        run.pause(on)

    @Slot(object)
    def _on_remove(self, run: Run) -> None:
        run.directory.remove()

    @Slot()
    def _poll(self) -> None:
        for number, run in list(self._runs.items()):
            run.poll()
            if run.engine.phase == "ended":
                del self._runs[number]
                self.ended.emit(number)
        if not self._runs and self._timer is not None:
            self._timer.stop()
