"""What a figure is: a field of a frozen record with a title, a unit and a meaning. The field is listed, written as JSON
and shown under one name: `cores_used`, `gil.handoffs_per_s`. A field without a meaning is no figure: it is only for
views of a live run."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

SINGLE = (bool, int, float, str, NoneType, msgspec.UnsetType)


class Meaning(NamedTuple):
    name: str
    title: str
    unit: str
    meaning: str
    short: str  # the title where there is little room
    single: bool  # one number or word for a run; else a record, or several


def means(title: str, unit: str, meaning: str, short: str = "") -> msgspec.Meta:
    return msgspec.Meta(title=title, description=meaning, extra={"unit": unit, "short": short or title})


@functools.cache
def meanings_of(kind: type[msgspec.Struct]) -> dict[str, Meaning]:
    """All figures of a kind of record by name, with those of the records within it."""
    return {one.name: one for one in _listed(kind)}


def _listed(kind: type[msgspec.Struct], prefix: str = "", single: bool = True) -> Iterator[Meaning]:
    for field, (meta, hint) in _figures(kind).items():
        name, extra = prefix + field, meta.extra or {}
        inner, parts = _record_in(hint), get_args(hint) or (hint,)
        alone = single and get_origin(hint) in (None, UnionType)  # and not several of them
        one = alone and all(part in SINGLE for part in parts)
        yield Meaning(name, meta.title or "", extra["unit"], meta.description or "", extra["short"], one)
        if inner is not None:
            yield from _listed(inner, f"{name}.", alone)


def value_of(record: Any, name: str) -> Any:
    """The value of a figure; None if the record that it is part of is missing. For a figure of a sequence of records, a
    list."""
    field, _, rest = name.partition(".")
    if record is None:
        return None
    if isinstance(record, Sequence):
        return [value_of(one, name) for one in record]
    kind: type[msgspec.Struct] = type(record)
    if field not in _figures(kind):
        raise KeyError(f"there is no figure {name!r}")
    value = getattr(record, field)
    return value_of(value, rest) if rest else value


def as_json(record: msgspec.Struct) -> dict[str, Any]:
    """Every figure of a record under its own name, except those that were not asked for (UNSET)."""
    values = {name: getattr(record, name) for name in _figures(type(record))}
    return {name: _plain(value) for name, value in values.items() if value is not msgspec.UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct) and _figures(type(value)):
        return as_json(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


@functools.cache
def _figures(kind: type) -> dict[str, tuple[msgspec.Meta, Any]]:
    """Field → its title, unit and meaning, and its type."""
    found, fields = {}, getattr(kind, "__struct_fields__", ())
    hints = get_type_hints(kind, include_extras=True) if fields else {}
    for name in fields:
        hint = hints[name]
        metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
        if get_origin(hint) is Annotated and metas:
            found[name] = metas[0], get_args(hint)[0]
    return found


def _record_in(hint: Any) -> type[msgspec.Struct] | None:
    kinds = (one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return next(filter(_figures, kinds), None)
