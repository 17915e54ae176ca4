"""Merges what two windows have changed: each adds its changes to what the other has written.

Settings that this window has changed are as it says; all others are as in the file. Lists (recent files, Pythons,
fingerprints) are sets with an order: what either window has added is in, what either has taken out is out. Keys are
merged command by command.

Recipe and editor are those of the window that wrote last. The other window's text is put by (`codes_aside`), and
offered at a start after that window has closed."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from msgspec.structs import asdict, replace

from playground.run.trust import fingerprint
from ui.settings.settings import Settings

OF_A_WINDOW = ("recipe", "code", "code_file", "typed_code", "code_by")
NEWEST_FIRST = ("recent", "chosen_lately")
MOST_ASIDE = 5  # texts put by, the newest


def merged(base: Settings, mine: Settings, theirs: Settings, fields: Set[str], others_open: bool) -> Settings:
    """`base` is what this window last read or wrote, `fields` names what it has changed since, `theirs` is what the
    file holds. `others_open`: is the window that the code in the file belongs to still open?"""
    changed: dict[str, Any] = {name: getattr(mine, name) for name in fields}
    for name in fields:
        if isinstance(getattr(mine, name), tuple):
            changed[name] = united(getattr(base, name), getattr(mine, name), getattr(theirs, name), name)
    changed["keys"] = entries(base.keys, mine.keys, theirs.keys)
    changed["codes_aside"] = aside = _together(base.codes_aside, mine.codes_aside, theirs.codes_aside)
    if not fields.isdisjoint(OF_A_WINDOW):
        changed |= {name: getattr(mine, name) for name in OF_A_WINDOW}
        aside.pop(mine.code_by, None)  # this window's code is in the editor again
        if _is_lost(base, mine, theirs, others_open):
            _put_by(aside, theirs.code_by or key_of(theirs.code), theirs.code)
            if theirs.typed_code == fingerprint(theirs.code):  # the code stays the user's own
                trusted = changed.get("trusted_code", theirs.trusted_code)
                changed["trusted_code"] = (*(one for one in trusted if one != theirs.typed_code), theirs.typed_code)
    if "code_aside" in fields and theirs.code_aside.strip() and theirs.code_aside not in (base.code_aside, mine.code):
        _put_by(aside, key_of(theirs.code_aside), theirs.code_aside)
    return replace(theirs, **changed)


def united(base: tuple[Any, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...], name: str = "") -> tuple[Any, ...]:
    """Makes one list. What only the other window has comes last in lists with the newest first, else first."""
    new = tuple(one for one in theirs if one not in mine and one not in base)
    kept = tuple(one for one in mine if one in theirs or one not in base)
    return (*kept, *new) if name in NEWEST_FIRST else (*new, *kept)


def entries(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Entry by entry: those that this window has changed are as it says, all others as the other has written them."""
    changed = {name for name in base.keys() | mine.keys() if base.get(name) != mine.get(name)}
    whole = {name: mine.get(name) if name in changed else theirs.get(name) for name in [*theirs, *mine]}
    return {name: value for name, value in whole.items() if value is not None}


def taken_over(before: Settings, written: Settings, now: Settings) -> Settings:
    """This window's settings once `written` is in the file: as now, but with the lists and keys of both windows."""
    fields = asdict(before)
    lists: dict[str, Any] = {
        name: united(fields[name], getattr(now, name), getattr(written, name), name)
        for name in fields
        if isinstance(fields[name], tuple)
    }
    lists["keys"] = entries(before.keys, now.keys, written.keys)
    return replace(now, **lists, codes_aside=_together(before.codes_aside, now.codes_aside, written.codes_aside))


def _together(base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]) -> dict[str, str]:
    gone, new = base.keys() - mine.keys(), mine.keys() - base.keys() - theirs.keys()
    both = {key: text for key, text in theirs.items() if key not in gone}
    return dict([*both.items(), *((key, mine[key]) for key in mine if key in new)][-MOST_ASIDE:])


def _is_lost(base: Settings, mine: Settings, theirs: Settings, others_open: bool) -> bool:
    """Would a text that another window shows, or has left behind, be lost?"""
    if theirs.code_by == mine.code_by or not theirs.code.strip():
        return False
    # An open window's text is put by even where this window shows the same: at its next change it may not.
    return others_open or theirs.code not in (base.code, mine.code)


def key_of(text: str) -> str:
    """The name of a text that is put by, and that belongs to no window which is open."""
    return fingerprint(text)[:12]


def _put_by(aside: dict[str, str], key: str, text: str) -> None:
    aside.pop(key, None)
    aside[key] = text
    for oldest in list(aside)[:-MOST_ASIDE]:
        del aside[oldest]
