"""The draft: the text in the editor, and whose it is. What the user has typed may run; what came from elsewhere only
once the user has said so. A text that is replaced comes back with Ctrl+Z, or is set aside."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from ui.code.code_editor import CodeEditor
from ui.code.code_file import CodeFile
from ui.code.trusted_code import CodeTrust
from ui.settings.settings_file import SettingsFile

TYPED_MS = 300  # after the last key the text is looked at


class Draft(QObject):
    typed = Signal()  # a key, just now
    taken = Signal()  # the text, a moment after the last key
    replaced = Signal()
    set_aside = Signal()

    def __init__(
        self, editor: CodeEditor, file: CodeFile, trust: CodeTrust, settings: SettingsFile, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._editor, self._file, self._trust, self._settings = editor, file, trust, settings
        self.known = True  # is all of the text the user's, or trusted?
        self.origin = ""  # of a text that is not
        self.origins: dict[str, str] = {}  # of code from elsewhere: what to call it
        self._edited = False  # has the user changed it?
        self._taking = False
        self._timer = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._timer.setObjectName("code was typed")
        self._timer.timeout.connect(self._take_typed)
        editor.textChanged.connect(self._on_typed)

    @property
    def text(self) -> str:
        return self._editor.text()

    def put(self, text: str) -> None:
        """Another text in the editor, which the user has not typed. Ctrl+Z goes back to the one before, but never to or
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
        self._file.close()  # saving must not put this text where that one was
        self.replaced.emit()
        self._keep()

    def _put_aside(self) -> None:
        """What the user has typed, be it into code from elsewhere, and no file has, is not lost to another text."""
        text = self.text
        theirs = not self.known and (text in self.origins or not self._edited)
        if not theirs and text.strip() and text != self._file.text and not self._trust.is_example(text):
            self.grant()
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
        """Take what was typed in the last moment: the app is closing, or the code is about to be run."""
        if self._timer.isActive():
            self._timer.stop()
            self._take_typed()

    def _keep(self) -> None:
        self._settings.change(code=self.text)
        if self.known:
            self._trust.note_typed(self.text)

    # -- may it run?

    def needs_word(self, code: str) -> bool:
        """Does this code, be it in the editor or not, need the user's word?"""
        if not code or self._trust.holds(code):
            return False
        if code != self.text:
            return True
        self.grant()
        return not self.known

    def grant(self) -> None:
        """What is the user's own is trusted wherever it comes from later."""
        if self.known:
            self._trust.grant(self.text)

    def allow(self) -> None:
        """The user has said that it may run."""
        self.flush()
        self.known = True
        self._editor.document().clearUndoRedoStacks()  # the word is for this text, not for those before it
        self.grant()
        self._keep()
