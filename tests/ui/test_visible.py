"""What hides in a text from elsewhere is seen in the window: in labels, in what is painted, and in the editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from ui.code.code_marks import LINE
from ui.code.code_text import CodeText
from ui.kit.drawing import write
from ui.kit.labels import Label
from ui.kit.theme import DARK
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

TURNED = "report\N{RIGHT-TO-LEFT OVERRIDE}lmot.py"


@pytest.mark.parametrize("wrap", [False, True])
def test_a_label_shows_what_hides(qtbot: QtBot, wrap: bool) -> None:
    label = Label(DARK, TURNED, wrap=wrap)
    qtbot.addWidget(label)
    assert "report\\u202elmot.py" in label.text()
    assert label.words() == TURNED


def painted(words: str) -> QImage:
    image = QImage(300, 30, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    write(painter, QRectF(0, 0, 300, 30), (words, DARK.font(13), "#FFFFFF"))
    painter.end()
    return image


def test_what_is_painted_shows_what_hides(qtbot: QtBot) -> None:
    assert painted(TURNED) == painted("report\\u202elmot.py")
    assert painted(TURNED) != painted("reportyp.toml")


def test_a_line_of_code_is_shown_sign_by_sign_and_stays_as_it_is(qtbot: QtBot) -> None:
    code = "a = 1\nb = 'x\N{RIGHT-TO-LEFT ISOLATE}' # \N{POP DIRECTIONAL ISOLATE}\N{ZERO WIDTH SPACE}end\nc = 3"
    text = CodeText(DARK, "code", "Code")
    qtbot.addWidget(text)
    text.resize(600, 100)
    text.set_text(code)
    text.show()
    qtbot.waitExposed(text)
    image = text.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    grounds = [
        image.pixelColor(int(560 * ratio) - 100, int((text._row(number).center().y()) * ratio)) for number in range(3)
    ]
    bad, usual = QColor(DARK.bad_soft), QColor(DARK.panel)
    assert [ground == usual for ground in grounds] == [True, False, True]
    assert grounds[1] == bad
    assert text.text() == code
    assert text._row(1).height() == LINE


def test_an_interpreter_is_asked_about_by_a_path_that_is_seen(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    there = tmp_path / TURNED
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    assert window.run(Recipe(interpreter=str(there))) is None
    words = window.side.code.ask_bar.words.words()
    assert f"{tmp_path}/report\\u202elmot.py" in words
    assert TURNED not in words
