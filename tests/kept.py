"""What a failed test leaves behind to look at: a picture of each window that it had open, or of the screen on which it
drove the app. `python3 -m tests` keeps them beside its durations, in a folder for each row, and says where."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLACE = "PLAYGROUND_TESTS_KEPT"  # names the folder of a row; `python3 -m tests` empties it before it begins


def folder() -> Path:
    return Path(os.environ.get(PLACE, ROOT / "build" / "tests" / "pytest"))


class Kept:
    """A plug-in of pytest."""

    def __init__(self) -> None:
        self.pictures: list[Path] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report = yield
        if report.failed and call.when != "teardown":  # type: ignore[attr-defined]
            try:
                made = pictures(item, folder() / name_of(item.nodeid))
            except Exception as problem:  # the test's own failure is what counts
                report.sections.append(("no picture", repr(problem)))  # type: ignore[attr-defined]
            else:
                self.pictures += made
                report.sections += [("picture", str(path)) for path in made]  # type: ignore[attr-defined]
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.pictures:
            terminalreporter.write_line(f"{len(self.pictures)} pictures of what failed: {folder()}")


def name_of(node: str) -> str:
    """Letters, digits and the like only: any system can keep a file with that name."""
    return re.sub(r"[^\w.-]+", "-", node.removeprefix("tests/").replace(".py::", "-"))[:120].strip("-")


def pictures(item: pytest.Item, path: Path) -> list[Path]:
    images = [*screens(item), *windows()]
    if images:
        path.parent.mkdir(parents=True, exist_ok=True)
    paths = [path.with_name(f"{path.name}-{number}.png") for number in range(1, len(images) + 1)]
    return [path for path, image in zip(paths, images, strict=True) if image.save(str(path))]


def screens(item: pytest.Item) -> Iterator[Any]:
    """The screen of a test that drives the app (tests/e2e)."""
    screen = getattr(item, "funcargs", {}).get("screen")
    if screen is not None and hasattr(screen, "picture"):
        from PySide6.QtGui import QImage

        shown = screen.picture()
        height, width = shown.shape[:2]
        yield QImage(shown.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def windows() -> Iterator[Any]:
    """Those that this process shows."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets and widgets.QApplication.instance():
        for window in widgets.QApplication.topLevelWidgets():
            if window.isVisible():
                yield window.grab()
