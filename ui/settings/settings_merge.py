"""What two windows have changed, brought together: what each of them writes is added to what the other has written.

A setting that this window has changed is as it says; all others are as they stand in the file. Lists (recent files,
Pythons, fingerprints) are sets with an order: what either window has added is in, what either took out is out.

Recipe and editor belong to one window. Who writes last has them; the other window's text is put by (`codes_aside`),
from where it is offered at a start after that window has closed."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from msgspec.structs import asdict, replace

from playground.run.trust import fingerprint
from ui.settings.settings import Settings

OF_A_WINDOW = ("recipe", "code", "code_file", "typed_code", "code_by")
NEWEST_FIRST = ("recent",)
MOST_ASIDE = 5  # the newest


def merged(base: Settings, mine: Settings, theirs: Settings, fields: Set[str], others_open: bool) -> Settings:
    """`base` is what this window has last read or written, `fields` what it has changed since, `theirs` what stands in
    the file. `others_open`: is the window still open that the code in the file belongs to?"""
    changed: dict[str, Any] = {name: getattr(mine, name) for name in fields}
    for name in fields:
        if isinstance(getattr(mine, name), tuple):
            changed[name] = united(getattr(base, name), getattr(mine, name), getattr(theirs, name), name)
    changed["codes_aside"] = aside = _together(base.codes_aside, mine.codes_aside, theirs.codes_aside)
    if not fields.isdisjoint(OF_A_WINDOW):
        changed |= {name: getattr(mine, name) for name in OF_A_WINDOW}
        aside.pop(mine.code_by, None)  # it is in the editor again
        if _is_lost(base, mine, theirs, others_open):
            _put_by(aside, theirs.code_by or fingerprint(theirs.code)[:12], theirs.code)
            if theirs.typed_code == fingerprint(theirs.code):  # it stays the user's own
                trusted = changed.get("trusted_code", theirs.trusted_code)
                changed["trusted_code"] = (*(one for one in trusted if one != theirs.typed_code), theirs.typed_code)
    if "code_aside" in fields and theirs.code_aside.strip() and theirs.code_aside not in (base.code_aside, mine.code):
        _put_by(aside, fingerprint(theirs.code_aside)[:12], theirs.code_aside)
    return replace(theirs, **changed)


def united(base: tuple[Any, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...], name: str = "") -> tuple[Any, ...]:
    """What only the other window has comes behind what this one has, where the newest is the first; else before it."""
    new = tuple(one for one in theirs if one not in mine and one not in base)
    kept = tuple(one for one in mine if one in theirs or one not in base)
    return (*kept, *new) if name in NEWEST_FIRST else (*new, *kept)


def taken_over(before: Settings, written: Settings, now: Settings) -> Settings:
    """This window's settings once `written` is in the file, `before` being what it wrote: with the lists of both."""
    fields = asdict(before)
    lists = {
        name: united(fields[name], getattr(now, name), getattr(written, name), name)
        for name in fields
        if isinstance(fields[name], tuple)
    }
    return replace(now, **lists, codes_aside=_together(before.codes_aside, now.codes_aside, written.codes_aside))


def _together(base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]) -> dict[str, str]:
    gone = base.keys() - mine.keys()
    return {key: text for key, text in theirs.items() if key not in gone}


def _is_lost(base: Settings, mine: Settings, theirs: Settings, others_open: bool) -> bool:
    """Would a text that another window shows, or has left, be nowhere any more?"""
    if theirs.code_by == mine.code_by or not theirs.code.strip():
        return False
    # An open window's is put by even where this one shows the same: it may show another one at its next change.
    return others_open or theirs.code not in (base.code, mine.code)


def _put_by(aside: dict[str, str], key: str, text: str) -> None:
    aside.pop(key, None)
    aside[key] = text
    for oldest in list(aside)[:-MOST_ASIDE]:
        del aside[oldest]
