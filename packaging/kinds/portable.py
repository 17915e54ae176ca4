"""A folder to unpack anywhere: a .tar.xz. `install.sh` in it puts the app into the menu of the user who runs it, and
`install.sh --remove` takes it out again; without that it starts as well."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import identity
from linux import archive, desktop_files


def build(frozen: Path, out: Path) -> Path:
    folder = lay_out(frozen, out / "portable")
    made = out / f"{identity.COMMAND}-{identity.VERSION}-linux-{os.uname().machine}.tar.xz"
    archive.pack(folder, made)
    shutil.rmtree(folder.parent)
    return made


def lay_out(frozen: Path, place: Path) -> Path:
    """The folder that is packed, with what it says to the user's desktop."""
    shutil.rmtree(place, ignore_errors=True)
    folder = place / f"{identity.COMMAND}-{identity.VERSION}"
    shutil.copytree(frozen, folder, symlinks=True)
    desktop_files.write(folder)
    entry = folder / "share/applications" / f"{identity.COMMAND}.desktop"
    entry.write_text(desktop_files.filled("concurrency-playground.desktop", "@PROGRAM@"), encoding="utf-8")
    script = folder / "install.sh"
    script.write_text(desktop_files.filled("install.sh"), encoding="utf-8")
    script.chmod(0o755)
    return folder
