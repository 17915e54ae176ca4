"""Plain values as TOML. Reading it is in the standard library, writing is not; this is all that recipes and settings
need of it: numbers, words, truth, lists and tables."""

from __future__ import annotations

import json
from typing import Any


def written(table: dict[str, Any]) -> str:
    """TOML text; what is None is left out."""
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: dict[str, Any], path: str) -> list[str]:
    lines = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if v is not None and not isinstance(v, dict)]
    for name, inner in table.items():
        if isinstance(inner, dict):
            full = f"{path}.{_key(name)}" if path else _key(name)
            lines += ["", f"[{full}]", *_lines(inner, full)]
    return lines


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's strings are TOML's, but for DEL, which TOML wants escaped, and surrogates, which it does not know.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{value!r} has no place in a TOML file of ours")
