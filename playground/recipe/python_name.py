"""The names that a recipe may give a Python: a short name such as `3.13`, `3.13t` (free-threaded) or `pypy3.9`, or the
path of its program. Read from the text alone; `interpreters` finds the Python of this machine that has the name."""

from __future__ import annotations

import os
import re
from pathlib import Path

NAME = re.compile(r"(?P<kind>[a-z]*?)(?P<number>\d+(\.\d+)*)?(?P<free>t?)", re.IGNORECASE)
KINDS = {"": "CPython", "python": "CPython", "cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}


def is_name(text: str) -> bool:
    """Is it a short name, rather than the path of a Python?"""
    match = NAME.fullmatch(text)
    return bool(match and match["kind"].lower() in KINDS and (match["kind"] or match["number"]))


def number_in(text: str) -> tuple[int, ...]:
    """The version in a short name, or in the name of the file that a path leads to; empty if there is none."""
    name = text if is_name(text) else Path(os.path.realpath(text)).name.removesuffix(".exe")
    match = NAME.fullmatch(name)
    return tuple(int(part) for part in (match["number"] or "").split(".") if part) if match else ()
