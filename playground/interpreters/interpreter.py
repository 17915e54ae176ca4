"""Interpreter: a Python of this machine, with what it can do in a lab, or why it cannot be one."""

from __future__ import annotations

import importlib
import platform
import re
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playground import catalogue
from playground.interpreters.facts import InterpreterFacts
from playground.lab.asked import abilities


@dataclass(frozen=True)
class Interpreter:
    path: str  # of its executable; empty for the Python that runs the app
    available: bool
    why: str | None
    facts: InterpreterFacts
    models: Mapping[str, str | None] = field(default_factory=dict)  # each with the reason why it cannot run, or None
    packages: Mapping[str, str] = field(default_factory=dict)  # the optional packages that it has, with their versions

    @property
    def executable(self) -> str:
        return self.path or sys.executable

    @property
    def title(self) -> str:
        return self.facts.short if self.facts.version else Path(self.path).name

    @property
    def note(self) -> str:
        if not self.available:
            return self.why or "unavailable"
        if not self.facts.gil_enabled:
            return "no GIL"
        return "GIL, can be off" if self.facts.free_threaded else "GIL"

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", self.facts.version)[:3])


def own() -> Interpreter:
    """The Python that runs the app."""
    facts = InterpreterFacts(
        path=sys.executable,
        version=platform.python_version(),
        implementation=platform.python_implementation(),
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        gil_enabled=getattr(sys, "_is_gil_enabled", lambda: True)(),
    )
    models = {entry.name: entry.why for entry in reversed(catalogue.models())}  # of two of a name the first counts
    return Interpreter("", True, None, facts, models, abilities.packages())


def own_anew() -> Interpreter:
    """As `own`, after something was installed."""
    importlib.invalidate_caches()
    catalogue.models.cache_clear()
    return own()


def in_order(found: Iterable[Interpreter]) -> list[Interpreter]:
    """This Python first, then the others, newest first; unavailable ones last."""
    return sorted(found, key=lambda one: (one.path == "", one.available, one.number), reverse=True)
