"""A copy of the sources with more jobs in it: the way to run what nobody should be offered."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.driver import ROOT


def sources(folder: Path, jobs: Mapping[str, str]) -> Path:
    """Copies what the app consists of, adds the jobs, gives the folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("playground", "ui", "resources"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "main.py", folder)
    for name, text in jobs.items():
        (folder / "playground" / "lab" / "jobs" / f"{name}.py").write_text(text)
    return folder
