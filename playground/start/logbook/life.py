"""The life of an app, in a file that is there while it lives: when it began, and which recipes run just now. An
orderly end removes it; so one that is left behind by an app that is gone tells of a crash, a kill or a power cut.

The file carries the mark of its app. Two windows therefore never take each other for dead, and of two that start
after a crash only the one that removes the file speaks of it."""

from __future__ import annotations

import contextlib
import threading
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from playground.files.whole_file import OURS, write_whole
from playground.start import app_mark
from playground.start.logbook.writer import Writer

LIFE, LOG, CRASH = "life.json", "app.log", "crash.log"  # each behind the mark of its app
SETTLED_S = 10.0  # an app that ended sooner has a fault that its settings may have to do with


class Life(msgspec.Struct, frozen=True):
    began: str = ""
    settled: bool = False
    early: int = 0  # so many starts before this one ended badly within `SETTLED_S`, one after the other
    running: dict[str, str] = {}  # number of a run → its recipe as TOML, the newest last


class Ended(NamedTuple):
    """How an app ended that did not end properly."""

    life: Life
    logs: tuple[Path, ...]

    @property
    def recipe(self) -> str:
        """The recipe, as TOML, that was started last of those that ran; empty if none did."""
        return next(reversed(self.life.running.values()), "")

    @property
    def early(self) -> int:
        """How many starts in a row have ended like this, each right after it began."""
        return 0 if self.life.settled else self.life.early + 1


class LifeFile:
    """The file of this app. Written by the logbook's thread; whatever hinders that is no matter for the user."""

    def __init__(self, folder: Path, writer: Writer, early: int = 0) -> None:
        self.path = folder / f"{app_mark.mark()}{LIFE}"
        self._writer = writer
        self._lock = threading.Lock()
        self._over = False
        self._life = Life(datetime.now().isoformat(timespec="seconds"), early=early)
        self._change()

    def note_run(self, number: int, recipe: str) -> None:
        self._change(running={**self._life.running, str(number): recipe})

    def note_end(self, number: int) -> None:
        self._change(running={key: one for key, one in self._life.running.items() if key != str(number)})

    def settle(self) -> None:
        """The app has lived for `SETTLED_S`."""
        self._change(settled=True, early=0)

    def end(self) -> None:
        self._over = True
        self._writer.soon(lambda: self.path.unlink(missing_ok=True))

    def _change(self, **fields: object) -> None:
        with self._lock:
            self._life = msgspec.structs.replace(self._life, **fields)
        if not self._over:
            self._writer.soon(self._write)

    def _write(self) -> None:
        with self._lock:
            life = self._life
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, msgspec.json.encode(life), OURS, durable=False)


def ended_badly(folder: Path) -> Ended | None:
    """The app that ended badly last, if nobody has spoken of it yet. All such are taken note of: they are told once."""
    found: list[tuple[float, Ended]] = []
    for path in names(folder, LIFE):
        mark = path.name.removesuffix(LIFE)
        if not app_mark.left_behind(mark):
            continue
        try:
            when, life = path.stat().st_mtime, _read(path)
            path.unlink()
        except OSError:  # another app has just taken it, or nothing can be removed here: then it would be told for ever
            continue
        logs = tuple(one for one in (folder / f"{mark}{CRASH}", folder / f"{mark}{LOG}") if _has_words(one))
        found.append((when, Ended(life, logs)))
    return max(found, key=lambda one: one[0])[1] if found else None


def names(folder: Path, ending: str) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(ending)]
    except OSError:
        return []


def _read(path: Path) -> Life:
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Life)
    return Life(settled=True)  # cut short by a full disk: nothing is known but that the app has ended


def _has_words(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
