"""Trust: the code and the Pythons from elsewhere that the user has allowed to run without a question. The window and
the command line keep them in one file.

Code is known by the fingerprint of its whole text. A Python is known by its path *and* its content
(`interpreters.content`), so the user is asked again about one that was replaced. This app's own Python, and those in
the folders where the app itself looks for Pythons, need no permission."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from playground.files.own_folders import config_folder
from playground.files.reachable import is_file, is_there
from playground.files.whole_file import OURS, locked, write_whole
from playground.interpreters import places
from playground.interpreters.content import content

FILE = "trust.json"
MOST = 100  # entries of each kind; the oldest is dropped


class Words(msgspec.Struct, frozen=True):
    code: tuple[str, ...] = ()  # fingerprints, the newest last
    pythons: dict[str, str] = {}  # path → content


def fingerprint(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Trust:
    def __init__(self, folder: Path | None = None, lasting: bool = True) -> None:
        """`lasting`: is the user's permission kept in the file, for the next time?"""
        self.path = (folder or config_folder()) / FILE
        self.is_new = not is_there(self.path)
        self._seen: tuple[int, ...] | None = None  # the state of the file that was read
        self._kept = Words()
        self._may_write = lasting
        self._lasting = True  # does the file have all of `_kept`?
        self._usual: set[str] = set()  # paths that the app's own search is known to find

    # -- code

    def holds_code(self, text: str) -> bool:
        return fingerprint(text) in self._words().code

    def grant_code(self, text: str) -> None:
        own = fingerprint(text)
        self._change(lambda words: Words((*(one for one in words.code if one != own), own)[-MOST:], words.pythons))

    # -- Pythons

    def may_start(self, path: str) -> bool:
        """May a Python start without a question? Empty is the Python that runs the app. A path that is no file may too:
        the system itself refuses it."""
        own = path in ("", sys.executable)
        return own or self.holds_python(path) or bool(self.usual([path])) or not is_file(path)

    def usual(self, paths: Iterable[str]) -> set[str]:
        """The paths that the app's own search finds. Searching all its folders takes a few frames, so it is done for
        many paths at a time, and once for each."""
        wanted = set(paths)
        if unknown := wanted - self._usual:
            self._usual |= places.usual(unknown)
        return wanted & self._usual

    def holds_python(self, path: str) -> bool:
        """Is this Python, with its present content, allowed? Reads the whole file once: up to a tenth of a second."""
        return self.names(path) and self._words().pythons[path] == content(path)

    def content_now(self, path: str) -> str:
        """The content of a Python, to be passed on with the user's answer; empty if there is none."""
        return content(path) or ""

    def names(self, path: str) -> bool:
        """Was a Python at this path ever allowed? Its content may have changed since."""
        return path in self._words().pythons

    def grant_python(self, path: str, shown: str | None = None) -> None:
        """Allow a Python, but not a path where there is no file yet: whatever appears there later was not allowed.
        `shown`: the content that the user was asked about; a file that has replaced it meanwhile is not allowed
        either."""
        found = content(path)
        if found is not None and shown in (None, found):
            self._change(lambda words: Words(words.code, _newest_last(words.pythons, path, found)))

    # -- all of it, to be looked through

    def allowed(self) -> Words:
        return self._words()

    def change_allowed(self, change: Callable[[Words], Words]) -> None:
        self._change(change)

    # -- the file

    def _words(self) -> Words:
        """The permissions, with those that another window or the command line has written since."""
        state = _state(self.path)
        if state != self._seen:
            there = _read(self.path)
            if not self._lasting:
                new = (one for one in self._kept.code if one not in there.code)
                there = Words((*there.code, *new), {**there.pythons, **self._kept.pythons})
            self._kept, self._seen = there, state
        return self._kept

    def _change(self, change: Callable[[Words], Words]) -> None:
        try:
            self._kept, self._lasting = self._written(change), self._may_write
        except OSError:  # without a writable home, a permission lasts until the app ends
            self._kept, self._lasting = change(self._words()), False

    def _written(self, change: Callable[[Words], Words]) -> Words:
        if not self._may_write:
            return change(self._words())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path.with_suffix(".lock")):
            words = change(self._words())
            write_whole(self.path, msgspec.json.encode(words), OURS)
            self._seen = _state(self.path)
        return words


def _newest_last(pythons: dict[str, str], path: str, found: str) -> dict[str, str]:
    others = {one: its for one, its in pythons.items() if one != path}
    return dict([*others.items(), (path, found)][-MOST:])


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path) -> Words:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Words)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return Words()  # a lost or broken file only means that the user is asked again
