"""Saving the draft, to its file or one that the user names, and what to do when another program changed that file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.code.code_file import CodeFile
from ui.code.draft import Draft
from ui.kit.notices import Notice, Notices
from ui.settings.last_folder import folder_to_begin
from ui.settings.settings_file import SettingsFile

RELOAD, KEEP = "code reload", "code keep"  # take the file's new text, or keep the editor's
PYTHON_FILES = "Python (*.py)"


class Saving(QObject):
    done = Signal(str)
    reload_requested = Signal(object)  # the path of the file

    def __init__(
        self, file: CodeFile, draft: Draft, notices: Notices, settings: SettingsFile, over: QWidget, parent: QObject
    ) -> None:
        """`over`: the widget over which dialogs open."""
        super().__init__(parent)
        self._file, self._draft, self._notices, self._settings, self._over = file, draft, notices, settings, over
        self._on_disk: str | None = None  # text by another program that the user was told of
        self._notice: Notice | None = None
        file.changed.connect(self._forget_disk)
        file.changed_on_disk.connect(self._on_changed_on_disk)

    def save(self) -> None:
        """Saves to the draft's file, unless another program has written there and the user does not know yet."""
        if self._file.path is None:
            self.save_as()
            return
        told = self._on_disk
        self._file.look()
        if self._on_disk in (None, told):
            self.save_to(self._file.path)
        else:
            self.done.emit(f"{self._file.name} was not saved: another program has changed it")

    def save_as(self) -> None:
        start = str(self._file.path or folder_to_begin(self._settings.settings) / "job.py")
        path, _ = QFileDialog.getSaveFileName(self._over.window(), "Save your code", start, PYTHON_FILES)
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        if self._file.save(path, self._draft.text):
            self._draft.grant()
            self.done.emit(f"Saved to {path}")

    def _on_changed_on_disk(self, text: str) -> None:
        if text == self._draft.text:
            self._file.keep_mine(text)
            return
        self._on_disk = text
        actions = [(RELOAD, "Reload"), (KEEP, "Keep mine")]
        self._notice = self._notices.add(f"{self._file.name} was changed by another program.", actions)

    def _forget_disk(self) -> None:
        """The file, or the text in it, that the notice was about is gone: removes the notice."""
        self._on_disk = None
        if self._notice is not None:
            self._notices.remove(self._notice)
            self._notice = None

    def answer(self, action: str) -> bool:
        """Carries out the action of a notice; was it about the file?"""
        path, theirs = self._file.path, self._on_disk
        if path is not None and action == RELOAD:
            self.reload_requested.emit(path)
        elif path is not None and theirs is not None and action == KEEP:
            self._file.keep_mine(theirs)
        return action in (RELOAD, KEEP)
