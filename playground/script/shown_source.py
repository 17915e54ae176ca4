"""The source files of jobs and models as text to be read: what is shown is what runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.lab.wire import shelf
from playground.lab.wire.declaration import Job, Model
from playground.start.command import source_root


@dataclass(frozen=True)
class Source:
    name: str  # the file's path, relative to the project's folder if it is in there
    text: str

    def line_of(self, function: str) -> int:
        """The line, from 1, where a function is defined; 1 if there is no such function or `function` is empty."""
        if not function:
            return 1
        found = re.search(rf"^(?:async )?def {re.escape(function)}\b", self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


@cache
def of_job(name: str) -> Source:
    return _read(Job, name)


@cache
def of_model(name: str) -> Source:
    return _read(Model, name)


def _read(kind: type[Model | Job], name: str) -> Source:
    file = file_of(kind, name)
    root = source_root()
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return Source(shown.as_posix(), file.read_text(encoding="utf-8").rstrip("\n"))


def file_of(kind: type[Model | Job], name: str) -> Path:
    """The file of a job or model. For the app's own, the file among the sources, which a frozen app has apart from its
    modules."""
    files = {known: Path(file) for known, file in reversed([*shelf.places(kind)])}
    if name not in files:
        raise ValueError(f"{name!r} is no {kind.__name__.lower()}; there are: {', '.join(files)}")
    within = source_root() / "playground" / "lab" / files[name].parent.name / files[name].name
    return within if within.exists() else files[name]
