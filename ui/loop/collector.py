"""Collector: objects in cycles are collected by the UI thread alone, between two of its events.

Python collects in whichever thread happens to allocate. A run that leaves the stage leaves widgets and menus in cycles,
and these may be deleted in the UI thread only, and not while it paints. A full collection costs a frame or two
(10 to 25 ms), so it waits until nothing runs, but for ten seconds at most: garbage of ended runs would lie between
live objects, and memory would grow."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from ui.kit.timers import timer

LOOK_MS = 200
LATEST_S = 10.0


class Collector(QObject):
    def __init__(self, parent: QObject, idle: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._idle = idle
        self._full_at = time.monotonic()
        gc.disable()
        timer(self, "collector", self._look, LOOK_MS).start()

    def _look(self) -> None:
        """Collects by Python's own rule: by the number of new objects, and of collections since."""
        young, middle, old = (count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True))
        if not young:
            return
        if middle and old and (self._idle() or time.monotonic() - self._full_at > LATEST_S):
            self._full_at = time.monotonic()
            gc.collect(2)
        else:
            gc.collect(1 if middle else 0)
