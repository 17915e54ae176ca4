"""What is known of files that the window shows: recent ones, Pythons, the file of the code. A disk on the network may
have stopped answering, and a thread that asks it hangs, perhaps for minutes. So threads beside the window ask; the
window shows what was known last, and hears when that has changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ui.loop.voice import Voice

PATIENCE_S = 0.25
AGAIN_S = 0.3  # a path is not looked at again sooner


class FileState(NamedTuple):
    is_file: bool
    changed_ns: int
    size: int


class Disk(QObject):
    answered = Signal(object, object)  # a path and its FileState, or None where nothing is there
    changed = Signal(object)  # a path with a new state

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[Path, FileState | None] = {}
        self._asked: set[Path] = set()
        self._looked: dict[Path, float] = {}  # when
        self._ended: dict[Path, threading.Event] = {}
        self._fresh: dict[Path, FileState | None] = {}  # found by a thread, not heard by the window yet
        self._closed = False
        self._voice = Voice()
        self._voice.said.connect(self._hear)

    def there(self, path: Path) -> bool:
        """Whether the path exists, as far as is known; before the first look it is believed to."""
        return self.last(path) is not None or path not in self._known

    def is_file(self, path: Path) -> bool:
        state = self.last(path)
        return state.is_file if state is not None else path not in self._known

    def last(self, path: Path) -> FileState | None:
        """What is known so far; a new look is asked for."""
        self.look(path)
        return self._known.get(path)

    def look(self, path: Path) -> None:
        """Asks for a new look; `answered` brings it. One thread for each path: a disk that hangs is not asked twice."""
        now = time.monotonic()
        if path not in self._asked and not self._closed and now - self._looked.get(path, -AGAIN_S) >= AGAIN_S:
            self._asked.add(path)
            self._ended[path] = threading.Event()
            self._looked[path] = now
            # A daemon: a thread that hangs in the system would keep the app from ending.
            answer = (path, self._fresh, self._ended[path], self._voice)
            threading.Thread(target=ask, args=answer, name="disk", daemon=True).start()

    def look_now(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        """Looks and waits, for a path about to be used. Without an answer in time, what was known before holds."""
        self._looked.pop(path, None)
        if path in self._ended and self._ended[path].is_set():
            self._asked.discard(path)  # that thread has ended, though the window has not heard of it
        self.look(path)
        if path in self._ended and self._ended[path].wait(patience_s):
            self._take(path, self._fresh[path])

    def shut_down(self) -> None:
        self._closed = True
        self._voice.close()

    @Slot(object)
    def _hear(self, found: tuple[Path, FileState | None]) -> None:
        self._take(*found)
        self.answered.emit(*found)

    def _take(self, path: Path, state: FileState | None) -> None:
        self._asked.discard(path)
        believed = path in self._known or state is not None
        before, self._known[path] = self._known.get(path, state), state
        if before != state or not believed:
            self.changed.emit(path)


def ask(path: Path, fresh: dict[Path, FileState | None], ended: threading.Event, voice: Voice) -> None:
    """In a thread, which knows nothing of who has asked."""
    fresh[path] = state = state_of(path)
    ended.set()
    voice.say((path, state))


def state_of(path: Path) -> FileState | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return FileState(path.is_file(), found.st_mtime_ns, found.st_size)
