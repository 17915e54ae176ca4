"""Parts that are updated one after another, each apart: what goes wrong in one is reported (ui/loop/defects.py), and
the others still have their turn. Works in any thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Back = TypeVar("Back")


def apart(part: Callable[Given, Back], *given: Given.args, **named: Given.kwargs) -> Back | None:
    try:
        return part(*given, **named)
    except Exception as problem:
        sys.excepthook(type(problem), problem, problem.__traceback__)
        return None
