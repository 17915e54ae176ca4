"""Which code may run without a question: what the user typed, the examples, and what the user said yes to (kept in
`playground.run.trust`, with the word for Pythons). Anything else came from elsewhere, and is looked at first."""

from __future__ import annotations

import re

from playground.files import visible
from playground.recipe import own_code
from playground.run.trust import Trust, fingerprint
from ui.settings.settings_file import SettingsFile

FAR = 120  # columns
FAR_OFF = re.compile(r"\S\s{40,}\S|\s{80,}\S")


def unseen(text: str) -> str:
    """What whoever looks at a text may not see of it, in words; empty where all is plain to see."""
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
        return any(text == one.text for one in own_code.EXAMPLES)

    def grant(self, text: str) -> None:
        """The user's word, for exactly this text."""
        self.words.grant_code(text)

    def note_typed(self, text: str) -> None:
        """The text in the editor, all of which the user knows. The next one takes its place."""
        self._settings.change(typed_code=fingerprint(text))


def words_beside(settings: SettingsFile) -> Trust:
    """The words of the user whose settings these are."""
    words = Trust(settings.path.parent, settings.kept)
    if words.is_new:
        for path in settings.settings.interpreters:  # pointed at when that was word enough
            words.grant_python(path)
    return words
