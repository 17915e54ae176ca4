"""The answers of Pythons, kept in the user's cache folder, so that each Python is asked once and not at every start.

An answer holds until one of its files changes: the executable, the `pyvenv.cfg` of its virtual environment, the folders
of its packages. It also ends when the lab's own sources change, as there may be another model then. A cache that cannot
be read, or was written by another version, counts as empty; one that cannot be written only costs time."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from playground.files.own_folders import cache_folder
from playground.files.reachable import is_there
from playground.files.whole_file import OURS, locked, write_whole
from playground.interpreters.asking import Asked
from playground.interpreters.interpreter import Interpreter
from playground.interpreters.places import virtual_environment
from playground.lab.asked.abilities import changed
from playground.lab.wire import added
from playground.start import command

FILE = "interpreters.json"
FORMAT = 1

Stamp = dict[str, int | None]  # file or folder → when it last changed


class Entry(msgspec.Struct, frozen=True):
    interpreter: Interpreter
    files: Stamp
    folders: Stamp

    @property
    def holds(self) -> bool:
        folders = {place: changed(place) for place in self.folders}
        return (self.files, self.folders) == (files(self.interpreter.path), folders)


class Kept(msgspec.Struct, frozen=True):
    format: int
    lab: str
    entries: dict[str, Entry] = {}


class Cache:
    def __init__(self) -> None:
        self.path = usual_path()
        self._lab = lab_mark(command.source_root())
        self._entries = self._read()

    def get(self, path: str) -> Interpreter | None:
        """The kept answer of a Python, if nothing has changed since."""
        entry = self._entries.get(path)
        return entry.interpreter if entry is not None and entry.holds else None

    def all(self) -> list[Interpreter]:
        return [entry.interpreter for entry in self._entries.values() if entry.holds]

    def put(self, asked: Asked) -> None:
        path = asked.interpreter.path
        if asked.lasting:
            self._entries[path] = Entry(asked.interpreter, files(path), asked.folders)
        else:
            self._entries.pop(path, None)

    def save(self) -> None:
        """Write the cache, whole or not at all. What another app has written meanwhile stays; Pythons that are gone are
        left out."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.with_suffix(".lock")):
                entries = {**self._read(), **self._entries}
                there = {path: entry for path, entry in entries.items() if is_there(path)}
                write_whole(self.path, msgspec.json.encode(Kept(FORMAT, self._lab, there)), OURS)

    def _read(self) -> dict[str, Entry]:
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=Kept)
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
            return {}
        return dict(kept.entries) if (kept.format, kept.lab) == (FORMAT, self._lab) else {}


def usual_path() -> Path:
    return cache_folder() / FILE


def files(path: str) -> Stamp:
    """The files that make this another Python when they change. Links are followed: one may point elsewhere some
    day."""
    environment = virtual_environment(Path(path))
    parts = [os.path.realpath(path), *([str(environment / "pyvenv.cfg")] if environment else [])]
    return {part: changed(part) for part in parts}


def lab_mark(sources: Path) -> str:
    """A mark that differs as soon as a file of the lab is changed, added or removed."""
    mark = hashlib.sha256()
    folders = [sources / "playground" / "lab", *map(Path, added.folders("models", "jobs"))]
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            with contextlib.suppress(OSError):  # gone since it was listed
                mark.update(f"{file.relative_to(folder)} {file.stat().st_mtime_ns}\n".encode())
    return mark.hexdigest()
