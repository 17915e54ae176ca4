"""LabWorker: the thread that starts, watches and stops runs. It lives as long as the app, because the kernel ends a lab
with the thread that started it. It polls 50 times a second while something runs, 250 while a run is leaving, and else
not at all. No run ever makes it wait: what takes time is asked for at one poll and seen at a later one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from playground.run.run import Run, abandon
from ui.kit.timers import timer

POLL_MS, QUICK_MS = 20, 4


class LabWorker(QObject):
    _asked = Signal(object)  # what to do in the thread

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[int, Run] = {}
        self._to_remove: set[int] = set()  # runs whose files go as soon as none of their processes is left
        self._timer: QTimer | None = None
        self._thread = QThread()
        self._thread.setObjectName("labs")
        self.moveToThread(self._thread)
        self._thread.started.connect(self._on_started)
        self._asked.connect(self._carry_out)
        self._thread.start()

    # -- called from the UI thread; each only posts

    def start(self, run: Run) -> None:
        self._asked.emit(partial(self._on_start, run))

    def stop(self, run: Run) -> None:
        self._asked.emit(partial(self._on_stop, run))

    def pause(self, run: Run, on: bool) -> None:
        self._asked.emit(partial(run.pause, on))

    def remove(self, run: Run) -> None:
        """Remove an ended run's files, once the UI has read all of them."""
        self._asked.emit(partial(self._on_remove, run))

    def shut_down(self) -> None:
        """Ends every run and the thread itself; returns when nothing is left."""
        self._asked.emit(self._on_close)
        self._thread.wait()
        abandon(self._runs.values())
        self._runs.clear()

    # -- in the thread. A run deals with its own faults: it raises none here

    @Slot()
    def _on_started(self) -> None:
        self._timer = timer(None, "lab poll", self._poll, POLL_MS)
        self._thread.finished.connect(self._timer.stop)

    @Slot(object)
    def _carry_out(self, asked: Callable[[], None]) -> None:
        asked()

    def _on_start(self, run: Run) -> None:
        self._runs[run.number] = run
        run.start()
        self._set_pace()

    def _on_stop(self, run: Run) -> None:
        run.stop()
        self._set_pace()

    def _on_remove(self, run: Run) -> None:
        self._to_remove.add(run.number)
        if run.number not in self._runs:
            self._remove_files(run)

    def _on_close(self) -> None:
        """Ends every run, then this thread. The kernel ends the labs with it, and only while they live can it be seen
        which processes are theirs. A thread told to quit from outside would not get to what waits in its queue."""
        for run in self._runs.values():
            run.leave()
        self._thread.quit()

    @Slot()
    def _poll(self) -> None:
        for number, run in list(self._runs.items()):
            run.poll()
            if run.gone:
                del self._runs[number]
                if number in self._to_remove:
                    self._remove_files(run)
        self._set_pace()

    def _remove_files(self, run: Run) -> None:
        self._to_remove.discard(run.number)
        run.remove()

    def _set_pace(self) -> None:
        assert self._timer is not None
        if not self._runs:
            self._timer.stop()
            return
        pace = QUICK_MS if any(run.engine.leaving for run in self._runs.values()) else POLL_MS
        if pace != self._timer.interval() or not self._timer.isActive():
            self._timer.start(pace)
