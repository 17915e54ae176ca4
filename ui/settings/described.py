"""How the settings describe themselves. Beside each field of `Settings` stands either what a person is shown of it
(title, meaning, group, choices) or that it is the app's own memory. The settings panel is made of this alone, so a new
setting is one line; a field with neither is refused by a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, get_origin, get_type_hints

import msgspec

Kind = Literal["switch", "choice", "list"]
MARK = "described"  # the key in `msgspec.Meta.extra`


class Option(NamedTuple):
    value: str | int | float
    title: str
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """What a person is shown of a setting."""

    title: str
    meaning: str
    group: str
    choices: tuple[Option, ...] = ()
    empty: str = ""  # for a list: the words where nothing is in it


@dataclass(frozen=True)
class Described:
    name: str
    shown: Shown
    kind: Kind
    default: Any

    def matches(self, typed: str) -> bool:
        told = f"{self.shown.title} {self.shown.meaning} {self.shown.group}"
        text = " ".join((told, *(one.title for one in self.shown.choices))).casefold()
        return all(word in text for word in typed.casefold().split())


def shown(title: str, meaning: str, group: str, choices: tuple[Option, ...] = (), *, empty: str = "") -> msgspec.Meta:
    return msgspec.Meta(extra={MARK: Shown(title, meaning, group, choices, empty)})


MEMORY = msgspec.Meta(extra={MARK: "memory"})  # what the app remembers by itself
KEYS = msgspec.Meta(extra={MARK: "keys"})  # has a page of its own


def mark_of(hint: Any) -> Shown | str | None:
    found = [one.extra[MARK] for one in getattr(hint, "__metadata__", ()) if one.extra and MARK in one.extra]
    return found[0] if len(found) == 1 else None


@cache
def described(record: type[msgspec.Struct]) -> tuple[Described, ...]:
    """The settings that a person may change, in the order in which they are shown."""
    return tuple(_described(record))


def _described(record: type[msgspec.Struct]) -> Iterator[Described]:
    defaults = record()
    for name, hint in get_type_hints(record, include_extras=True).items():
        mark = mark_of(hint)
        if isinstance(mark, Shown):
            yield Described(name, mark, _kind(name, hint.__origin__, mark), getattr(defaults, name))


def _kind(name: str, of: Any, mark: Shown) -> Kind:
    if mark.choices:
        return "choice"
    if of is bool:
        return "switch"
    if get_origin(of) is tuple:
        return "list"
    raise TypeError(f"{name}: nothing shows a setting that is {of} and has no choices")
