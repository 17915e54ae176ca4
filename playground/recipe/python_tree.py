"""Python text as a tree. CPython 3.11 counts the depth of all trees that are being made in one place, and raises a
SystemError where two threads make one each. So they take turns here; and as the standard library makes trees too (for
marks in a traceback), it is tried again."""

from __future__ import annotations

import ast
import threading

TRIES = 10
_turn = threading.Lock()


def tree_of(text: str, file: str = "<unknown>") -> ast.Module:
    """As `ast.parse`, from any thread."""
    for _ in range(TRIES - 1):
        try:
            with _turn:
                return ast.parse(text, file)
        except SystemError:
            continue
    return ast.parse(text, file)
