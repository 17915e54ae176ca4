"""What the user has allowed to run, as a setting: it can be taken back, one by one or all, and that can be undone.
`playground.run.trust` keeps it, for window and command line."""

from __future__ import annotations

from typing import Annotated

import msgspec

from playground.run.trust import Trust, Words
from ui.settings.described import shown
from ui.settings.settings import RUNS

CODE = "code "  # before a fingerprint

ALLOWED = shown(
    "Allowed without asking",
    "Code and Pythons from elsewhere that you have said yes to. Without it you are asked again.",
    RUNS,
    empty="Nothing from elsewhere.",
)


class Allowed(msgspec.Struct, frozen=True):
    allowed: Annotated[tuple[str, ...], ALLOWED] = ()


class AllowedWords:
    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._contents: dict[str, str] = {}  # of Pythons that were seen here, to bring them back

    def now(self) -> Allowed:
        words = self._trust.allowed()
        self._contents |= words.pythons
        return Allowed((*(CODE + one for one in words.code), *words.pythons))

    def keep(self, entries: tuple[str, ...]) -> None:
        """Takes back what is not among the entries. What another window has allowed meanwhile stays."""
        seen = self.now().allowed
        gone = set(seen) - set(entries)
        back = [one for one in entries if one not in seen]
        code = tuple(one.removeprefix(CODE) for one in back if one.startswith(CODE))
        pythons = {one: self._contents[one] for one in back if one in self._contents}

        def changed(words: Words) -> Words:
            kept = tuple(one for one in words.code if CODE + one not in gone)
            others = {path: content for path, content in words.pythons.items() if path not in gone}
            return Words((*kept, *code), others | pythons)

        self._trust.change_allowed(changed)
