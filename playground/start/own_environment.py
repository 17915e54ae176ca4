"""The environment in which the app runs: a directory with a Python and what one lock file pins.

`.venv` counts as ready when it holds a stamp: the path of its Python and a copy of the lock file it was made from,
written last of all. So a start that was interrupted, a lock file that changed and a Python that was replaced are all
seen by comparing one small file."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "Concurrency Playground"
VERSION = "0.1.0"

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("PySide6", "pyqtgraph", "numpy", "psutil", "msgspec", "pygments", "platformdirs")


class Environment:
    """A directory with a Python and what one lock file pins, and how to see whether it is whole."""

    def __init__(self, directory: Path, lock: Path, needed: tuple[str, ...]) -> None:
        self.directory = directory
        self.lock = lock
        self.needed = needed
        self.python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = directory / f"made-from-{lock.name}"
        self.sign = directory / "made-by-concurrency-playground"

    def is_ready(self) -> bool:
        try:
            return self.stamp.read_text(encoding="utf-8") == self.stamp_text() and self.python.exists()
        except OSError:
            return False

    def stamp_text(self) -> str:
        """Names the real interpreter too: a system upgrade that replaces it leaves packages that do not fit."""
        return f"{self.python.resolve()}\n{self.lock.read_text(encoding='utf-8')}"

    def is_ours(self) -> bool:
        """Whether we made it, and so may remove it. What others put there is never deleted."""
        return self.sign.exists()


APP = Environment(ROOT / ".venv", ROOT / "requirements.lock", NEEDED)
