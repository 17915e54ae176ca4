"""The versions that decide how the app behaves, as lines to read and to copy. What the window stands on (Qt, the
screen) its own part adds."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from importlib.metadata import PackageMetadata, PackageNotFoundError, distributions, version
from typing import NamedTuple

from playground.start.bootstrap import is_frozen
from playground.start.own_environment import VERSION

PACKAGES = (
    "PySide6-Essentials", "pyqtgraph", "numpy", "msgspec", "psutil", "platformdirs", "Pygments",
    "gevent", "greenlet", "monocle",
)  # fmt: skip
MODULES = {"PySide6-Essentials": "PySide6", "Pygments": "pygments"}  # where they are named otherwise

Lines = list[tuple[str, str]]  # what, and its version


def of_app() -> Lines:
    kind = "packaged" if is_frozen() else "from source"
    return [("Concurrency Playground", f"{VERSION}, {kind}"), ("Python", _python())]


def of_packages() -> Lines:
    return [(name, _version(name)) for name in PACKAGES]


def of_computer() -> Lines:
    cores = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    note = f"{cores}" if usable == cores else f"{cores}, {usable} for this app"
    return [("System", platform.platform()), ("Machine", platform.machine()), ("Cores", note)]


def words(lines: Lines) -> str:
    return "\n".join(f"{name}: {value}" for name, value in lines)


class Licensed(NamedTuple):
    name: str
    version: str
    licence: str


def licences() -> list[Licensed]:
    """Every package of this environment with its licence, as the package itself states it."""
    found = {}
    for one in distributions():
        data = one.metadata
        name = (data["Name"] or "").replace("_", "-")
        if name:
            found[name.casefold()] = Licensed(name, one.version, _licence(data))
    return [found[key] for key in sorted(found)]


def _licence(data: PackageMetadata) -> str:
    """Some packages put the whole text of their licence where its name should be."""
    classified = [one.rpartition(" :: ")[2] for one in data.get_all("Classifier") or [] if one.startswith("License ::")]
    expressions = [*(data.get_all("License-Expression") or []), *(data.get_all("License") or [])]
    stated = next((one.strip().partition("\n")[0] for one in expressions if one and one.strip()), "")
    return (stated if len(stated) < 80 else "") or ", ".join(classified) or "not stated"


def _python() -> str:
    free = " free-threaded" if "free-threading" in sys.version else ""
    return f"{platform.python_implementation()} {platform.python_version()}{free}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _version_of_module(package) if is_frozen() else "not installed"


def _version_of_module(package: str) -> str:
    """The packaged app has the modules of a package, and not what its installer wrote about it."""
    try:
        module = import_module(MODULES.get(package, package))
    except ImportError:
        return "not installed"
    return str(getattr(module, "__version__", "") or getattr(module, "VERSION", "unknown"))
