"""What a failed test leaves to look at: a picture of each window that it had open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QColor, QImage

from tests import kept

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.kept import Kept

def pytest_configure(config):
    config.pluginmanager.register(Kept())
"""
TESTS = """
import numpy as np, pytest
from PySide6.QtWidgets import QWidget

@pytest.fixture
def window(qtbot):
    window, hidden = QWidget(), QWidget()
    qtbot.addWidget(window)
    window.resize(80, 60)
    window.setStyleSheet("background: #ff8800")
    window.show()
    yield window

@pytest.mark.parametrize("way", ["a/b"])
def test_it(window, way):
    assert not window.isVisible()

def test_passes(window):
    assert window.isVisible()

class Screen:
    def picture(self):
        return np.full((30, 40, 3), (0, 128, 255), np.uint8)

class Broken:
    def picture(self):
        raise OSError("no screen")

@pytest.fixture
def screen(request):
    return request.param()

@pytest.mark.parametrize("screen", [Screen, Broken], indirect=True)
def test_drives(screen):
    assert not screen
"""


def test_windows_and_screens_of_failed_tests_are_kept(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    places = {"PYTHONPATH": str(ROOT), kept.PLACE: str(tmp_path / "kept")}
    done = subprocess.run(
        [*line, str(tmp_path)], env=os.environ | places, capture_output=True, text=True, timeout=120, check=False
    )
    assert "3 failed, 1 passed" in done.stdout, done.stdout
    pictures = {path.name: QImage(str(path)) for path in (tmp_path / "kept").iterdir()}
    assert sorted(pictures) == ["test_it-test_drives-Screen-1.png", "test_it-test_it-a-b-1.png"]
    window, screen = pictures["test_it-test_it-a-b-1.png"], pictures["test_it-test_drives-Screen-1.png"]
    assert (window.width(), window.height(), window.pixelColor(9, 9)) == (80, 60, QColor("#ff8800"))
    assert (screen.width(), screen.height(), screen.pixelColor(9, 9)) == (40, 30, QColor(0, 128, 255))
    assert "OSError('no screen')" in done.stdout, "the failure of the test is told all the same"
    assert f"2 pictures of what failed: {tmp_path / 'kept'}" in done.stdout
