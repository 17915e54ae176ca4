"""Keys: what they are called on this computer, and whose they are.

Keys of a letter alone, arrows, Space and the like are the window's only while the stage, a plain button or nothing has
the keyboard. A table, a list, a text, a slider or a chip uses them itself: there they find, move and type, and no
command is carried out by somebody who only wanted that."""

from __future__ import annotations

import re
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSlider, QLineEdit, QWidget

COMMAND_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
OWNERS = (QAbstractScrollArea, QAbstractSlider, QLineEdit)


def words(key: QAction | QKeySequence | Qt.Key) -> str:
    """As this platform writes it: Ctrl+K, ⌘K. Empty where there is none."""
    sequence = key.shortcut() if isinstance(key, QAction) else QKeySequence(key)
    told = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    return told if sys.platform == "darwin" else told.replace("Return", "Enter")  # what stands on the key


def badge(key: str) -> str:
    """For a small tag: `Ctrl K`. A plus that is a key of its own stays."""
    return re.sub(r"\+(?=.)", " ", key)


def tip(told: str, key: str) -> str:
    """A tool tip, and the key that does the same."""
    return f"{told} ({key})" if key else told


def is_plain(event: QKeyEvent) -> bool:
    """Is it pressed without a key that makes a command of it?"""
    return not event.modifiers() & COMMAND_MODIFIERS


def is_function(event: QKeyEvent) -> bool:
    """F1 and the like type nothing, so they are the window's from wherever."""
    return Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def is_kept(event: QKeyEvent, focused: QWidget | None, stage: QWidget) -> bool:
    """Does whoever has the keyboard need this key, rather than a command of the window?"""
    if not is_plain(event) or is_function(event) or focused is None:
        return False
    return isinstance(focused, OWNERS) and not stage.isAncestorOf(focused)
