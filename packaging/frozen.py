"""The frozen app: one folder with a Python, Qt, and all that the models need, which runs where nothing is installed.

It is made in .venv-packaging, which holds what requirements-packaging.lock pins and nothing else, so that what ships
does not depend on what somebody has installed. PyInstaller follows ConcurrencyPlayground.spec; what nobody loads is
taken out afterwards (slim.py). A folder that was made from the same sources is used again."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import licences
import origins
import slim
from identity import PROGRAM

from playground.start import bootstrap
from playground.start.own_environment import ROOT, Environment

DIST = ROOT / "dist"
ICONS = ROOT / "build" / "packaging" / "icons"
HERE = Path(__file__).resolve().parent
SPEC = HERE / f"{PROGRAM}.spec"
SOURCES = (
    "main.py",
    "playground",
    "ui",
    "resources",
    "packaging",
    "requirements-packaging.lock",
    "LICENSE",
    "CHANGELOG.md",
)
ENVIRONMENT = Environment(
    ROOT / ".venv-packaging", ROOT / "requirements-packaging.lock", ("PySide6", "gevent", "monocle", "PyInstaller")
)
EPOCH = 1_577_836_800  # of files in packages: 2020-01-01; zip knows nothing before 1980


def make(python: Path | None = None) -> Path:
    """The folder, made anew if anything of its sources has changed; with `python`, if it is given, which has all that
    the lock pins."""
    folder, stamp = DIST / PROGRAM, DIST / f".{PROGRAM}.made-from"
    python = python or bootstrap.ready_python(ENVIRONMENT)
    state = fingerprint(python)
    if not (folder.is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == state):
        stamp.unlink(missing_ok=True)
        freeze(python)
        slim.slim(folder)
        licences.write(folder / "licences", folder, site_packages(python))
        if sys.platform.startswith("linux") and (unknown := origins.without_licence(folder)):
            sys.exit(f"no licence is known of {', '.join(unknown)}: see packaging/origins.py")
        stamp.write_text(state, encoding="utf-8")
    return folder


def fingerprint(python: Path) -> str:
    """Of every file that goes in, and of the Python that does it."""
    found = hashlib.sha256(f"{python.resolve()} {sys.platform}".encode())
    for path in source_files():
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def source_files() -> Iterator[Path]:
    for name in SOURCES:
        place = ROOT / name
        found = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        yield from (path for path in found if "__pycache__" not in path.parts)


def freeze(python: Path) -> None:
    shutil.rmtree(DIST / PROGRAM, ignore_errors=True)
    # The same names in the same order each time: sets of Python are ordered by their hashes.
    fixed = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(EPOCH)}
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    subprocess.run([str(python), str(HERE / "icons.py"), str(ICONS)], check=True)
    places = ["--distpath", str(DIST), "--workpath", str(ROOT / "build" / "packaging")]
    subprocess.run([*command, *places, str(SPEC)], cwd=ROOT, check=True, env=os.environ | fixed)


def site_packages(python: Path) -> Path:
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip())


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6
