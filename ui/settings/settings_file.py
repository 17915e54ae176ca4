"""The file of the settings: TOML, in the user's config folder.

There is one owner, `SettingsFile`: everything else goes through it. Other windows write the same file: each reads
it again before it writes, and puts in only what it has changed (settings_merge.py). A file that cannot be read is set
aside as `.broken-N`, never overwritten; where nothing can be written, settings last until the app ends; `message` says
so."""

from __future__ import annotations

import errno
import itertools
import logging
import os
import stat
import threading
from pathlib import Path
from typing import Any

import msgspec

from playground.files import toml_text
from playground.files.own_folders import config_folder
from playground.files.reachable import is_folder, is_there
from playground.files.whole_file import OURS, locked, write_whole
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.run.faults import described
from playground.start import app_mark
from ui.settings.settings import Settings
from ui.settings.settings_merge import key_of, merged, taken_over

FILE = "settings.toml"
LOCK = ".settings.lock"

MOST_BYTES = 64_000_000
MOST_OF_REASON = 120  # letters
# What reading TOML raises. Numbers of thousands of digits and deep nesting are no DecodeError.
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError)

_windows = itertools.count(1)

log = logging.getLogger(__name__)


class SettingsFile:
    """The one owner of the settings. A thread writes them: a disk may be slow, and no frame waits for it."""

    def __init__(self, folder: Path | None = None, kept: bool = True, safe: bool = False) -> None:
        """Not `kept`: the user's theme and else the defaults; no file is touched, and all is forgotten at the end.
        `safe`: nothing else that was kept or found on this computer counts either."""
        self.path = (folder or config_folder()) / FILE
        self.message: str | None = None  # what went wrong, in words for the user
        self._mark = f"{app_mark.mark()}{next(_windows)}"
        self.kept = self._may_write = kept
        self.safe = safe
        self._lock = threading.Lock()
        self._unwritten: set[str] = set()  # names of fields
        self._closing = False
        self._writer: threading.Thread | None = None
        self._settings = self._base = self._read() if kept else Settings(theme=_theme_in(self.path))
        if kept:
            self._look_at_folder()

    @property
    def settings(self) -> Settings:
        return self._settings

    def change(self, **fields: Any) -> Settings:
        """Changes some fields; soon they are on disk too, where that is possible."""
        with self._lock:
            before, self._settings = self._settings, msgspec.structs.replace(self._settings, **fields)
            self._unwritten |= {name for name in fields if getattr(before, name) != getattr(self._settings, name)}
        self._write_soon()
        return self._settings

    def left_behind(self) -> dict[str, str]:
        """Code of closed windows, which another window has pushed out of the file."""
        others = self._settings.codes_aside.items()
        return {key: text for key, text in others if text != self._settings.code and not app_mark.lives(key)}

    def put_by(self, text: str, newer: str = "") -> None:
        """Keeps a text besides `code_aside`, unless that is to be the same or there is none."""
        if text.strip() and text != newer:
            self.change(codes_aside={**self._settings.codes_aside, key_of(text): text})

    def forget_left_behind(self, key: str) -> None:
        others = {name: text for name, text in self._settings.codes_aside.items() if name != key}
        self.change(codes_aside=others)

    def close(self) -> None:
        """The text in the editor is nobody's any more: the next window goes on with it."""
        with self._lock:
            self._closing = self._may_write and (self._writer is not None or is_there(self.path))
        self._write_soon()
        self.wait_until_written()

    def wait_until_written(self) -> None:
        writer = self._writer
        if writer is not None:
            writer.join()

    def _read(self) -> Settings:
        try:
            text = _bytes_of(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return Settings()
        except OSError as problem:
            # A file that cannot be read must not be overwritten either.
            self._may_write = False
            self._say(f"The settings in {self.path} cannot be read: {problem.strerror}. Defaults are used.", problem)
            return Settings()
        try:
            return _that_can_run(msgspec.structs.replace(msgspec.toml.decode(text, type=Settings), code_by=""))
        except UNREADABLE as problem:
            self._set_aside(problem)
            return Settings()

    def _set_aside(self, problem: Exception) -> None:
        number = 1
        while (aside := self.path.with_name(f"{FILE}.broken-{number}")).exists():
            number += 1
        try:
            self.path.rename(aside)
        except OSError as hindrance:
            self._may_write = False
            self._say(f"The settings in {self.path} are not right and cannot be moved aside.", hindrance)
            return
        why = described(problem).split(": ", 1)[-1][:MOST_OF_REASON]
        self._say(f"The settings were not right ({why}); defaults are used. The old file is kept as {aside}.", problem)

    def _look_at_folder(self) -> None:
        """Says at the start, not at the first change, that nothing can be kept here."""
        folder = next(folder for folder in self.path.parents if is_there(folder))
        if self._may_write and not (is_folder(folder) and os.access(folder, os.W_OK | os.X_OK)):
            self._may_write = False
            self._say(f"Settings cannot be kept in {self.path.parent}; they last until you close this window.", None)

    def _write_soon(self) -> None:
        with self._lock:
            if not self._may_write:
                self._unwritten.clear()
            if (self._unwritten or self._closing) and self._writer is None:
                # Not a daemon: the interpreter waits for it at the end.
                self._writer = threading.Thread(target=self._write, name="settings")
                self._writer.start()

    def _write(self) -> None:
        failed: set[str] = set()  # fields that are tried again with the next change
        while True:
            with self._lock:
                fields, self._unwritten = self._unwritten | failed, set()
                closing, self._closing = self._closing, False
                mine = self._settings
                if fields == failed and not closing:
                    self._unwritten, self._writer = failed, None
                    return
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with locked(self.path.with_name(LOCK)):
                    written = self._bring_together(mine, fields, closing)
                failed = set()
            except OSError as problem:
                failed = fields
                self._say(f"Settings cannot be kept in {self.path.parent}: {problem.strerror}.", problem)
            except UnicodeEncodeError as problem:
                failed = fields
                self._say(f"Settings cannot be kept: {str(problem)[:80]}.", problem)
            except Exception as problem:  # if this thread died, nothing would ever be kept again
                failed = fields
                self._say(f"Settings cannot be kept: {described(problem)[:80]}.", problem)
            else:
                with self._lock:
                    self._settings = taken_over(mine, written, self._settings)
                    self._base = taken_over(mine, written, mine)

    def _bring_together(self, mine: Settings, fields: set[str], closing: bool) -> Settings:
        """Merges what this window has changed into what the file holds now, and writes it. Returns the whole."""
        unknown, theirs = self._in_file()
        whole = merged(
            self._base,
            msgspec.structs.replace(mine, code_by=self._mark),
            mine if theirs is None else theirs,
            fields,
            theirs is not None and app_mark.lives(theirs.code_by),
        )
        if closing and whole.code_by == self._mark:
            whole = msgspec.structs.replace(whole, code_by="")
        table = unknown | msgspec.to_builtins(whole)
        write_whole(self.path, toml_text.written(table).encode(), OURS)
        return whole

    def _in_file(self) -> tuple[dict[str, Any], Settings | None]:
        """The fields of a newer version, and the settings; None for these where they cannot be read."""
        try:
            table = msgspec.toml.decode(_bytes_of(self.path))
            theirs = msgspec.convert(table, Settings)
        except FileNotFoundError:
            return {}, None
        except UNREADABLE as problem:  # it could be read when this window began
            self._set_aside(problem)
            return {}, None
        return {name: value for name, value in table.items() if _is_unknown(name, value)}, theirs

    def _say(self, words: str, problem: Exception | None) -> None:
        if words != self.message:
            log.info("%s (%r)", words, problem)
        self.message = words


def _bytes_of(path: Path) -> bytes:
    """What the file holds. Not of a pipe or a device, which may never end, nor of what settings can never be."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    if found.st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, "it is too large")
    return path.read_bytes()


def _theme_in(path: Path) -> str:
    try:
        return msgspec.toml.decode(_bytes_of(path), type=Settings).theme
    except (OSError, *UNREADABLE):
        return Settings().theme


def _is_unknown(name: str, value: object) -> bool:
    """Is it a field of a newer version that can be written back?"""
    if name in Settings.__struct_fields__:
        return False
    try:
        toml_text.written({name: value})
    except TypeError:
        return False
    return True


def _that_can_run(settings: Settings) -> Settings:
    """Replaces a recipe that cannot run any more, its job or model being gone: no reason to lose the rest."""
    try:
        checked(settings.recipe)
    except BadRecipe as problem:
        if problem.field == "code":  # users want to find their half-typed code again
            return settings
        log.info("the last recipe cannot be run any more: %s", problem)
        return msgspec.structs.replace(settings, recipe=Recipe())
    return settings
