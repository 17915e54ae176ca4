"""Which code may run without a question: what the user typed, the examples, and what the user said yes to (kept by
`playground.run.trust`, as for Pythons). All other code came from elsewhere, and the user looks at it first."""

from __future__ import annotations

import re

from playground.files import visible
from playground.recipe import own_code
from playground.run.trust import Trust, fingerprint
from ui.settings.settings_file import SettingsFile

FAR = 120  # columns
FAR_OFF = re.compile(r"\S\s{40,}\S|\s{80,}\S")


def unseen(text: str) -> str:
    """What a reader may not see in a text, in words; empty where all is plain to see."""
    for number, line in enumerate(text.split("\n"), 1):
        if signs := visible.unseen(line):
            return f"Line {number} has signs that are not seen: {', '.join(dict.fromkeys(signs))}."
        if len(line) > FAR and FAR_OFF.search(line):
            return f"Line {number} goes on far to the right."
    return ""


class CodeTrust:
    def __init__(self, settings: SettingsFile, words: Trust | None = None) -> None:
        self._settings = settings
        self.words = words or Trust(settings.path.parent, settings.kept)

    def holds(self, text: str) -> bool:
        kept, own = self._settings.settings, fingerprint(text)
        return own in (kept.typed_code, *kept.trusted_code) or self.words.holds_code(text) or self.is_example(text)

    def is_example(self, text: str) -> bool:
        return any(text == one.text for one in own_code.examples())

    def grant(self, text: str) -> None:
        """Takes the user's word for exactly this text."""
        self.words.grant_code(text)

    def note_typed(self, text: str) -> None:
        """Notes the text in the editor, which the user knows. The next one replaces it."""
        self._settings.change(typed_code=fingerprint(text))


def words_beside(settings: SettingsFile) -> Trust:
    """The trust file beside these settings."""
    words = Trust(settings.path.parent, settings.kept)
    if words.is_new:
        for path in settings.settings.interpreters:  # located with an earlier version, where that was enough
            words.grant_python(path)
    return words
