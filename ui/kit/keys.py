"""Keys: what they are called on this computer, and who gets them.

Plain letters, arrows, Space and the like are the window's only while the stage, a plain button or nothing has the
keyboard. A table, list, text, slider or chip needs them itself, to search, move and type: there they must not carry out
commands."""

from __future__ import annotations

import re
import sys
from typing import cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSlider, QLineEdit, QWidget

COMMAND_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
OWNERS = (QAbstractScrollArea, QAbstractSlider, QLineEdit)


def words(key: QAction | QKeySequence | Qt.Key) -> str:
    """A key as this platform writes it: Ctrl+K, ⌘K. Empty where there is none."""
    sequence = key.shortcut() if isinstance(key, QAction) else QKeySequence(key)
    told = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    return told if sys.platform == "darwin" else told.replace("Return", "Enter")  # as the key is labelled


def kept_words(text: str) -> str:
    """The words of a key as settings keep it. The two keys that are both labelled Enter can be told apart."""
    told = words(QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText))
    return f"{told} (number pad)" if text.endswith("Enter") and sys.platform != "darwin" else told


def badge(key: str) -> str:
    """A key as a small tag has it: `Ctrl K`. A plus that is itself the key stays."""
    return re.sub(r"\+(?=.)", " ", key)


def tip(told: str, key: str) -> str:
    """A tool tip followed by the key that does the same."""
    return f"{told} ({key})" if key else told


def is_plain(event: QKeyEvent) -> bool:
    """Is it pressed without a modifier that makes it a command?"""
    return not event.modifiers() & COMMAND_MODIFIERS


def is_function(event: QKeyEvent) -> bool:
    """F1 and the like type nothing, so they are always the window's."""
    return Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def is_kept(event: QKeyEvent, focused: QWidget | None, stage: QWidget) -> bool:
    """Does the focused widget need this key itself, so that the window must not take it?"""
    if not is_plain(event) or is_function(event) or focused is None:
        return False
    return isinstance(focused, OWNERS) and not stage.isAncestorOf(focused)


class KeepsKeys:
    """A mix-in for widgets that need some keys themselves, whatever these do in the window."""

    def keeps(self, event: QKeyEvent) -> bool:
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.keeps(cast(QKeyEvent, event)):
            event.accept()
            return True
        return bool(super().event(event))  # type: ignore[misc]
