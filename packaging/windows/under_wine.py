"""Freezes the app for Windows on Linux, with a Windows Python that Wine runs. That is for trying: the spec, the
programs and the installer are Windows' own, some libraries in the folder are not (kinds/windows.py)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import frozen
import identity

# On drive C:, as Linux' root is drive Z:, and what finds /proc there takes it for Linux.
PLACE = Path("work") / "packaging"
LIMIT_S = 900


def frozen_folder(python: Path) -> Path:
    """`python` is a script that starts the Windows Python; it lies beside its prefix, and has what the lock pins."""
    checkout = drive_c(python) / PLACE
    copy_sources(checkout)
    line = [str(python), "packaging/build.py", "--this-python"]
    # Wine's services inherit the pipes of the program that starts them, and an end of output then never comes.
    subprocess.run(line, cwd=checkout, check=True, stdin=subprocess.DEVNULL, env=os.environ | {"LIMIT": str(LIMIT_S)})
    return checkout / frozen.DIST.name / identity.PROGRAM


def drive_c(python: Path) -> Path:
    return Path(os.environ.get("WINEPREFIX") or python.resolve().parent / "prefix") / "drive_c"


def copy_sources(checkout: Path) -> None:
    """What goes in, anew; what was made from it stays, and is used again if nothing has changed."""
    for name in (*frozen.SOURCES, "pyproject.toml"):
        shutil.rmtree(checkout / name, ignore_errors=True)
    for path in (*frozen.source_files(), identity.ROOT / "pyproject.toml"):
        place = checkout / path.relative_to(identity.ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
