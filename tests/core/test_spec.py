"""The spec that PyInstaller follows, evaluated for each system with stand-ins for what PyInstaller puts there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import identity
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = ROOT / "packaging" / f"{identity.PROGRAM}.spec"


class Told:
    """A stand-in that keeps what it is given."""

    made: ClassVar[list[Told]] = []
    binaries = (("libGL.so", "", "BINARY"), ("Qt6Quick.dll", "", "BINARY"))
    datas = ()
    pure = scripts = ()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.arguments, self.named = arguments, named
        self.made.append(self)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def follow(system: str) -> dict[str, list[Told]]:
        hooks = ModuleType("PyInstaller.utils.hooks")
        vars(hooks)["collect_submodules"] = lambda name: [name]
        for name in ("PyInstaller", "PyInstaller.utils"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setattr(sys, "platform", system)
        kinds: dict[str, Any] = {
            name: type(name, (Told,), {"made": []}) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
        }
        exec(SPEC.read_text(encoding="utf-8"), {"SPECPATH": str(SPEC.parent), "workpath": str(tmp_path), **kinds})
        return {name: kind.made for name, kind in kinds.items()}

    return follow


def test_linux_has_one_program(followed: Any) -> None:
    parts = followed("linux")
    (program,) = parts["EXE"]
    assert program.named["name"] == identity.PROGRAM
    assert not parts["BUNDLE"]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_double_click_opens_no_console_and_a_command_line_has_one(followed: Any, system: str) -> None:
    parts = followed(system)
    consoles = {program.named["name"]: program.named["console"] for program in parts["EXE"]}
    assert consoles == {identity.PROGRAM: False, identity.COMMAND: True}
    (folder,) = parts["COLLECT"]
    assert list(folder.arguments[:2]) == parts["EXE"], "macOS starts the first"


def test_each_program_of_windows_brings_its_own_version(followed: Any) -> None:
    for program in followed("win32")["EXE"]:
        told = Path(program.named["version"]).read_text(encoding="utf-8")
        assert f"{program.named['name']}.exe" in told
        assert program.named["manifest"].endswith("app.manifest")


def test_the_app_of_macos_is_the_folder_with_a_property_list(followed: Any) -> None:
    parts = followed("darwin")
    (app,) = parts["BUNDLE"]
    assert list(app.arguments) == parts["COLLECT"]
    assert app.named["name"] == f"{identity.NAME}.app"
    assert app.named["info_plist"]["CFBundleIdentifier"] == identity.REVERSED
    assert app.named["icon"].endswith(".icns")


@pytest.mark.parametrize(("version", "files"), [((3, 11, 9), False), ((3, 12, 0), True)])
def test_subinterpreters_find_modules_as_files(
    followed: Any, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], files: bool
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    (analysis,) = followed("win32")["Analysis"]
    assert analysis.named["noarchive"] is files


def test_what_nobody_loads_is_left_out(followed: Any) -> None:
    (folder,) = followed("win32")["COLLECT"]
    names = [name for part in folder.arguments[2:] for name, _, _ in part]
    assert "libGL.so" in names
    assert "Qt6Quick.dll" not in names
