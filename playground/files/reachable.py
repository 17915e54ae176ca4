"""What is at a path, as far as this user can look. Where a folder may not be entered, or no file can have that name,
there is nothing; `Path.exists` raises there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def is_there(path: Path | str) -> bool:
    return _answered(Path(path).exists)


def is_file(path: Path | str) -> bool:
    return _answered(Path(path).is_file)


def is_folder(path: Path | str) -> bool:
    return _answered(Path(path).is_dir)


def _answered(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False
