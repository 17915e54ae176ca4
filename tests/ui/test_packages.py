"""Rows that install what a model misses: on a press, with progress, and the model is there without a restart."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.interpreters import installing, known, optional_packages
from playground.interpreters.interpreter import own
from playground.interpreters.known import Interpreter
from playground.recipe.recipe import Recipe
from tests.core.test_installing import made_environment, made_wheel
from ui.kit.choice_menu import Choice
from ui.recipe.choices import COPY
from ui.recipe.packages import CANCEL, INSTALL, SURE, WAITS
from ui.runs.computer_card import NoteButton
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(os.name != "posix", reason="environments as POSIX has them"),
    pytest.mark.usefixtures("no_other_pythons"),
]
LIMIT_MS = 60_000
NEEDS = 'needs %s: "/p" -m pip install %s'
SLOW = """
import os, sys, time
print("Collecting slow", flush=True)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""
REFUSED = "print('ERROR: no network'); raise SystemExit(1)"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_environment(tmp_path_factory.mktemp("environment") / "one")


def row(window: Window, model: str) -> Choice:
    return next(choice for choice in window.recipe_bar.menus.rows("model")[0] if choice.value == model)


def press(window: Window, model: str) -> None:
    """The row of the model's menu, as a click does."""
    window.recipe_bar.menus.open("model")
    menu = window.recipe_bar.menus["model"]
    menu._take(menu._model.row_of(model))


def without_greenlet(monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    """The app's own Python, as if it lacked two of them."""
    models = {
        name: NEEDS % (name, name) if name in ("greenlet", "monocle") else why for name, why in own().models.items()
    }
    bare = replace(own(), models=models, packages={})
    monkeypatch.setattr(known, "own", lambda: bare)
    return bare


def test_in_an_environment_of_the_users_it_is_there_without_a_restart(
    qtbot: QtBot, window: Window, tmp_path: Path, environment: str
) -> None:
    index = made_wheel(tmp_path / "index")
    window.packages.pip_line = lambda one, package: optional_packages.pip_line(one, package, index)
    with qtbot.waitSignal(window.interpreters.located, timeout=LIMIT_MS):
        window.interpreters.add(environment)
    assert window.recipe_bar.recipe().interpreter == environment
    assert (row(window, "greenlet").available, row(window, "greenlet").action) == (False, INSTALL)
    seen: list[str] = []
    window.packages.changed.connect(lambda: seen.append(row(window, "greenlet").note))
    press(window, "greenlet")
    folder = Path(environment).parent.parent
    assert seen == [f"Install greenlet into {folder}, from where its pip looks (PyPI)?"]
    assert row(window, "greenlet").action == SURE
    with qtbot.waitSignal(window.packages.installed, timeout=LIMIT_MS):
        press(window, "greenlet")
        assert row(window, "greenlet").action == CANCEL
    qtbot.waitUntil(lambda: row(window, "greenlet").available, timeout=LIMIT_MS)
    assert seen[1] == "installing …"
    assert any(words.startswith("fetching greenlet") for words in seen)
    window.show_recipe(Recipe(model="greenlet", interpreter=environment))
    assert not window.recipe_bar.problem()


def test_why_it_failed_is_told_in_the_row_which_can_be_pressed_again(
    qtbot: QtBot, make: Callable[[], Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    window = make()
    (tmp_path / "empty").mkdir()
    nowhere = ["-m", "pip", "install", "--no-index", f"--find-links={tmp_path / 'empty'}", "no-such-package"]
    window.packages.pip_line = lambda one, _package: [one.executable, *nowhere]
    press(window, "greenlet")
    qtbot.waitUntil(lambda: row(window, "greenlet").note.startswith("not installed: No matching"), timeout=LIMIT_MS)
    assert row(window, "greenlet").action == INSTALL


def test_a_defect_of_the_installer_is_told_and_the_row_can_be_pressed_again(
    qtbot: QtBot, make: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    window = make()
    told: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, problem, _trace: told.append(str(problem)))

    def tear(*_: object) -> None:
        raise LookupError("in two")

    monkeypatch.setattr(installing, "install", tear)
    window.packages.pip_line = lambda one, _package: [one.executable]
    press(window, "greenlet")
    press(window, "monocle")
    for model in ("greenlet", "monocle"):
        note = "not installed: LookupError: in two"
        qtbot.waitUntil(lambda model=model, note=note: row(window, model).note == note, timeout=LIMIT_MS)
        assert row(window, model).action == INSTALL
    assert told == ["in two", "in two"]


def slow(window: Window, note: Path) -> None:
    window.packages.pip_line = lambda one, package: [sys.executable, "-c", SLOW, f"{note}-{package}"]


def pid_in(path: Path) -> int:
    return int(path.read_text() or 0) if path.exists() else 0


def test_a_second_press_gives_up_and_the_next_one_waits(
    qtbot: QtBot, make: Callable[[], Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    window = make()
    slow(window, tmp_path / "pid")
    press(window, "greenlet")
    qtbot.waitUntil(lambda: pid_in(tmp_path / "pid-greenlet") > 0, timeout=LIMIT_MS)
    press(window, "monocle")
    assert (row(window, "monocle").note, row(window, "monocle").action) == (WAITS, CANCEL)
    press(window, "monocle")
    press(window, "greenlet")
    qtbot.waitUntil(lambda: row(window, "greenlet").action == INSTALL, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: row(window, "monocle").action == INSTALL, timeout=LIMIT_MS)
    assert row(window, "greenlet").note == "needs greenlet", "given up is no failure"
    assert not psutil.pid_exists(pid_in(tmp_path / "pid-greenlet"))
    assert not (tmp_path / "pid-monocle").exists()


def test_a_window_that_closes_meanwhile_leaves_no_process(
    qtbot: QtBot, make: Callable[[], Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    window = make()
    slow(window, tmp_path / "pid")
    press(window, "greenlet")
    qtbot.waitUntil(lambda: pid_in(tmp_path / "pid-greenlet") > 0, timeout=LIMIT_MS)
    window.close()
    assert not psutil.pid_exists(pid_in(tmp_path / "pid-greenlet"))
    assert not window.packages._installer.isRunning()


def test_on_this_computer_a_row_installs_too(
    qtbot: QtBot, make: Callable[[], Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    window = make()
    slow(window, tmp_path / "pid")
    window.shown_interpreters.show()
    assert (False, "greenlet", INSTALL) in window.side.computer.facts()
    qtbot.mouseClick(window.side.computer.findChild(NoteButton, "install_greenlet"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (False, "greenlet", "fetching slow …") in window.side.computer.facts(), timeout=LIMIT_MS)
    (button,) = [row.button for row in window.side.computer._rows if row.button is not None]
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert (False, "monocle", WAITS) in window.side.computer.facts()


def test_a_python_of_the_system_has_a_command_to_copy(
    make: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert row(make(), "greenlet").action == COPY


def test_the_packaged_app_says_why_not(make: Callable[[], Window], monkeypatch: pytest.MonkeyPatch) -> None:
    without_greenlet(monkeypatch)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    window = make()
    assert row(window, "greenlet").note == "needs greenlet; this packaged app has no pip; choose another Python"
    assert row(window, "greenlet").action == ""


def test_a_python_that_needs_the_users_word_is_not_added_to(
    qtbot: QtBot, window: Window, environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(window.interpreters.located, timeout=LIMIT_MS):
        window.interpreters.add(environment)
    assert row(window, "monocle").action == INSTALL
    monkeypatch.setattr(window.interpreters, "may_start", lambda _path: False)
    started: list[object] = []
    monkeypatch.setattr(window.packages._installer, "install", lambda *order: started.append(order))
    window.packages.press(environment, "monocle")
    assert started == []


def test_what_comes_with_the_first_start_is_brought_when_the_window_is_up(
    qtbot: QtBot, make: Callable[[], Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_greenlet(monkeypatch)
    wanted, tried = [True], []
    monkeypatch.setattr(optional_packages, "wanted_first", lambda _one: wanted[0])
    monkeypatch.setattr(optional_packages, "note_tried", lambda: tried.append(True))
    window = make()
    slow(window, tmp_path / "pid")
    qtbot.waitUntil(lambda: pid_in(tmp_path / "pid-greenlet") > 0, timeout=LIMIT_MS)
    assert row(window, "monocle").action == INSTALL, "it would have to be built"
    assert not tried
    window.close()
    assert not tried, "the next start tries again"
    window = make()
    window.packages.pip_line = lambda one, package: [
        sys.executable,
        "-c",
        "print('ERROR: no network'); raise SystemExit(1)",
    ]
    qtbot.waitUntil(lambda: row(window, "greenlet").note == "not installed: no network", timeout=LIMIT_MS)
    assert tried, "but no start after one that failed"
    wanted[0] = False
    window = make()
    qtbot.waitUntil(lambda: window.interpreters._begun, timeout=LIMIT_MS)
    assert row(window, "greenlet").action == INSTALL
