"""Keys that no command may have: widgets handle them by themselves, or the system takes them before any window."""

from __future__ import annotations

import sys

_MOVE, _TEXT = "moves within lists, texts and lanes", "is for texts and what is selected"
RESERVED = {
    "Esc": "closes what is open, and is the way out of a frozen window",
    "Tab": "goes to the next part of the window",
    "Shift+Tab": "goes to the part of the window before",
    "Ctrl+Tab": "leaves the editor",
    "Ctrl+Shift+Tab": "leaves the editor",
    "Return": "presses what has the keyboard",
    "Enter": "presses what has the keyboard",
    "Backspace": _TEXT,
    "Del": "removes finished runs, and letters",
    "Up": _MOVE,
    "Down": _MOVE,
    "PgUp": _MOVE,
    "PgDown": _MOVE,
    "Alt+Down": "opens the list of a chip",
    "Ctrl+C": _TEXT,
    "Ctrl+X": _TEXT,
    "Ctrl+A": _TEXT,
    "Ctrl+/": "turns lines of code into comments",
    "F8": "goes to the next mistake in the code",
    "Alt+F4": "closes the window",
    "Print": "is taken by the system",
    "CapsLock": "is taken by the system",
}
MODIFIERS = ("Shift", "Control", "Ctrl", "Alt", "AltGr", "Meta")  # no key by themselves
ON_MACOS = {"Ctrl+H": "hides the app", "Ctrl+M": "puts the window away", "Meta+Tab": "is taken by the system"}


def reserved(key: str) -> str:
    """What else a key does, in words; empty where a command may have it."""
    return (RESERVED | ON_MACOS if sys.platform == "darwin" else RESERVED).get(key, "")
