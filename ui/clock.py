"""The UI's clock: one timer that beats 60 times a second (20 while nothing runs) and tells how late each beat came.

A beat that is late means that the event loop was busy or the process did not get a core: exactly what a click would
have felt. Frames are drawn on every n-th beat. Late beats are told, not made up for: after a freeze the next one is
due one period later."""

from __future__ import annotations

import time
from math import ceil

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.lab import machine

BEATS_PER_S = 60
PERIOD_NS = 10**9 // BEATS_PER_S
clock = time.perf_counter_ns


class FrameClock(QObject):
    beat = Signal(object, float)  # when (ns; an int wider than Qt's), how late (ms)
    frame = Signal(object)  # draw now (ns)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frames_per_s = self.beats_per_s = BEATS_PER_S
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.setObjectName("frame clock")
        self._timer.timeout.connect(self._on_timeout)
        self._grid = 0  # when the next beat belongs
        self._due = 0  # when Qt was asked to deliver it: its timers count whole milliseconds
        self._owed = 0.0

    def start(self) -> None:
        machine.wake_on_time()  # after the QThreads were made: labs must not inherit it
        self._grid = clock()
        self._arm()

    def stop(self) -> None:
        self._timer.stop()

    def set_frame_rate(self, frames_per_s: int, beats_per_s: int = BEATS_PER_S) -> None:
        self.beats_per_s = max(1, min(BEATS_PER_S, beats_per_s))
        self.frames_per_s = max(1, min(self.beats_per_s, frames_per_s))

    def _arm(self) -> None:
        now = clock()
        period = 10**9 // self.beats_per_s
        self._grid += period
        if self._grid <= now:
            self._grid = now + period
        wait_ms = max(1, ceil((self._grid - now) / 1e6))
        self._due = now + wait_ms * 1_000_000
        self._timer.start(wait_ms)

    def _on_timeout(self) -> None:
        now = clock()
        self.beat.emit(now, max(0.0, (now - self._due) / 1e6))
        self._owed += self.frames_per_s / self.beats_per_s
        if self._owed >= 1.0 - 1e-9:
            self._owed -= 1.0
            self.frame.emit(now)
        self._arm()
