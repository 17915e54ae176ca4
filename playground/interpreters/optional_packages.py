"""Packages that only some models need (gevent, greenlet, monocle), and how a Python gets them.

The app's own Python gets what its lock files pin, with their hashes; another Python gets what its pip chooses. Only
virtual environments are added to: a Python of the system, or of somebody else, is for the user to change, with a
command that the window copies."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from playground.files.whole_file import write_whole
from playground.interpreters.interpreter import Interpreter
from playground.interpreters.places import virtual_environment
from playground.start.bootstrap import is_frozen
from playground.start.own_environment import APP, ROOT, Environment

PACKAGES = ("gevent", "greenlet", "monocle")  # each is a model's name too
NEEDS = {"gevent": ("gevent", "greenlet"), "monocle": ("monocle",), "greenlet": ("greenlet",)}
GREEN, MONOCLE = "requirements-green.lock", "requirements-monocle.lock"
LOCKS = {"gevent": GREEN, "greenlet": GREEN, "monocle": MONOCLE}
FIRST = ("gevent", "greenlet")  # they come with the first start, as they have wheels; monocle would have to be built
QUIET = ("--no-input", "--disable-pip-version-check", "--progress-bar=off", "--timeout=15", "--retries=2")
NO_PIP = "this packaged app has no pip; choose another Python"
NO_PIP_THERE = "that Python has no pip; its own command “-m ensurepip” adds one"


def why_not(one: Interpreter) -> str | None:
    """Why the app cannot install packages into this Python; None if it can. Empty where a command of the user's would
    do it."""
    if one.path == "" and is_frozen():
        return NO_PIP
    place = environment_of(one)
    if not one.available or place is None or not _may_write(place):
        return ""
    return NO_PIP_THERE if is_frozen() and not _has_pip(place) and which("uv") is None else None


def environment_of(one: Interpreter) -> Path | None:
    if one.path:
        return virtual_environment(Path(one.path))
    return Path(sys.prefix) if sys.prefix != sys.base_prefix else None


def question(one: Interpreter, package: str) -> str:
    """What the user is asked before something is installed in a Python of theirs: what, where, and from where."""
    return f"Install {' and '.join(NEEDS[package])} into {environment_of(one)}, from where its pip looks (PyPI)?"


def _folders(place: Path) -> list[Path]:
    return [*place.glob("lib/python*/site-packages"), place / "Lib" / "site-packages"]


def _has_pip(place: Path) -> bool:
    """Has this environment a pip? One that takes the packages of its base is believed to have that one's."""
    try:
        shares = "include-system-site-packages = true" in (place / "pyvenv.cfg").read_text(encoding="utf-8").lower()
    except (OSError, UnicodeDecodeError):
        shares = False
    return shares or any((folder / "pip").is_dir() for folder in _folders(place))


def _installer(one: Interpreter) -> list[str]:
    """Begins the command that installs. An environment made by uv has no pip: that of this app's own Python can install
    there too, and where the app has none, uv."""
    place = environment_of(one)
    if one.path == "" or place is None or _has_pip(place):
        return [one.executable, "-m", "pip", "install", *QUIET]
    if is_frozen():
        return [which("uv") or "uv", "pip", "install", "--python", one.executable, "--color=never", "--no-progress"]
    return [sys.executable, "-m", "pip", "--python", one.executable, "install", *QUIET]


def _may_write(place: Path) -> bool:
    folders = (*_folders(place), place)
    return all(os.access(folder, os.W_OK | os.X_OK) for folder in folders if folder.is_dir())


def pip_line(one: Interpreter, package: str, more: Sequence[str] = ()) -> list[str]:
    """The command that installs a package; `more` are further options, such as another index."""
    line = [*_installer(one), *more]
    lock = ROOT / LOCKS[package]
    if one.path == "" and lock.is_file():
        return [*line, "--only-binary=:all:", "--require-hashes", "-r", str(lock)]
    wheels = ["--only-binary=:all:"] if package != "monocle" else []
    return [*line, *wheels, *NEEDS[package]]


# -- with the first start


def wanted_first(one: Interpreter, environment: Environment = APP) -> bool:
    """Is this the environment that the app made for itself, still without the packages of the first start, and has
    nobody tried to install them yet?"""
    if one.path or is_frozen() or not environment.is_ours() or not (ROOT / GREEN).is_file():
        return False
    if Path(sys.prefix).resolve() != environment.directory.resolve():
        return False
    return not set(FIRST) <= set(one.packages) and not _tried(environment)


def note_tried(environment: Environment = APP) -> None:
    """Remember the attempt: if it failed, later starts do not try again, and the row says Install."""
    write_whole(_note(environment), (ROOT / GREEN).read_bytes())


def _tried(environment: Environment) -> bool:
    try:
        return _note(environment).read_bytes() == (ROOT / GREEN).read_bytes()
    except OSError:
        return False


def _note(environment: Environment) -> Path:
    return environment.directory / f"tried-{GREEN}"
