"""Settings: what the app remembers from one start to the next, in a TOML file of the user's config folder.

There is one owner, `SettingsFile`: everything else asks it and tells it. A file that cannot be read is set aside as
`.broken-N`, never overwritten; where nothing can be written, settings last until the app ends; `message` says so."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from pathlib import Path
from typing import Annotated, Any

import msgspec
import platformdirs

from playground import toml_text
from playground.recipe import BadRecipe, Recipe, checked

FILE = "settings.toml"
APP = "concurrency-playground"

log = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True):
    """Unknown fields are let be: a newer version may have written them."""

    theme: str = "system"
    frame_rate: Annotated[int, msgspec.Meta(ge=1, le=240)] = 60
    window_place: str = ""  # screen, place, size and whether it is maximised, as Qt writes them, in base64
    right_width: Annotated[int, msgspec.Meta(ge=0, le=4_000)] = 400
    right_open: bool = True
    tab: str = "tasks"
    tabs_tall: bool = False  # the tabs have the whole right column
    runs_open: bool = True
    lens_open: bool = True
    time_window_s: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 10.0
    interpreters: tuple[str, ...] = ()  # those that the user has pointed at
    freeze_allowed: bool = False  # the user was asked once, and said yes
    recent: tuple[str, ...] = ()  # files that were opened or saved, the newest first
    code: str = ""  # in the editor
    code_file: str = ""  # where that is kept
    code_aside: str = ""  # the user's own, while the editor holds what came from elsewhere
    typed_code: str = ""  # fingerprint of the code that the user typed last
    trusted_code: tuple[str, ...] = ()  # fingerprints of what else may run without a question
    recipe: Recipe = msgspec.field(default_factory=Recipe)


class SettingsFile:
    """The one owner of the settings. Writing is done beside the UI: a disk may take long, and no frame waits for it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or Path(platformdirs.user_config_dir(APP, appauthor=False))) / FILE
        self.message: str | None = None  # what went wrong, in words for the user
        self._may_write = True
        self._lock = threading.Lock()
        self._unwritten: Settings | None = None
        self._writer: threading.Thread | None = None
        self._settings = self._read()
        self._look_at_folder()

    @property
    def settings(self) -> Settings:
        return self._settings

    def change(self, **fields: Any) -> Settings:
        """Settings with some fields other, and soon on disk as well where that can be."""
        changed = msgspec.structs.replace(self._settings, **fields)
        if changed != self._settings:
            self._settings = changed
            if self._may_write:
                self._write_soon(changed)
        return changed

    def wait_until_written(self) -> None:
        writer = self._writer
        if writer is not None:
            writer.join()

    def _read(self) -> Settings:
        try:
            text = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return Settings()
        except OSError as problem:
            # What cannot be read must not be written over either.
            self._may_write = False
            self._say(f"The settings in {self.path} cannot be read: {problem.strerror}. Defaults are used.", problem)
            return Settings()
        try:
            return _that_can_run(msgspec.toml.decode(text, type=Settings))
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
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
        self._say(f"The settings were not right; defaults are used. The old file is kept as {aside}.", problem)

    def _look_at_folder(self) -> None:
        """Says at the start, not at the first change, that nothing can be kept here."""
        folder = next(folder for folder in self.path.parents if folder.exists())
        if self._may_write and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            self._may_write = False
            self._say(f"Settings cannot be kept in {self.path.parent}; they last until you close this window.", None)

    def _write_soon(self, settings: Settings) -> None:
        with self._lock:
            waiting, self._unwritten = self._unwritten is not None or self._writer is not None, settings
            if not waiting:
                # Not a daemon: the interpreter waits for it at the end.
                self._writer = threading.Thread(target=self._write, name="settings")
                self._writer.start()

    def _write(self) -> None:
        while True:
            with self._lock:
                settings, self._unwritten = self._unwritten, None
                if settings is None:
                    self._writer = None
                    return
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _write_whole(self.path, toml_text.written(msgspec.to_builtins(settings)))
            except OSError as problem:
                self._say(f"Settings cannot be kept in {self.path.parent}: {problem.strerror}.", problem)
            except UnicodeEncodeError as problem:
                self._say(f"Settings cannot be kept: {str(problem)[:80]}.", problem)

    def _say(self, words: str, problem: Exception | None) -> None:
        if words != self.message:
            log.info("%s (%r)", words, problem)
        self.message = words


def _that_can_run(settings: Settings) -> Settings:
    """A recipe whose job or model is gone since is no reason to lose the rest."""
    try:
        checked(settings.recipe)
    except BadRecipe as problem:
        if problem.field == "code":  # half-typed code is what its writer wants to find again
            return settings
        log.info("the last recipe cannot be run any more: %s", problem)
        return msgspec.structs.replace(settings, recipe=Recipe())
    return settings


def _write_whole(path: Path, text: str) -> None:
    """All of it or nothing: a crash in between leaves the old file."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except (OSError, UnicodeEncodeError):
        Path(temporary).unlink(missing_ok=True)
        raise
