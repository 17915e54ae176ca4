"""The files in which a job and a model are written, as text to be read: what is shown is what runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.lab.wire import shelf
from playground.start.command import source_root


@dataclass(frozen=True)
class Source:
    name: str  # of the file, from the project's folder on
    text: str

    def line_of(self, function: str) -> int:
        """Where a function is defined, from 1; the first line where there is none, or none is asked for."""
        if not function:
            return 1
        found = re.search(rf"^(?:async )?def {re.escape(function)}\b", self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


@cache
def of_job(name: str) -> Source:
    return _read("jobs", name)


@cache
def of_model(name: str) -> Source:
    return _read("models", name)


def _read(folder: str, name: str) -> Source:
    if name not in shelf.names(folder):
        raise ValueError(f"{name!r} is not among {folder}; there are: {', '.join(shelf.names(folder))}")
    place = Path("playground") / "lab" / folder / f"{name.replace('-', '_')}.py"
    return Source(place.as_posix(), (source_root() / place).read_text(encoding="utf-8").rstrip("\n"))
