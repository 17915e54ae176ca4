"""What the app is called where systems keep lists of programs: the one place that packages of all kinds read. Version
and name come from the app, the rest of its description from pyproject.toml."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playground.start.own_environment import NAME as NAME  # noqa: E402
from playground.start.own_environment import VERSION as VERSION  # noqa: E402

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

SUMMARY: str = _PROJECT["description"]
PUBLISHER: str = _PROJECT["authors"][0]["name"]
COPYRIGHT = next(
    line for line in (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines() if line.startswith("Copyright")
).replace("(c)", "©")

PROGRAM = NAME.replace(" ", "")  # the program with a window: what a double click starts
COMMAND = NAME.lower().replace(" ", "-")  # the command line
REVERSED = f"io.github.{PROGRAM.lower()}.{PROGRAM}"  # as macOS, and Linux' lists of programs, name one

RECIPE_ENDING = ".recipe.toml"
RECIPE_WORDS = f"{NAME} recipe"


def version_numbers(version: str = VERSION) -> tuple[int, int, int, int]:
    """Windows' files have four numbers: 1.2.3rc1 is 1, 2, 3, 0."""
    parts = []
    for part in version.split(".")[:4]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        parts.append(int(digits or 0))
    first, second, third, fourth = [*parts, 0, 0, 0, 0][:4]
    return first, second, third, fourth
