"""The run that the right column is about, out of one or of hundreds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.kit.choice_menu import ChoiceMenu
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK, LIGHT
from ui.runs.run_chooser import RunChooser, side_by_side

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window


@pytest.fixture
def chooser(qtbot: QtBot) -> RunChooser:
    load_fonts()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 700)
    chooser = RunChooser(DARK, "verdict_runs", "Which run")
    chooser.setParent(window)
    chooser.describe = lambda number: (f"{number} × Count primes", "threads" if number % 2 else "processes")
    window.show()
    chooser.window_kept = window  # type: ignore[attr-defined]  # else it is collected
    return chooser


@pytest.mark.parametrize(
    ("runs", "chosen", "seen"),
    [
        ((), None, []),
        ((7,), 7, [7]),
        (range(1, 6), 1, [1, 2, 3, 4, 5]),
        (range(1, 7), 6, [4, 5, 6]),
        (range(1, 41), 40, [38, 39, 40]),
        (range(1, 41), 2, [2, 39, 40]),
        (range(1, 41), 39, [38, 39, 40]),
        (range(1, 41), None, [38, 39, 40]),
        (range(1, 41), 99, [38, 39, 40]),  # it is gone
    ],
)
def test_the_last_stand_side_by_side_and_the_chosen_one_with_them(
    runs: range, chosen: int | None, seen: list[int]
) -> None:
    assert side_by_side(tuple(runs), chosen) == seen


def test_of_one_run_there_is_nothing_to_choose(chooser: RunChooser) -> None:
    chooser.show_runs([7], 7)
    assert not chooser.isVisible()
    chooser.show_runs([7, 8], 8)
    assert chooser.isVisible()
    assert not chooser.more.isVisible()


def test_it_is_as_wide_with_four_hundred_runs_as_with_a_hundred(chooser: RunChooser) -> None:
    widths = []
    for count in (40, 99, 400, 999):
        chooser.show_runs(range(1, count + 1), count)
        widths.append(chooser.sizeHint().width())
    assert max(widths) <= 224  # beside the caption, in a column of 320
    assert max(widths[2:]) - min(widths[2:]) < 8  # as wide as their digits are
    chooser.set_small(True)
    small = set()
    for chosen in (1, 40, 999):
        chooser.show_runs(range(1, 1000), chosen)
        small.add(chooser.sizeHint().width())
        assert chooser.more.words() == f"Run {chosen}"
    assert len(small) == 1  # whichever is chosen
    assert max(small) < 90


def test_all_others_are_found_by_typing(chooser: RunChooser, qtbot: QtBot) -> None:
    chooser.show_runs(range(1, 41), 40)
    assert chooser.more.words() == "37 more"
    qtbot.mouseClick(chooser.more, Qt.MouseButton.LeftButton)
    menu = chooser.window().findChild(ChoiceMenu, "menu_verdict_runs")
    assert menu.isVisible()
    assert [choice.value for choice in menu.rows()] == [str(number) for number in range(40, 0, -1)]
    assert (menu.taken, menu.rows()[0].title, menu.rows()[0].note) == ("40", "40 · 40 × Count primes", "processes")
    qtbot.keyClicks(menu.field, "17 threads")
    assert [choice.value for choice in menu.rows()] == ["17"]
    with qtbot.waitSignal(chooser.chosen, timeout=1000) as chosen:
        qtbot.keyClick(menu.field, Qt.Key.Key_Return)
    assert chosen.args == [17]
    assert chooser.last.taken() == "17"


def test_a_press_beside_chooses_and_says_so_once(chooser: RunChooser, qtbot: QtBot) -> None:
    told: list[int] = []
    chooser.chosen.connect(told.append)
    chooser.show_runs([7, 8, 9], 9)
    qtbot.mouseClick(chooser.last.segment("7"), Qt.MouseButton.LeftButton)
    assert (told, chooser.taken(), chooser.last.taken()) == ([7], 7, "7")
    chooser.set_theme(LIGHT)
    chooser.grab()
