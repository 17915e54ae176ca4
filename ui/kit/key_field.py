"""A button that waits for a key: pressed, it takes the next key instead of doing what that does. Esc, a click or the
loss of the keyboard ends the wait."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from ui.kit.button import Button
from ui.kit.theme import Theme

WAITING = "Press a key"
ALONE = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
    Qt.Key(0),
)


def pressed_key(event: QKeyEvent) -> str:
    """The key as it is kept, such as Ctrl+Shift+R; empty for a modifier alone. A sign that Shift makes, such as + on
    an English keyboard, is that sign: on other keyboards it needs no Shift."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in ALONE:
        return ""
    if key == Qt.Key.Key_Backtab:
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    if Qt.Key.Key_Space < key < Qt.Key.Key_Escape and not chr(key.value).isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    whole = QKeySequence(QKeyCombination(modifiers, key))
    return whole.toString(QKeySequence.SequenceFormat.PortableText)


class KeyField(Button):
    taken = Signal(str)
    waits = Signal(bool)
    waiting = False

    def __init__(self, theme: Theme, name: str, words: str, accessible: str) -> None:
        super().__init__(theme, name, words, kind="ghost", px=12, height=22, padding=7, accessible=accessible)
        self._usual = words
        self.setCheckable(True)
        self.clicked.connect(lambda: self._wait(not self.waiting))

    def _wait(self, on: bool) -> None:
        if on != self.waiting:
            self.waiting = on
            name = self.accessibleName()
            self.setChecked(on)
            self.set_words(WAITING if on else self._usual)
            self.setAccessibleName(name)
            if on:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.waits.emit(on)

    def keeps(self, event: QKeyEvent) -> bool:
        return self.waiting or super().keeps(event)

    def event(self, event: QEvent) -> bool:
        # Here and not in keyPressEvent: Qt goes to the next widget by Tab before it asks that.
        if self.waiting and event.type() == QEvent.Type.KeyPress:
            self._take(cast(QKeyEvent, event))
            event.accept()
            return True
        if self.waiting and event.type() == QEvent.Type.KeyRelease:
            event.accept()
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        key = pressed_key(event)
        if key and not event.isAutoRepeat():
            self._wait(False)
            if event.key() != Qt.Key.Key_Escape:
                self.taken.emit(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._wait(False)
        super().focusOutEvent(event)
