"""The package for Windows: the programs' resources, and an installer that takes away all that it brought and nothing
else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import identity
import licences
import pytest
from kinds import windows as installer
from windows import program_resources, setup_files

import build

SCRIPT = installer.SCRIPT.read_text(encoding="utf-8")
CODE = "\n".join(line.partition(";")[0] for line in SCRIPT.splitlines())
INSTALLS, _, UNINSTALLS = CODE.partition("Section Uninstall")
LIBRARY = {"un", "Do", "Loop", "If", "IfNot", "AndIf", "OrIfNot", "EndIf", "FileExists", "Errors", "RunningX64"}
LIBRARY |= {"AtLeastBuild"}


def frozen(folder: Path, *names: str) -> Path:
    for name in (f"{identity.PROGRAM}.exe", f"{identity.COMMAND}.exe", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a file of the app")
    return folder


def with_icon(folder: Path) -> Path:
    """An icon where the build leaves it: beside the folder for what is made, not in it."""
    icons = folder.parent.parent / "build" / "packaging" / "icons"
    icons.mkdir(parents=True)
    (here,) = {Path(which).resolve().parent.parent for which in (shutil.which("makensis"),) if which}
    shutil.copyfile(here / "share/nsis/Contrib/Graphics/Icons/modern-install.ico", icons / program_resources.ICON)
    shutil.copyfile(here / "share/nsis/Contrib/Graphics/Wizard/win.bmp", icons / program_resources.SETUP_PICTURE)
    return folder


class Evaluated(SimpleNamespace):
    """PyInstaller's classes of a version resource, as far as they keep what they are given."""

    @staticmethod
    def part(*arguments: Any, **named: Any) -> tuple[Any, ...]:
        return (*arguments, *named.values())

    @classmethod
    def of(cls, text: str) -> SimpleNamespace:
        parts = ("StringFileInfo", "StringTable", "StringStruct", "VarFileInfo", "VarStruct")
        fixed = {"VSVersionInfo": SimpleNamespace, "FixedFileInfo": SimpleNamespace}
        resource = eval(text, fixed | dict.fromkeys(parts, cls.part))
        assert isinstance(resource, SimpleNamespace)
        return resource


@pytest.mark.parametrize("program", [identity.PROGRAM, identity.COMMAND])
def test_a_program_says_what_it_is(program: str) -> None:
    resource = Evaluated.of(program_resources.version_resource(program))
    ((key, strings),), ((_, translation),) = (kid[0] for kid in resource.kids)
    told = dict(strings)
    assert resource.ffi.filevers == resource.ffi.prodvers == identity.version_numbers()
    assert told["ProductName"] == identity.NAME
    assert told["FileVersion"] == told["ProductVersion"] == identity.VERSION
    assert told["OriginalFilename"] == f"{program}.exe"
    assert told["LegalCopyright"].startswith("Copyright © 20")
    assert told["CompanyName"] in told["LegalCopyright"]
    assert key == f"{translation[0]:04x}{translation[1]:04x}", "Windows looks the texts up by this number"


def test_the_two_programs_can_be_told_apart() -> None:
    window, command = (
        program_resources.version_strings(name)["FileDescription"] for name in (identity.PROGRAM, identity.COMMAND)
    )
    assert window == identity.NAME
    assert command.startswith(identity.NAME)
    assert "command line" in command


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.2.3", (1, 2, 3, 0)), ("0.1", (0, 1, 0, 0)), ("1.2.3rc1", (1, 2, 3, 0)), ("2026.11.1.4.5", (2026, 11, 1, 4))],
)
def test_windows_gets_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert identity.version_numbers(version) == numbers


def test_the_manifest_asks_for_no_administrator_and_for_sharp_text() -> None:
    root = ET.parse(program_resources.MANIFEST).getroot()
    told = {element.tag.rpartition("}")[2]: element for element in root.iter()}
    assert told["requestedExecutionLevel"].attrib == {"level": "asInvoker", "uiAccess": "false"}
    assert told["longPathAware"].text == "true"
    assert told["dpiAwareness"].text == "PerMonitorV2"
    assert told["supportedOS"].attrib["Id"] == "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"
    assert root.tag == "{urn:schemas-microsoft-com:asm.v1}assembly"  # PyInstaller takes no other


def test_every_file_that_comes_goes(tmp_path: Path) -> None:
    folder = frozen(tmp_path / "app", "_internal/numpy/core.pyd", "_internal/a b/ü$x.txt")
    brought, current = [], ""
    for line in setup_files.installed(folder):
        if line.startswith("SetOutPath "):
            current = line.removeprefix('SetOutPath "').removesuffix('"')
        else:
            source = Path(line.removeprefix('File "').removesuffix('"'))
            assert source.read_text() == "a file of the app"
            brought.append(f"{current}\\{source.name.replace('$', '$$')}")
    gone = [line[8:-1] for line in setup_files.removed(folder) if line.startswith("Delete ")]
    assert sorted(brought) == sorted(gone)
    assert len(brought) == 4
    assert r"$INSTDIR\_internal\a b\ü$$x.txt" in gone


def test_a_folder_goes_when_it_is_empty(tmp_path: Path) -> None:
    lines = setup_files.removed(frozen(tmp_path / "app", "one/two/three.txt"))
    assert lines[-2:] == [r'RMDir "$INSTDIR\one\two"', r'RMDir "$INSTDIR\one"']
    assert "/r" not in "".join(re.findall(r"RMDir.*", CODE)), "somebody's own files may lie there"


def test_names_stand_in_one_place(tmp_path: Path) -> None:
    defined = {line.split()[1] for line in setup_files.names(frozen(tmp_path))}
    own = set(re.findall(r"!define (\w+)", CODE)) | {"WORK", "OUT", "MACHINE", "ICON", "PICTURE"}
    used = set(re.findall(r"\$\{(\w+)\}", CODE))
    assert used - own - LIBRARY <= defined
    assert defined <= used, "a name that the script does not use"
    for name in (identity.NAME, identity.PROGRAM, identity.COMMAND, identity.VERSION, identity.RECIPE_ENDING):
        assert name not in CODE


def test_what_is_written_into_the_registry_is_taken_out() -> None:
    keys = set(re.findall(r'WriteReg(?:Str|DWORD|None) HKCU "([^"]+)"', INSTALLS))
    assert len(keys) > 8
    assert "HKLM" not in CODE, "this user's own, without an administrator"
    whole = tuple(re.findall(r'DeleteRegKey HKCU "([^"]+)"', UNINSTALLS))
    for key in keys - {r"${CLASSES}\.toml\OpenWithProgids"}:
        assert any(key == gone or key.startswith(gone + "\\") for gone in whole), key
    assert r'DeleteRegValue HKCU "${CLASSES}\.toml\OpenWithProgids" "${RECIPE_CLASS}"' in UNINSTALLS
    shared = [key for key in whole if key.endswith((".toml", "OpenWithProgids", "shell"))]
    assert not shared, "others have entries there"


def test_toml_files_stay_with_whoever_has_them() -> None:
    assert r'WriteRegNone HKCU "${CLASSES}\.toml\OpenWithProgids"' in INSTALLS
    assert not re.search(r'WriteReg\w+ HKCU "\$\{CLASSES\}\\\.toml"', INSTALLS)
    assert "'System.FileName:~>\"${RECIPE_ENDING}\"'" in INSTALLS  # the entry is for recipes alone


def test_a_program_that_runs_is_looked_for_before_anything_goes() -> None:
    for section, first in (("Section", "ExecWait"), ("Section Uninstall", "!include removed.nsh")):
        body = CODE.split(f"{section}", 1)[1] if section != "Section" else INSTALLS.split('Section "', 1)[1]
        assert body.index("RefuseIfRuns") < body.index(first)


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not installed")
def test_the_installer_is_made(tmp_path: Path) -> None:
    app = with_icon(frozen(tmp_path / "dist" / "the app", "_internal/a b/ü.txt"))
    setup = installer.build(app, tmp_path)
    assert setup.name == f"{identity.COMMAND}-{identity.VERSION}-windows-x64-setup.exe"
    data = setup.read_bytes()
    assert data.startswith(b"MZ")
    for text in (f"{identity.NAME} Setup", identity.COPYRIGHT, identity.VERSION):
        assert text.encode("utf-16-le") in data


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not installed")
def test_a_script_with_a_mistake_makes_no_installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_files, "names", lambda folder: [])
    with pytest.raises(subprocess.CalledProcessError):
        installer.build(with_icon(frozen(tmp_path / "dist" / "app")), tmp_path)


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not installed")
def test_without_the_icon_there_is_no_installer(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        installer.build(frozen(tmp_path / "dist" / "app"), tmp_path)


@pytest.mark.parametrize("name", installer.WINE_ONLY)
def test_what_was_frozen_under_wine_says_so(tmp_path: Path, name: str) -> None:
    assert installer.setup_name(frozen(tmp_path, f"_internal/{name}")).endswith("-setup-for-wine-only.exe")


def test_what_ships_on_windows_alone_has_its_licence_and_what_does_not_ship_has_none(tmp_path: Path) -> None:
    for name in ("pycparser", "cffi", "zope.event", "pytest", "pip", "pefile"):
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "LICENSE").write_text("its licence", encoding="utf-8")
    found = {name: [text.name for text in texts] for name, _, texts in licences.shipped(tmp_path)}
    assert found == {name: ["LICENSE"] for name in ("cffi", "pycparser", "zope-event")}


@pytest.mark.skipif(os.name == "nt", reason="Windows freezes its app itself")
def test_frozen_elsewhere_its_installer_still_comes_to_lie_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has made the folder for packages then."""

    def built(_: Path, out: Path) -> Path:
        (out / "setup.exe").write_text("an installer")
        return out / "setup.exe"

    elsewhere = frozen(tmp_path / "elsewhere")
    monkeypatch.setenv("WINDOWS_PYTHON", "wpy")
    monkeypatch.setattr("frozen.DIST", tmp_path / "dist")
    monkeypatch.setattr("windows.under_wine.frozen_folder", lambda _: elsewhere)
    monkeypatch.setattr(installer, "build", built)
    assert build.main(["windows"]) == 0
    assert (tmp_path / "dist" / "setup.exe").is_file()
