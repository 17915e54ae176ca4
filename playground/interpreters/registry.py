"""The Pythons that Windows' registry knows, as PEP 514 says: below `Software\\Python` a key for each company, in it one
for each Python, and there the path. Installers of python.org, conda and uv write it, for one user or for all. Keys of
64 bits are not seen among those of 32, so both views are read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

ROOT = r"Software\Python"
LAUNCHER = "PyLauncher"  # stands among the companies, and is none
PLACES = (("HKEY_CURRENT_USER", 0), ("HKEY_LOCAL_MACHINE", 0x0100), ("HKEY_LOCAL_MACHINE", 0x0200))  # 64 bits, 32


def registered(winreg: Any = None) -> list[str]:
    """The paths of executables, each once, in the order in which they were found."""
    if winreg is None:
        try:
            import winreg
        except ImportError:
            return []
    found: dict[str, None] = {}
    for hive, view in PLACES:
        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(getattr(winreg, hive), ROOT, 0, winreg.KEY_READ | view) as root,
        ):
            found.update(dict.fromkeys(_below(winreg, root)))
    return list(found)


def _below(winreg: Any, root: Any) -> Iterator[str]:
    for company in _names(winreg, root):
        if company == LAUNCHER:
            continue
        with contextlib.suppress(OSError), winreg.OpenKey(root, company) as tags:
            for tag in _names(winreg, tags):
                if path := _executable(winreg, tags, tag):
                    yield path


def _executable(winreg: Any, tags: Any, tag: str) -> str:
    try:
        with winreg.OpenKey(tags, tag + r"\InstallPath") as place:
            with contextlib.suppress(OSError):
                path, _ = winreg.QueryValueEx(place, "ExecutablePath")
                return str(path)
            folder, _ = winreg.QueryValueEx(place, "")  # as Pythons before 3.6 have it
            return str(folder).rstrip("\\") + r"\python.exe"
    except OSError:
        return ""


def _names(winreg: Any, key: Any) -> list[str]:
    count, _, _ = winreg.QueryInfoKey(key)
    return [winreg.EnumKey(key, place) for place in range(count)]
