"""Consent: code or an interpreter that came from elsewhere runs only after the user has said yes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.files.visible import one_line
from ui.code.code_file import CodeFile
from ui.code.code_parts import AskBar
from ui.code.draft import Draft
from ui.code.trusted_code import unseen


class Consent(QObject):
    pythons_allowed = Signal(list)  # the paths of interpreters that the user has just allowed

    def __init__(self, bar: AskBar, draft: Draft, file: CodeFile, parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._draft, self._file = bar, draft, file
        self._then: Callable[[], object] | None = None  # what to do after a yes
        self._about_code = False  # is the question about the text in the editor?
        self.pythons: list[str] = []  # the paths of the interpreters that it is about
        self._allowed: set[Path] = set()  # files with a text that was allowed to run
        bar.answered.connect(self._on_answer)
        draft.replaced.connect(self.stop)

    def ask(self, code: bool, pythons: Mapping[str, str], then: Callable[[], object]) -> None:
        """Asks about the text in the editor and about interpreters, each given with where it came from."""
        self._then, self._about_code, self.pythons = then, code, list(pythons)
        parts = [self._of_code()] if code else []
        self._bar.ask(" ".join([*parts, *(_of_python(path, whence) for path, whence in pythons.items())]))

    def stop(self) -> None:
        self._then, self._about_code, self.pythons = None, False, []
        self._bar.hide()

    def _of_code(self) -> str:
        draft = self._draft
        whence = f"**{one_line(draft.origin)}**" if draft.origin else "elsewhere"
        words = f"This code came from {whence}."
        if self._file.path in self._allowed:  # allowed before: so its text has changed since
            words = f"{whence} has changed since you let it run."
        return f"{words} Look at it before it runs. {unseen(draft.text)}".rstrip()

    def _on_answer(self, yes: bool) -> None:
        then, code, pythons = self._then, self._about_code, self.pythons
        self.stop()
        if not yes or then is None:
            return
        if code:
            self._draft.allow()
            if self._file.path is not None:
                self._allowed.add(self._file.path)
        if pythons:
            self.pythons_allowed.emit(pythons)
        then()


def _of_python(path: str, whence: str) -> str:
    return (
        f"The recipe is to run in **{one_line(path)}**, {whence}. That may be any program: run it only if you know it."
    )
