"""Races: who may run against whom, and that two real labs of two real Pythons do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from playground.interpreters.facts import InterpreterFacts
from playground.interpreters.known import Interpreter
from playground.recipe.recipe import Recipe
from ui.kit.theme import ThemeSource
from ui.recipe import races
from ui.recipe.race_menu import IN_TURN
from ui.settings.settings_file import SettingsFile
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

LIMIT_MS = 60_000
MODELS = {"threads": None, "gevent": "needs gevent"}
OWN = Interpreter("", True, None, InterpreterFacts("", "3.11.7", "CPython"), MODELS)
PYPY = Interpreter("/bin/pypy", True, None, InterpreterFacts("/bin/pypy", "3.9.16", "PyPy"), MODELS)
FREE = Interpreter(
    "/bin/3.13t", True, None, InterpreterFacts("/bin/3.13t", "3.13.0", "CPython", True, gil_enabled=False), MODELS
)
OLD = Interpreter("/bin/2.7", False, "is older than 3.8", InterpreterFacts("/bin/2.7"))
SHORT = Recipe(job="sleep", workers=1, amount=3)


def values(recipe: Recipe) -> list[tuple[str, bool]]:
    return [(row.value, row.available) for row in races.opponents(recipe, [OWN, PYPY, FREE, OLD])]


def test_the_others_that_can_run_it_may_race() -> None:
    assert values(Recipe()) == [("/bin/pypy", True), ("/bin/3.13t", True)]


def test_a_python_that_lacks_the_model_is_listed_with_its_reason() -> None:
    rows = races.opponents(Recipe(model="gevent"), [OWN, PYPY])
    assert [(row.value, row.available) for row in rows] == [("/bin/pypy", False)]
    assert "gevent" in rows[0].note


def test_a_free_threaded_python_may_race_itself() -> None:
    recipe = Recipe(interpreter="/bin/3.13t")
    assert values(recipe) == [("gil on", True), ("", True), ("/bin/pypy", True)]
    first, second = races.pair(recipe, "gil on")
    assert (first.interpreter, second.interpreter) == ("/bin/3.13t", "/bin/3.13t")
    assert (first.knobs, second.knobs) == ({}, {"gil": "on"})
    assert values(second)[0] == ("gil off", True)


def test_a_race_ends_some_time_and_keeps_the_length_it_was_given() -> None:
    assert {one.seconds for one in races.pair(Recipe(), "/bin/pypy")} == {races.SECONDS}
    assert [(one.seconds, one.amount) for one in races.pair(SHORT, "/bin/pypy")] == [(None, 3)] * 2


def test_what_only_one_of_them_knows_is_left_out_for_the_other() -> None:
    recipe = Recipe(interpreter="/bin/3.13t", knobs={"gil": "off", "switch_interval": 0.01})
    assert races.pair(recipe, "")[1].knobs == {"switch_interval": 0.01}


# --- with real labs


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    base = str(Path(sys.base_prefix) / "bin" / "python3")
    monkeypatch.setattr(known, "candidates", lambda *_: [base])
    made = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.show_recipe(SHORT)
    yield made
    made.close()


def open_menu(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(window.interpreters.all()) > 1, timeout=LIMIT_MS)
    qtbot.mouseClick(window.recipe_bar.race, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.race_menu.isVisible, timeout=LIMIT_MS)


def test_both_run_at_once_and_are_compared_when_they_have_ended(window: Window, qtbot: QtBot) -> None:
    open_menu(window, qtbot)
    with qtbot.waitSignal(window.races.finished, timeout=LIMIT_MS) as finished:
        qtbot.keyClick(window.race_menu, Qt.Key.Key_Return)
        assert len(window.runs.all) == 2, "at once"
    assert finished.args == [1, 2]
    paths = [run.recipe.interpreter for run in window.runs.all]
    assert paths[0] == ""
    assert Path(paths[1]).exists()
    assert window.runs_panel.model.checked == [1, 2]
    assert window.runs_panel.is_open()


def test_one_after_the_other_the_second_waits_for_the_first(window: Window, qtbot: QtBot) -> None:
    open_menu(window, qtbot)
    window.race_menu.order.segment(IN_TURN).click()
    with qtbot.waitSignal(window.races.finished, timeout=LIMIT_MS):
        qtbot.keyClick(window.race_menu, Qt.Key.Key_Return)
        assert len(window.runs.all) == 1, "the other has yet to come"
    first, second = window.runs.all
    assert (first.reading.ended_ns or 0) < (second.started_ns or 0)


def test_a_race_that_is_stopped_is_over(window: Window, qtbot: QtBot) -> None:
    window.show_recipe(Recipe(job="sleep", workers=1))
    open_menu(window, qtbot)
    window.race_menu.order.segment(IN_TURN).click()
    qtbot.keyClick(window.race_menu, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.runs.ended, timeout=LIMIT_MS):
        window.runs.stop_all()
    assert len(window.runs.all) == 1


def test_only_a_lab_can_race(window: Window) -> None:
    window.show_recipe(Recipe(host="app", seconds=1.0))
    assert not window.recipe_bar.race.isEnabled()
