"""One file that starts where it lies: an AppImage. It is the frozen app as a squashfs, behind a program that mounts it:
the static runtime of AppImage's own project, which needs no FUSE library of the system. It is not fetched here:
APPIMAGE_RUNTIME names its file, APPIMAGE_RUNTIME_SHA256 what it must be, so that nobody packs an unknown program."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import identity
from frozen import EPOCH, ICONS
from linux import desktop_files

INSIDE = Path("usr/lib") / identity.COMMAND
PROGRAM, SUM = "APPIMAGE_RUNTIME", "APPIMAGE_RUNTIME_SHA256"


def build(frozen: Path, out: Path) -> Path:
    program = runtime()
    folder = lay_out(frozen, out / "appimage")
    made = out / f"{identity.COMMAND}-{identity.VERSION}-linux-{os.uname().machine}.AppImage"
    packed = out / "app.squashfs"
    packed.unlink(missing_ok=True)
    same = ["-all-root", "-all-time", str(EPOCH), "-mkfs-time", str(EPOCH)]
    command = ["mksquashfs", str(folder), str(packed), *same, "-comp", "zstd", "-Xcompression-level", "19", "-quiet"]
    subprocess.run([*command, "-no-progress", "-noappend"], check=True)
    made.write_bytes(program + packed.read_bytes())
    made.chmod(0o755)
    packed.unlink()
    shutil.rmtree(folder)
    return made


def runtime() -> bytes:
    place, expected = os.environ.get(PROGRAM, ""), os.environ.get(SUM, "").strip().lower()
    if not place or not expected:
        sys.exit(f"An AppImage needs AppImage's static runtime: {PROGRAM} names its file, {SUM} its SHA-256.")
    content = Path(place).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        sys.exit(f"{place} is not the runtime that {SUM} names: {found} instead of {expected}")
    return content


def lay_out(frozen: Path, folder: Path) -> Path:
    """As AppImage wants it: a tree like /, and in its root what starts, one entry and its icon."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(frozen, folder / INSIDE, symlinks=True)
    desktop_files.write(folder / "usr")
    entry = f"{identity.COMMAND}.desktop"
    (folder / entry).symlink_to(Path("usr/share/applications") / entry)
    shutil.copyfile(ICONS / "256.png", folder / f"{identity.COMMAND}.png")
    (folder / ".DirIcon").symlink_to(f"{identity.COMMAND}.png")
    (folder / "AppRun").symlink_to(INSIDE / identity.PROGRAM)
    return folder
