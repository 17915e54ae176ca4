"""Script: steps that take time, written one after another. A step yields a number of seconds, or a condition, to wait
for; the event loop goes on meanwhile. The screenshot and the bench are scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, Signal

from ui.kit.timers import single_shot

LOOK_MS = 5
LIMIT_S = 30.0

Step = float | Callable[[], bool]
Steps = Generator[Step, None, None]


class Script(QObject):
    finished = Signal(object)  # None, or the exception that ended it

    def __init__(self, steps: Steps, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = steps
        self._condition: Callable[[], bool] | None = None
        self._until = 0.0
        self._timer = single_shot(self, "script", self._look)

    def start(self) -> None:
        self._timer.start(0)

    def _look(self) -> None:
        if self._condition is not None and not self._condition():
            if time.monotonic() > self._until:
                self.finished.emit(TimeoutError(f"waited {LIMIT_S:g} s in vain"))
            else:
                self._timer.start(LOOK_MS)
            return
        self._advance()

    def _advance(self) -> None:
        try:
            step = next(self._steps)
        except StopIteration:
            self.finished.emit(None)
            return
        except Exception as problem:  # at the edge: whoever started the script reports it
            self.finished.emit(problem)
            return
        if callable(step):
            self._condition, self._until = step, time.monotonic() + LIMIT_S
            self._timer.start(LOOK_MS)
        else:
            self._condition = None
            self._timer.start(round(step * 1000))
