"""Which keys each command has: the usual ones, but for what the user has changed.

Only commands whose keys differ are kept, so a usual key that changes in a later version reaches everybody else. A key
that the user has given to a command is no longer a usual key of another; it is again when the user takes it away. Of
two commands with one key, as two windows may bring about, the first has it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

from ui.kit.reserved_keys import MODIFIERS, reserved

Keys = Mapping[str, tuple[str, ...]]  # of each command, as Qt writes them on every platform
Own = dict[str, tuple[str, ...]]


def written(text: str) -> str:
    """A key as it is kept; empty if no single key is meant."""
    sequence = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return ""
    whole = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    key = "+" if whole == "+" or whole.endswith("++") else whole.rpartition("+")[2]
    return whole if key and key not in MODIFIERS else ""


class Bindings:
    """`usual` has every command, in order; `own` what the user has changed. Each change gives a new `own`."""

    def __init__(self, usual: Keys, own: Keys) -> None:
        self.usual = {name: tuple(map(written, keys)) for name, keys in usual.items()}
        self.problems: list[str] = []  # the command and the word of each key that means nothing
        self.own: Own = {}
        for name, keys in own.items():
            if name in self.usual:  # others are of a newer version
                self._read(name, keys)
        self._keys = self._resolved()

    def _read(self, name: str, keys: tuple[str, ...]) -> None:
        wrong = [key for key in keys if not written(key) or reserved(written(key))]
        if wrong:
            self.problems += [f"{name}: {key!r}" for key in wrong]
            return  # the usual ones are better than some
        self.own[name] = tuple(dict.fromkeys(map(written, keys)))

    def _resolved(self) -> dict[str, tuple[str, ...]]:
        taken: dict[str, str] = {}
        for name in self.usual:
            for key in self.own.get(name, ()):
                taken.setdefault(key, name)
        return {
            name: tuple(key for key in self.own.get(name, usual) if taken.get(key, name) == name)
            for name, usual in self.usual.items()
        }

    def of(self, name: str) -> tuple[str, ...]:
        return self._keys[name]

    def all(self) -> Keys:
        return self._keys

    def holder(self, key: str) -> str | None:
        """The command that has this key."""
        return next((name for name, keys in self._keys.items() if key in keys), None)

    def differs(self, name: str) -> bool:
        return self._keys[name] != self.usual[name]

    def with_key(self, name: str, key: str) -> Own:
        """The command has this key too, and nobody else."""
        return self._tidy(self._without(key) | {name: (*(one for one in self.of(name) if one != key), key)})

    def without_key(self, name: str, key: str) -> Own:
        return self._tidy(self.own | {name: tuple(one for one in self.of(name) if one != key)})

    def reset(self, name: str) -> Own:
        """The command has its usual keys again, whoever has them now."""
        own = dict(self.own)
        for key in self.usual[name]:
            own = {other: tuple(one for one in keys if one != key) for other, keys in own.items()}
        own.pop(name, None)
        return self._tidy(own)

    def _without(self, key: str) -> Own:
        return {name: tuple(one for one in keys if one != key) for name, keys in self.own.items()}

    def _tidy(self, own: Own) -> Own:
        """Without what says the usual thing. A command that only lacks what others have been given says nothing."""
        given = {key for keys in own.values() for key in keys}
        return {
            name: keys
            for name, keys in own.items()
            if keys != tuple(key for key in self.usual[name] if key in keys or key not in given)
        }
