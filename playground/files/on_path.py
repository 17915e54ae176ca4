"""Finds programs on PATH, but never in the current folder, which may be somebody else's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def which(name: str) -> str | None:
    for words in os.environ.get("PATH", "").split(os.pathsep):
        if Path(words).is_absolute() and (found := shutil.which(str(Path(words) / name))):
            return found
    return None
