"""Interpreters in the whole window, offscreen: a chosen one that is gone, one that is located, one named shortly."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.interpreters import known, places
from playground.recipe.recipe import Recipe
from tests.core.made_pythons import FACTS, environment, script
from ui.kit.theme import ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),  # offscreen no window manager is told a least size
    pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts"),
]

LIMIT_MS = 60_000
Make = Callable[[], Window]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []
    monkeypatch.setattr(known, "candidates", lambda also=(): [*map(str, also), *paths])
    monkeypatch.setattr(places, "usual", lambda some: {path for path in some if path in paths})
    return paths


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path, there: list[str]) -> Iterator[Make]:
    made: list[Window] = []

    def build() -> Window:
        window = Window(ThemeSource("dark"), SettingsFile(tmp_path / "settings"))
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield build
    for window in made:
        window.close()


def search(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.interpreters._finder.searched, timeout=LIMIT_MS):
        window.interpreters.search()


def test_a_chosen_one_that_is_gone_is_marked_and_nothing_runs(
    make: Make, qtbot: QtBot, tmp_path: Path, there: list[str]
) -> None:
    python = script(tmp_path, f"echo '{FACTS % '3.99.0'}'")
    there.append(python)
    window = make()
    search(window, qtbot)
    window.recipe_bar.menus.take_interpreter(python)
    assert window.recipe_bar.chip_interpreter.words() == "CPython 3.99"
    assert window.recipe_bar.run.isEnabled()
    Path(python).unlink()
    assert window.run() is None
    assert window.recipe_bar.chip_interpreter.warned
    assert not window.recipe_bar.run.isEnabled()
    assert window.recipe_bar.problem() == f"{python} was not found on this computer."
    window.close()
    again = make()  # the settings remember it
    assert again.recipe_bar.recipe().interpreter == python
    gone = f"{python} was not found on this computer."
    qtbot.waitUntil(lambda: again.recipe_bar.problem() == gone, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: any(choice.missing for choice in again.recipe_bar.menus._interpreters), timeout=LIMIT_MS)
    again.recipe_bar.menus.take_interpreter("")
    assert again.recipe_bar.run.isEnabled()


def test_what_it_cannot_run_is_refused_before_the_start(
    make: Make, qtbot: QtBot, tmp_path: Path, there: list[str]
) -> None:
    said = json.dumps({**json.loads(FACTS % "3.12.0"), "models": {"serial": None, "threads": "not today"}})
    python = script(tmp_path, f"echo '{said}'")
    there.append(python)
    window = make()
    search(window, qtbot)
    assert window.run(Recipe(interpreter=python, model="threads", amount=1)) is None
    assert window.recipe_bar.chip_model.warned
    assert "unavailable in CPython 3.12: not today" in window.recipe_bar.problem()
    assert not window.runs.all


def test_a_located_one_is_taken(make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = environment(tmp_path / "venv", os.path.realpath(sys.executable))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (python, ""))
    window = make()
    window.recipe_bar.menus.locate_requested.emit()
    qtbot.waitUntil(lambda: window.recipe_bar.recipe().interpreter == python, timeout=LIMIT_MS)
    assert window.settings.settings.interpreters == (python,)
    run = window.run(Recipe(job="sleep", workers=1, amount=1, interpreter=python))
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    assert run.engine.outcome == "finished", run.engine.error


def test_one_that_is_no_python_is_refused_in_words(
    make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubbish = script(tmp_path, "echo hello")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (rubbish, ""))
    window = make()
    window.recipe_bar.menus.locate_requested.emit()
    qtbot.waitUntil(lambda: any("is not a Python" in words for words in window.notices.words()), timeout=LIMIT_MS)
    assert window.recipe_bar.recipe().interpreter == ""
    assert window.settings.settings.interpreters == ()


def test_a_recipe_may_name_its_interpreter_shortly(make: Make, qtbot: QtBot, tmp_path: Path, there: list[str]) -> None:
    python = script(tmp_path, f"echo '{FACTS % '3.99.0'}'")
    there.append(python)
    window = make()
    window.show_recipe(Recipe(interpreter="3.99"))
    assert window.recipe_bar.problem() == "Looking for Pythons …"
    search(window, qtbot)
    assert window.recipe_bar.recipe().interpreter == python
    assert window.recipe_bar.problem() == ""
    window.show_recipe(Recipe(interpreter="3.98"))
    assert window.recipe_bar.problem() == "3.98 was not found on this computer."


def test_a_menu_that_opens_looks_again(
    make: Make, qtbot: QtBot, tmp_path: Path, there: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.window.FIND_AFTER_MS", 10**8)  # the window itself does not look in this test
    window = make()
    search(window, qtbot)
    qtbot.waitUntil(lambda: not window.interpreters._finder.isRunning(), timeout=LIMIT_MS)
    there.append(script(tmp_path, f"echo '{FACTS % '3.99.0'}'"))
    window.recipe_bar.chip_interpreter.click()
    menu = window.recipe_bar.menus["interpreter"]
    qtbot.waitUntil(lambda: "CPython 3.99" in [row.title for row in menu.rows()], timeout=LIMIT_MS)
    assert menu.isVisible()
