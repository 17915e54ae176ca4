"""Whole windows for tests of several parts together."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from ui.kit.theme import ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.window import Window

for wait in (QtBot.waitUntil, QtBot.waitExposed):
    wait.__kwdefaults__["timeout"] = 30_000  # type: ignore[index]  # ms; where waiting is given up, on a computer that others use too


@pytest.fixture(autouse=True)
def collected_again() -> Iterator[None]:
    """A whole app, as some tests make one, collects in its own way, and nobody would after it."""
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def windows_put_away() -> Iterator[None]:
    """A window takes some twenty popovers with it, which nobody asks to go. Thousands of widgets of earlier tests would
    make each change of theme, and of style, a matter of seconds."""
    before = set(shown_or_hidden())
    yield
    made = [window for window in shown_or_hidden() if window not in before]
    # Stages first: pyqtgraph's plots have menus that are windows too, and crash where these go before them.
    for window in sorted(made, key=lambda window: not window.findChildren(QGraphicsView)):
        window.deleteLater()
    if QApplication.instance():
        QGuiApplication.clipboard().clear()  # offscreen it outlives Python, and what Python put there would crash it
        let_widgets_go()


def let_widgets_go() -> None:
    """Those that were asked to. They wait for a loop to begin, and most tests only let events through. Once, twenty
    thousand were waiting, which made each test slower than the one before."""
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    loop.exec()


def shown_or_hidden() -> list[QWidget]:
    return QApplication.topLevelWidgets() if QApplication.instance() else []


@pytest.fixture
def no_other_pythons(nobody_asked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """This one alone: asking every Python of this machine who it is takes longer than these tests."""
    monkeypatch.setattr(known, "candidates", list)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Window]]:
    """Makes windows that share their settings, as one start of the app after the other does."""
    made: list[Window] = []

    def build() -> Window:
        window = Window(ThemeSource("dark"), SettingsFile(tmp_path / "settings"))
        made.append(window)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield build
    for window in made:
        window.close()


@pytest.fixture
def window(make: Callable[[], Window]) -> Window:
    return make()
