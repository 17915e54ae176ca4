"""The draft: the text in the editor, and whose it is. What the user has typed may run; what came from elsewhere, only
after a yes. A text that is replaced comes back with Ctrl+Z, or is set aside."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui.code.code_editor import CodeEditor
from ui.code.code_file import CodeFile
from ui.code.trusted_code import CodeTrust
from ui.kit.timers import single_shot
from ui.settings.settings_file import SettingsFile

TYPED_MS = 300  # from the last key until the text is looked at


class Draft(QObject):
    typed = Signal()  # a key was typed
    taken = Signal()  # a moment after the last key: the text counts
    replaced = Signal()
    set_aside = Signal()

    def __init__(
        self, editor: CodeEditor, file: CodeFile, trust: CodeTrust, settings: SettingsFile, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._editor, self._file, self._trust, self._settings = editor, file, trust, settings
        self.known = True  # is the whole text the user's own, or trusted?
        self.origin = ""  # if not, where the text came from
        self.origins: dict[str, str] = {}  # code from elsewhere, and what to call its source
        self._edited = False  # has the user changed it?
        self._taking = False
        self._timer = single_shot(self, "code was typed", self._take_typed, TYPED_MS)
        editor.textChanged.connect(self._on_typed)

    @property
    def text(self) -> str:
        return self._editor.text()

    def put(self, text: str) -> None:
        """Puts a text that the user has not typed into the editor. Ctrl+Z goes back to the one before, but never to or
        from code that nobody has looked at."""
        if text == self.text:
            return
        known = not text or self._trust.holds(text)
        undoable = known and self.known
        if not undoable:
            self._put_aside()
        self._taking = True
        if undoable:
            self._editor.put_text(text)
        else:
            self._editor.set_text(text)
        self._taking = False
        self.known, self.origin, self._edited = known, self.origins.get(text, ""), False
        self._file.close()  # saving must not overwrite the file of the text before
        self.replaced.emit()
        self._keep()

    def _put_aside(self) -> None:
        """Keeps a text that is about to be replaced, if the user has typed in it and no file has it."""
        text = self.text
        theirs = not self.known and (text in self.origins or not self._edited)
        if not theirs and text.strip() and text != self._file.text and not self._trust.is_example(text):
            self.grant()
            self._settings.put_by(self._settings.settings.code_aside, text)
            self._settings.change(code_aside=text)
            self.set_aside.emit()

    def _on_typed(self) -> None:
        if not self._taking:
            self._edited = True
            self._timer.start()
            self.typed.emit()

    def _take_typed(self) -> None:
        self._keep()
        self.taken.emit()

    def flush(self) -> None:
        """Takes what was typed in the last moment: the app is closing, or the code is about to run."""
        if self._timer.isActive():
            self._timer.stop()
            self._take_typed()

    def _keep(self) -> None:
        self._settings.change(code=self.text)
        if self.known:
            self._trust.note_typed(self.text)

    # -- may it run?

    def needs_word(self, code: str) -> bool:
        """Does this code, in the editor or not, need the user's word?"""
        if not code or self._trust.holds(code):
            return False
        if code != self.text:
            return True
        self.grant()
        return not self.known

    def grant(self) -> None:
        """Trusts the text, wherever it comes from later."""
        if self.known:
            self._trust.grant(self.text)

    def allow(self) -> None:
        """The user has said that it may run."""
        self.flush()
        self.known = True
        self._editor.document().clearUndoRedoStacks()  # the word is for this text, not for earlier ones
        self.grant()
        self._keep()
