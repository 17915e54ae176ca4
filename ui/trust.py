"""Which code may run without a question: what the user typed, the examples, and what the user said yes to. Anything
else came from elsewhere, and is looked at first. Kept in the settings, as fingerprints of whole texts."""

from __future__ import annotations

import re
from unicodedata import category

from playground import own_code
from ui.settings import SettingsFile
from ui.settings_merge import fingerprint

MOST = 100
UNSEEN = ("Cc", "Cf")  # controls, among them those that turn the order of reading around
FAR = 120  # columns
FAR_OFF = re.compile(r"\S\s{40,}\S|\s{80,}\S")


def unseen(text: str) -> str:
    """What whoever looks at a text may not see of it, in words; empty where all is plain to see."""
    for number, line in enumerate(text.split("\n"), 1):
        if any(category(sign) in UNSEEN and sign != "\t" for sign in line):
            return f"Line {number} has signs that are not seen."
        if len(line) > FAR and FAR_OFF.search(line):
            return f"Line {number} goes on far to the right."
    return ""


class Trust:
    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    def holds(self, text: str) -> bool:
        own = fingerprint(text)
        kept = self._settings.settings
        return own == kept.typed_code or own in kept.trusted_code or self.is_example(text)

    def is_example(self, text: str) -> bool:
        return any(text == one.text for one in own_code.EXAMPLES)

    def grant(self, text: str) -> None:
        """The user's word, for exactly this text."""
        own = fingerprint(text)
        others = [one for one in self._settings.settings.trusted_code if one != own]
        self._settings.change(trusted_code=(*others, own)[-MOST:])

    def note_typed(self, text: str) -> None:
        """The text in the editor, all of which the user knows. The next one takes its place."""
        self._settings.change(typed_code=fingerprint(text))
