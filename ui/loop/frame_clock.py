"""The UI's clock: one timer that beats 60 times a second (20 while nothing runs) and tells how late each beat came.

A late beat means that the event loop was busy or the process did not get a core: exactly what a click would have felt.
A beat is due one period after the last one, whatever the loop is doing then: a handler that waits for the GIL, a paint,
another event. Frames are drawn on every n-th beat, and at once after a freeze. Late beats are reported, not made up
for: after a freeze the next beat is due one period later.

What counts as a freeze is what people see: it lasts beyond a beat that comes before the picture that was asked for, and
a picture that comes between two beats splits it in two."""

from __future__ import annotations

import time
from math import ceil

from PySide6.QtCore import QObject, Qt, Signal

from playground.lab.watching import machine
from ui.kit.timers import single_shot

BEATS_PER_S = 60
SCREEN_SHARE_FRAMES = 30  # per second: what a video call can carry
REDUCED_FRAMES = 5  # for people whom movement disturbs; beats and figures go on as usual
PERIOD_NS = 10**9 // BEATS_PER_S
FREEZE_MS = 100.0
clock = time.perf_counter_ns


class FrameClock(QObject):
    beat = Signal(object, float)  # when (in ns, too many for an int of Qt), how late (ms)
    frame = Signal(object)  # draw now (ns)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frames_per_s = self.beats_per_s = BEATS_PER_S
        self._timer = single_shot(self, "frame clock", self._on_timeout)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._grid = 0  # when the next beat belongs
        self._due = 0  # the latest moment for an undisturbed Qt to deliver it: its timers count milliseconds
        self._owed = 0.0
        self._shown: list[int] = []  # moments of pictures since the last beat
        self._awaited = False  # was a picture asked for at the last beat?
        self._frozen_since: int | None = None  # after a beat that a freeze made late: the freeze may go on

    def start(self) -> None:
        machine.wake_on_time()  # after the QThreads were made: labs must not inherit this
        self._grid = clock()
        self._advance(self._grid)
        self._arm()

    def stop(self) -> None:
        self._timer.stop()

    def set_frame_rate(self, frames_per_s: int, beats_per_s: int = BEATS_PER_S) -> None:
        self.beats_per_s = max(1, min(BEATS_PER_S, beats_per_s))
        self.frames_per_s = max(1, min(self.beats_per_s, frames_per_s))

    def note_awaited(self) -> None:
        """A picture was asked for, and is not on the screen yet. A hidden window, or one that stands still, asks for
        none."""
        self._awaited = True

    def note_shown(self) -> None:
        """A picture of the stage has come to the screen."""
        self._shown.append(clock())

    def _advance(self, now: int) -> None:
        period = 10**9 // self.beats_per_s
        self._grid += period
        if self._grid <= now:
            self._grid = now + period

    def _arm(self) -> None:
        now = clock()
        wait_ms = max(1, ceil((self._grid - now) / 1e6))
        self._due = min(now + wait_ms * 1_000_000, self._grid + 1_000_000)
        self._timer.start(wait_ms)

    def _on_timeout(self) -> None:
        now = clock()
        frozen = now - self._due >= FREEZE_MS * 1e6
        told = self._parts_of_freeze(now) if frozen else [(now, self._due)]
        self._frozen_since = told[-1][1] if frozen else None
        self._shown.clear()
        self._awaited = False
        self._advance(now)  # before the handlers: the time they take is no excuse for the next beat
        for moment, due in told:
            self.beat.emit(moment, max(0.0, (moment - due) / 1e6))
        self._owed = 1.0 if frozen else self._owed + self.frames_per_s / self.beats_per_s
        if self._owed >= 1.0 - 1e-9:
            self._owed -= 1.0
            self.frame.emit(now)
        self._arm()

    def _parts_of_freeze(self, now: int) -> list[tuple[int, int]]:
        """(moment, when it was due) of each picture since the last beat, and of this beat."""
        due = self._due
        if self._frozen_since is not None and (self._awaited or self._shown):
            due = min(due, self._frozen_since)
        ends = [*(moment for moment in self._shown if moment > due), now]
        return list(zip(ends, [due, *ends[:-1]], strict=True))
