"""The installer for Windows. NSIS makes it from the frozen folder, on Windows and on Linux alike.

A folder that was frozen under Wine is for trying alone: its python312.dll and numpy are patched, and python3.dll,
icuuc.dll and two more stand in for what Wine 8 lacks. Its installer says so in its name. What people get is frozen on
Windows by the same command."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import identity
from frozen import ICONS
from identity import ROOT
from windows import setup_files
from windows.program_resources import ICON, SETUP_PICTURE

SCRIPT = Path(__file__).resolve().parent.parent / "windows" / "installer.nsi"
WINE_ONLY = ("kernel3w.dll", "zzz-ms-win-crt-math-l1-1-0.dll")  # no Windows has a file of this name


def build(frozen: Path, out: Path) -> Path:
    setup = out / setup_name(frozen)
    with tempfile.TemporaryDirectory() as work:
        setup_files.write(frozen, Path(work))
        subprocess.run(command(frozen, Path(work), setup), check=True)
    return setup


def setup_name(frozen: Path) -> str:
    tried = "-for-wine-only" if is_for_wine(frozen) else ""
    return f"{identity.COMMAND}-{identity.VERSION}-windows-x64-setup{tried}.exe"


def is_for_wine(frozen: Path) -> bool:
    return any(path.name in WINE_ONLY for path in frozen.rglob("*.dll"))


def command(frozen: Path, work: Path, setup: Path) -> list[str]:
    makensis = shutil.which("makensis") or str(Path(r"C:\Program Files (x86)\NSIS\makensis.exe"))
    icons = (frozen.parent.parent / ICONS.relative_to(ROOT)).resolve()
    values: dict[str, object] = {"MACHINE": machine(), "WORK": work.resolve(), "OUT": setup.resolve()}
    values |= {"ICON": icons / ICON, "PICTURE": icons / SETUP_PICTURE}
    if is_for_wine(frozen):
        values["QUICK"] = "yes"  # nobody downloads it: 10 s instead of 90
    settings = [f"-D{name}={value}" for name, value in values.items()]
    return [makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *settings, str(SCRIPT)]


def machine() -> str:
    """NSIS for Windows comes with a 32-bit installer only, which every 64-bit Windows runs. Wine without its 32-bit
    half does not, and Debian's NSIS has both."""
    return "x86-unicode" if os.name == "nt" else "amd64-unicode"
