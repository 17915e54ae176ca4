"""Values as JSON that every reader accepts: the one encoder of `--json` and of exported runs.

JSON knows no NaN and no infinity. In a figure such a number means "not known", so it becomes null. What workers
returned (the fields in RESULTS) is somebody's value and must stay readable: there it becomes Python's word for it,
"nan", "inf" or "-inf". The text is ASCII, so it passes through any terminal and any pipe; half a surrogate pair is
escaped as Python escapes it, since readers refuse it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

RESULTS = ("result", "answer")
DEEPEST = 200  # nested lists: every reader of JSON has a limit, Python's own too


def written(value: object) -> str:
    return json.dumps(_plain(value, None), indent=2, allow_nan=False)


def _plain(value: object, name: str | None, result: bool = False, depth: int = 0) -> Any:
    """The value, made of what JSON knows; `name` is the field in which it stands."""
    result = result or name in RESULTS
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _whole_signs(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value)) if result else None
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(one, None, result, depth + 1) for one in value]
    return {_whole_signs(str(key)): _plain(one, str(key), result, depth + 1) for key, one in _table(value).items()}


def _table(value: object) -> Mapping[Any, object]:
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _whole_signs(text: str) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode()
