"""Labels: a name longer than a line goes on in the next one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from ui.kit.fonts import load_fonts
from ui.kit.labels import Label, breakable
from ui.kit.theme import DARK

NAME = "an_example_of_a_rather_long_file_name_for_a_recipe_with_code.toml"


@pytest.mark.parametrize("name", [NAME, f"**{NAME}**", "/tmp/" * 20, "x" * 80, "C:\\Users\\" * 9])
def test_a_long_name_is_not_cut(qtbot: QtBot, name: str) -> None:
    load_fonts()
    label = Label(DARK, f"This code came from {name}. Look at it.", 13, wrap=True, line=18)
    qtbot.addWidget(label)
    document = QTextDocument()
    document.setDefaultFont(label.font())
    document.setHtml(label.text())
    document.setTextWidth(300)
    assert document.idealWidth() <= 300
    assert breakable(name).replace("\N{ZERO WIDTH SPACE}", "") == name
    assert label.words() == f"This code came from {name}. Look at it."
    assert "\N{ZERO WIDTH SPACE}" not in label.accessibleName()


def test_words_of_the_usual_length_stay_whole() -> None:
    for words in ("Each waited **50 %** of its time for a core.", "multiprocessing.Queue()", "x" * 24):
        assert breakable(words) == words
