"""The Pythons that Windows' registry knows: from a registry that is made up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from playground.interpreters import registry

USER = {
    "PythonCore": {
        "3.12": {"InstallPath": {"values": {"ExecutablePath": r"C:\Users\Zoë\Python312\python.exe"}}},
        "2.7": {"InstallPath": {"values": {"": "C:\\Python27\\"}}},
        "3.14": {},  # not yet, or no longer, there
        "3.13t": {"InstallPath": {"values": {}}},
    },
    "PyLauncher": {"x": {"InstallPath": {"values": {"": "C:\\Windows"}}}},
}
ALL = {"ContinuumAnalytics": {"Anaconda": {"InstallPath": {"values": {"ExecutablePath": r"C:\conda\python.exe"}}}}}
OLD = {"PythonCore": {"3.8-32": {"InstallPath": {"values": {"ExecutablePath": r"D:\py38\python.exe"}}}}}


class Winreg(SimpleNamespace):
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ = "user", "machine", 0x20019

    @contextlib.contextmanager
    def OpenKey(self, key: Any, name: str, _: int = 0, access: int = 0x20019) -> Iterator[Any]:
        if isinstance(key, str):
            assert name == r"Software\Python"
            view = access & 0x300
            found = {("user", 0): USER, ("machine", 0x100): ALL, ("machine", 0x200): OLD}[key, view]
        else:
            found = key
            for part in name.split("\\"):
                if part not in found:
                    raise FileNotFoundError(name)
                found = found[part]
        yield found

    def QueryInfoKey(self, key: Any) -> tuple[int, int, int]:
        return len(key), 0, 0

    def EnumKey(self, key: Any, place: int) -> str:
        return list(key)[place]

    def QueryValueEx(self, key: Any, name: str) -> tuple[str, int]:
        if name not in key["values"]:
            raise FileNotFoundError(name)
        return key["values"][name], 1


def test_every_python_of_every_company_in_both_views_and_for_this_user() -> None:
    assert registry.registered(Winreg()) == [
        r"C:\Users\Zoë\Python312\python.exe",
        r"C:\Python27\python.exe",
        r"C:\conda\python.exe",
        r"D:\py38\python.exe",
    ]


def test_a_registry_that_knows_none() -> None:
    class Empty(Winreg):
        @contextlib.contextmanager
        def OpenKey(self, *_: Any) -> Iterator[Any]:
            raise FileNotFoundError
            yield

    assert registry.registered(Empty()) == []
