"""What is known of files that the window speaks of: recent ones, Pythons, the file of the code. The disk may be one on
the network that does not answer any more, and whoever asks it then hangs, perhaps for minutes. So it is asked by
threads beside the window, which says what it knew last, and hears when something has changed."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

PATIENCE_S = 0.25
AGAIN_S = 0.3  # what was just looked at is not looked at again


class FileState(NamedTuple):
    is_file: bool
    changed_ns: int
    size: int


class Disk(QObject):
    answered = Signal(object, object)  # a path, and its FileState; None: there is nothing
    changed = Signal(object)  # a path of which something else is known now

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[Path, FileState | None] = {}
        self._asked: set[Path] = set()
        self._looked: dict[Path, float] = {}  # when
        self._ended: dict[Path, threading.Event] = {}
        self._fresh: dict[Path, FileState | None] = {}  # what a thread has found, and the window has not heard yet
        self._closed = False
        self._telling = threading.Lock()  # so that the window is not gone in the middle of an answer
        self.answered.connect(self._take)

    def there(self, path: Path) -> bool:
        """As far as is known; what has not been looked at yet is believed."""
        return self.last(path) is not None or path not in self._known

    def is_file(self, path: Path) -> bool:
        state = self.last(path)
        return state.is_file if state is not None else path not in self._known

    def last(self, path: Path) -> FileState | None:
        """What was known before this, which has it looked at again."""
        self.look(path)
        return self._known.get(path)

    def look(self, path: Path) -> None:
        """Soon `answered` tells. One thread for a path: who hangs is not asked again."""
        now = time.monotonic()
        if path not in self._asked and not self._closed and now - self._looked.get(path, -AGAIN_S) >= AGAIN_S:
            self._asked.add(path)
            self._ended[path] = threading.Event()
            self._looked[path] = now
            # A daemon: a thread that hangs in the system would keep the app from ending.
            threading.Thread(target=self._ask, args=(path,), name="disk", daemon=True).start()

    def look_now(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        """For what is to be used at once. Who does not answer in that time is believed what was known before."""
        self._looked.pop(path, None)
        if path in self._ended and self._ended[path].is_set():
            self._asked.discard(path)  # that thread has ended, though the window has not heard it
        self.look(path)
        if path in self._ended and self._ended[path].wait(patience_s):
            self._take(path, self._fresh[path])

    def shut_down(self) -> None:
        with self._telling:
            self._closed = True

    def _ask(self, path: Path) -> None:
        self._fresh[path] = state = state_of(path)
        self._ended[path].set()
        with self._telling, contextlib.suppress(RuntimeError):  # the window has gone meanwhile
            if not self._closed:
                self.answered.emit(path, state)

    def _take(self, path: Path, state: FileState | None) -> None:
        self._asked.discard(path)
        believed = path in self._known or state is not None
        before, self._known[path] = self._known.get(path, state), state
        if before != state or not believed:
            self.changed.emit(path)


def state_of(path: Path) -> FileState | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return FileState(path.is_file(), found.st_mtime_ns, found.st_size)
