"""The file of the code in the editor: saved whole or not at all, and looked at once a second, since other programs may
change it too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.files.whole_file import write_whole
from playground.recipe.recipe import BadRecipe
from playground.recipe.recipe_file import load_code
from ui.kit.timers import timer
from ui.loop.disk import Disk, FileState, state_of

LOOK_MS = 1000


class CodeFile(QObject):
    changed = Signal()  # the file's name, or whether it has the editor's text
    changed_on_disk = Signal(str)  # the text that is in the file now
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.text = ""  # as on the disk, as far as is known
        self._seen: FileState | None = None
        self._timer = timer(self, "code file", self._look_beside, LOOK_MS)
        self._disk = Disk(self)
        self._disk.answered.connect(self._take)

    @property
    def name(self) -> str:
        return self.path.name if self.path else ""

    def open(self, path: Path, text: str) -> None:
        """Takes a file that has been read, with its text."""
        self.path, self.text = path, text
        self._seen = state_of(path)
        self._timer.start()
        self.changed.emit()

    def find_again(self, path: Path) -> None:
        """Takes the file that the text had when the app was closed. If that is gone, the text has no file."""
        try:
            self.open(path, load_code(path))
        except BadRecipe:
            self.close()

    def close(self) -> None:
        self.path, self.text, self._seen = None, "", None
        self._timer.stop()
        self.changed.emit()

    def save(self, path: Path, text: str) -> bool:
        try:
            write_whole(path, text.encode("utf-8", "surrogatepass"))
        except OSError as problem:
            self.failed.emit(f"{path} cannot be written: {problem.strerror}. The text is kept in the editor.")
            return False
        self.open(path, text)
        return True

    def look(self) -> None:
        """Looks whether another program has written the file."""
        if self.path is None:
            return
        self._take(self.path, state_of(self.path))

    def _look_beside(self) -> None:
        """The same, once a second, by another thread: the disk may not answer."""
        if self.path is not None:
            self._disk.look(self.path)

    def _take(self, path: Path, state: FileState | None) -> None:
        if path != self.path or state == self._seen:
            return
        self._seen = state
        if state is None:
            self.failed.emit(f"{self.path} is gone. The text is kept in the editor.")
            return
        try:
            text = load_code(self.path)
        except BadRecipe:
            return  # half written, perhaps; the next change is looked at again
        if text != self.text:
            self.changed_on_disk.emit(text)

    def keep_mine(self, text: str) -> None:
        """Notes the file's text; the one in the editor stays."""
        self.text = text
        self.changed.emit()

    def shut_down(self) -> None:
        self._timer.stop()
        self._disk.shut_down()
