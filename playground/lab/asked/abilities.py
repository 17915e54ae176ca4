"""What the Python that runs this can do in a lab: which models it can run, and which optional packages it has. Packages
are looked for, never imported: gevent takes long, and turns the GIL of a free-threaded Python back on."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import sysconfig
from typing import Any

from ..wire import shelf
from ..wire.declaration import Model

OPTIONAL = ("gevent", "greenlet", "monocle")
PACKAGE_FOLDERS = ("site-packages", "dist-packages")


def all_of_them() -> dict[str, Any]:
    said: dict[str, Any] = {"folders": package_folders()}  # first: what is installed meanwhile must be noticed later
    try:
        importlib.import_module("playground.lab.__main__")
    except Exception as problem:  # a Python may have been built without ctypes, or mmap
        said["cannot"] = "%s: %s" % (type(problem).__name__, problem)
        return said
    said["models"] = models()
    said["packages"] = packages()
    return said


def models() -> dict[str, str | None]:
    """Each model with the reason why it cannot run here, or None."""
    # a file that is left out has the name of another, and comes after it
    return {model.name: model.why for model in reversed(shelf.entries(Model))}


def packages() -> dict[str, str]:
    """The optional packages that are here, with their versions."""
    specs = {name: importlib.util.find_spec(name) for name in OPTIONAL}
    return {name: version(name, spec.origin or "") for name, spec in specs.items() if spec is not None}


def version(package: str, origin: str) -> str:
    """The version of a package, from the name of the `.dist-info` folder beside it: importlib.metadata takes 15 ms to
    say the same. Empty for a package that is part of the interpreter, or was put there by hand."""
    start, end = package + "-", ".dist-info"
    try:
        beside = os.listdir(os.path.dirname(os.path.dirname(origin)))
    except OSError:
        return ""
    versions = [name[len(start) : -len(end)] for name in beside if name.startswith(start) and name.endswith(end)]
    return versions[0] if versions else ""


def package_folders() -> dict[str, int | None]:
    """Where packages are installed, and when something there was last added or removed; None: no such folder yet."""
    places = set(sys.path) | {sysconfig.get_paths()[name] for name in ("purelib", "platlib")}
    return {place: changed(place) for place in sorted(places) if os.path.basename(place) in PACKAGE_FOLDERS}


def changed(place: str) -> int | None:
    try:
        return os.stat(place).st_mtime_ns
    except OSError:
        return None
