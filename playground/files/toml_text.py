"""Plain values as TOML. The standard library reads TOML but does not write it; this writes what recipes and settings
need: numbers, words, truth values, lists and tables. Text of several lines, such as code, keeps its lines."""

from __future__ import annotations

import json
import re
from typing import Any

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # TOML wants these escaped; a carriage return too, or it would be lost
CLOSING = re.compile(r'(?<=")"|"\Z')  # quotes to escape: no two may stand side by side, none at the end


def written(table: dict[str, Any]) -> str:
    """The table as TOML text, without the values that are None."""
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: dict[str, Any], path: str) -> list[str]:
    lines = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if v is not None and not isinstance(v, dict)]
    for name, inner in table.items():
        if isinstance(inner, dict):
            full = f"{path}.{_key(name)}" if path else _key(name)
            lines += ["", f"[{full}]", *_lines(inner, full)]
    return lines


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _one_line(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _several_lines(value) if "\n" in value else _one_line(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{value!r} has no place in a TOML file of ours")


def _one_line(text: str) -> str:
    # A JSON string is a TOML string, except for DEL, which TOML wants escaped, and surrogates, which TOML lacks.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _several_lines(text: str) -> str:
    """The text between three single quotes, unchanged, if possible; else between double quotes, with escapes."""
    if "'''" not in text and not text.endswith("'") and not UNSEEN.search(text):
        return f"'''\n{text}'''"
    escaped = CLOSING.sub(r'\\"', text.replace("\\", "\\\\"))
    return '"""\n' + UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"""'
