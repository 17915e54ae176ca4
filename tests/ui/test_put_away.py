"""What a window test leaves is gone before the next one begins: the second test looks for what the first has left."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.bench.drawing import MadeUpRun
from ui.code.code_text import CodeText
from ui.kit.theme import DARK
from ui.stage.stage import Stage

left: list[QWidget] = []


def test_windows_are_left_and_something_is_copied(qtbot: QtBot) -> None:
    stage, text = Stage(DARK), CodeText(DARK, "code", "Code")
    stage.add_run(MadeUpRun(1, 2, 10**12), 0)
    stage.show()
    text.set_text("copied")
    text.selectAll()
    text.copy()
    left.extend(QApplication.topLevelWidgets())
    assert {stage, text} < set(left), "plots have menus"
    assert QGuiApplication.clipboard().text() == "copied"


def test_nothing_of_it_is_there(qtbot: QtBot) -> None:
    if not left:
        pytest.skip("the test before this one has not been run")
    assert not [window for window in left if isValid(window)]
    assert not QGuiApplication.clipboard().text()
