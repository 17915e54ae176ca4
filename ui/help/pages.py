"""The pages of the help window. Those of the guide are Markdown files in resources/guide, in the order of their
numbers; what is new is the app's own CHANGELOG.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "resources" / "guide"
CHANGES = ROOT / "CHANGELOG.md"
NUMBERED = re.compile(r"\d+-(.+)")


@dataclass(frozen=True)
class Page:
    name: str
    title: str
    text: Callable[[], str]  # Markdown
    group: str = "guide"
    copied: Callable[[], str] | None = None  # what "Copy" takes, where there is such a button


@cache
def guide() -> tuple[Page, ...]:
    return tuple(_of_file(path) for path in sorted(GUIDE.glob("*.md")))


def changes() -> Page:
    return Page("changes", "What is new", lambda: text_of(CHANGES), "app")


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as problem:
        return f"# {path.stem}\n\n{path} cannot be read: {problem.strerror}."


def _of_file(path: Path) -> Page:
    found = NUMBERED.fullmatch(path.stem)
    title = text_of(path).partition("\n")[0].removeprefix("# ")
    return Page(found[1] if found else path.stem, title, lambda: text_of(path))
