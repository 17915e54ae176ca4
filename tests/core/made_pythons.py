"""Pythons made for a test: scripts that go by a Python's name, and virtual environments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FACTS = '{"version": "%s", "implementation": "CPython", "free_threaded": false, "gil_enabled": true, "path": "p"}'


def script(place: Path, text: str, name: str = "python3") -> str:
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def counting(place: Path, python: str = sys.executable) -> tuple[str, Path]:
    """A Python that leaves a line each time that it is started."""
    log = place / "starts"
    return script(place, f'echo started >>"{log}"\nexec "{python}" "$@"'), log


def starts(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def environment(place: Path, python: str = sys.executable) -> str:
    """A virtual environment's Python."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(place)], check=True)
    return str(place / "bin" / "python")


def install(place: Path, package: str, version: str = "99.1") -> None:
    """As pip does it, but with nothing in it: into the folder of packages of a virtual environment."""
    (packages,) = (place / "lib").glob("*/site-packages")
    (packages / package).mkdir()
    (packages / package / "__init__.py").write_text("raise ImportError('nobody should import this')\n")
    information = packages / f"{package}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
