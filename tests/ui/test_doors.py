"""Nothing that came with a recipe starts unasked: in the window, by every way of bringing one in, in the middle of a
stranger's folder. What the window itself looks for on this computer is there too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from tests.core.hostile import Hostile
from tests.core.labs import LIMIT_S, ROOT
from tests.core.made_pythons import environment
from tests.ui.test_ways import drag_over, dragged, let_go
from ui.settings.settings_file import SettingsFile
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.skipif(os.name != "posix", reason="the programs of the folder are shell scripts"),
]

LIMIT_MS = 60_000
Make = Callable[[], Window]


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", os.pathsep.join([".", ".venv/bin", "", "/usr/bin", "/bin"]))
    monkeypatch.setattr("ui.window.FIND_AFTER_MS", 10**8)  # each test searches once, and waits for the end
    made = Hostile(tmp_path / "theirs")
    monkeypatch.chdir(made.folder)
    return made


def settled(window: Window, qtbot: QtBot) -> None:
    """All who were to be asked have been: a search everywhere has ended, and so has what was ordered before."""
    known = window.interpreters
    with qtbot.waitSignal(known._finder.searched, timeout=LIMIT_MS):
        known.search()
    qtbot.waitUntil(lambda: not (known._asker.isRunning() or known._finder.isRunning()), timeout=LIMIT_MS)
    qtbot.wait(50)


def drop(window: Window, path: Path) -> None:
    data = dragged(path)
    assert drag_over(window, data)
    let_go(window, data)


def paste(window: Window, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.actions_by_name["paste_recipe"].trigger()


def type_line(window: Window, line: str, enter: bool) -> None:
    field = window.recipe_bar.line
    window.actions_by_name["type_recipe"].trigger()
    field.selectAll()
    QTest.keyClicks(field, line)
    QTest.qWait(300)  # longer than the field waits before it looks
    if enter:
        QTest.keyClick(field, Qt.Key.Key_Return)


def go_through_the_palette(window: Window, python: str) -> None:
    window._open_palette()
    action = window.typed_recipe.made_of(f"2 x primes as threads on {python}")
    assert action is not None
    action.trigger()


def restored(window: Window, recipe: Recipe) -> None:
    window.settings.change(recipe=recipe)
    window._restore()


def locate(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))  # looked at, and closed
    window.interpreters.locate()


WAYS: dict[str, Callable[[Window, Hostile, pytest.MonkeyPatch], object]] = {
    "open, a path": lambda w, h, m: w.files.open(h.file("path")),
    "open, a relative path": lambda w, h, m: w.files.open(h.file("relative")),
    "open, a bare name": lambda w, h, m: w.files.open(h.file("bare")),
    "open, a link": lambda w, h, m: w.files.open(h.file("linked")),
    "open, a short name": lambda w, h, m: w.files.open(h.file("name")),
    "open, code and a path": lambda w, h, m: w.files.open(h.file("all")),
    "open, nothing but what lies beside": lambda w, h, m: w.files.open(h.file("safe")),
    "open code": lambda w, h, m: w.files.open(h.folder / "job.py"),
    "drop": lambda w, h, m: drop(w, h.file("path")),
    "drop code and a path": lambda w, h, m: drop(w, h.file("all")),
    "paste a file": lambda w, h, m: paste(w, h.file("all").read_text()),
    "paste a line": lambda w, h, m: paste(w, f"2 x primes as threads on {h.python}"),
    "half a path typed": lambda w, h, m: type_line(w, f"2 x primes as threads on {h.python}", enter=False),
    "a whole path typed": lambda w, h, m: type_line(w, f"2 x primes as threads on {h.python}", enter=True),
    "a relative path typed": lambda w, h, m: type_line(w, "2 x primes as threads on ./.venv/bin/python", enter=True),
    "typed in the palette": lambda w, h, m: w.typed_recipe.made_of(f"2 x primes as threads on {h.python}"),
    "run from the palette": lambda w, h, m: go_through_the_palette(w, h.python),
    "opened before": lambda w, h, m: (
        w.settings.change(recent=(str(h.file("path")),)),
        next(w.recipe_ways.to_open()).act(),
    ),
    "restored at the start": lambda w, h, m: restored(w, h.recipes()["path"]),
    "restored with code": lambda w, h, m: restored(w, h.recipes()["all"]),
    "located, and not accepted": lambda w, h, m: locate(w, m),
    "a script is looked at": lambda w, h, m: (w.show_recipe(h.recipes()["versions"]), w.side.code.copy_as_script()),
    "the menus are opened": lambda w, h, m: (
        w.files.open(h.file("path")),
        w.recipe_bar.chip_interpreter.click(),
        w.recipe_bar.chip_model.click(),
    ),
    "the race menu is opened": lambda w, h, m: (w.files.open(h.file("safe")), w.race_start.open_menu()),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_it_is_executed_however_it_comes_in(
    hostile: Hostile, make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    window = make()
    WAYS[way](window, hostile, monkeypatch)
    settled(window, qtbot)
    assert hostile.executed() == []
    assert not window.runs.all
    if "a path" in way or "a link" in way:
        recipe = window.recipe_bar.recipe()
        assert window.run() is None  # the question stands there, and nobody has answered
        assert window.side.code.ask_bar.isVisible()
        assert recipe.interpreter in window.side.code.ask_bar.words.words()
        settled(window, qtbot)
        window.side.code.ask_bar.not_now.click()
        assert window.run() is None
        assert hostile.executed() == []


@pytest.mark.parametrize("name", ["path", "all", "name", "linked", "code"])
def test_a_picture_of_it_runs_nothing_of_it(hostile: Hostile, tmp_path: Path, name: str) -> None:
    words = ["--screenshot", str(tmp_path / "out.png"), "--recipe", f"{name}.toml", "--after", "1.5"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        cwd=hostile.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.png").exists()
    assert hostile.executed() == []


def test_a_run_inside_this_app_imports_nothing_of_the_folder_it_is_in(
    hostile: Hostile, make: Make, qtbot: QtBot
) -> None:
    """The probe, and the server of the pages, are processes of Python's -m."""
    window = make()
    run = window.run(Recipe(job="fetch", host="app", workers=2, amount=2, seconds=4.0, knobs={"latency": 1.0}))
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    assert run.engine.outcome == "finished", run.engine.error
    assert hostile.executed() == []


# --- on the user's word


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ui.window.FIND_AFTER_MS", 10**8)
    folder = tmp_path / "theirs"
    python = environment(folder / ".venv", os.path.realpath(sys.executable))
    (folder / "recipe.toml").write_text(f'job = "sleep"\namount = 1\nworkers = 1\ninterpreter = "{python}"\n')
    return folder


def test_on_the_users_word_it_runs_and_that_is_remembered_until_a_byte_changes(
    theirs: Path, make: Make, qtbot: QtBot
) -> None:
    window = make()
    python = str(theirs / ".venv" / "bin" / "python")
    bar = window.side.code.ask_bar
    window.files.open(theirs / "recipe.toml")
    assert window.run() is None
    assert bar.words.words() == (
        f"The recipe is to run in **{python}**, named in recipe.toml. "
        "That may be any program: run it only if you know it."
    )
    bar.run_it.click()
    (run,) = window.runs.all
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    assert run.engine.outcome == "finished", run.engine.error
    assert run.engine.facts.path == python
    assert not bar.isVisible()
    window.close()
    again = make()
    again.files.open(theirs / "recipe.toml")
    assert again.run() is not None
    qtbot.waitUntil(lambda: not again.runs.live, timeout=LIMIT_MS)
    with (theirs / ".venv" / "pyvenv.cfg").open("a") as file:
        file.write(" ")
    assert again.run() is None
    assert "changed since you allowed it" in again.side.code.ask_bar.words.words()


def test_the_word_is_for_what_was_there_when_it_was_asked_for(theirs: Path, make: Make, qtbot: QtBot) -> None:
    window = make()
    bar = window.side.code.ask_bar
    window.files.open(theirs / "recipe.toml")
    assert window.run() is None
    with (theirs / ".venv" / "pyvenv.cfg").open("a") as file:
        file.write(" ")
    bar.run_it.click()
    assert not window.runs.all
    assert bar.isVisible()
    assert "changed while you were asked about it" in bar.words.words()
    bar.run_it.click()
    qtbot.waitUntil(lambda: bool(window.runs.all) and not window.runs.live, timeout=LIMIT_MS)
    assert window.runs.all[0].engine.outcome == "finished", window.runs.all[0].engine.error


def test_the_menu_offers_what_lies_beside_the_file(theirs: Path, make: Make, qtbot: QtBot) -> None:
    (theirs / "recipe.toml").write_text('job = "sleep"\namount = 1\nworkers = 1\n')
    window = make()
    python = str(theirs / ".venv" / "bin" / "python")
    window.files.open(theirs / "recipe.toml")
    qtbot.waitUntil(lambda: bool(window.interpreters.unasked), timeout=LIMIT_MS)
    window.recipe_bar.chip_interpreter.click()
    menu = window.recipe_bar.menus["interpreter"]
    row = next(row for row in menu.rows() if not row.available)
    assert (row.title, row.note, row.action) == (python, "not asked yet: lies beside recipe.toml", "Use it")
    menu.acted.emit(row.value)
    qtbot.waitUntil(lambda: window.recipe_bar.recipe().interpreter == python, timeout=LIMIT_MS)
    assert window.settings.settings.interpreters == (python,)
    assert window.run() is not None
    qtbot.waitUntil(lambda: not window.runs.live, timeout=LIMIT_MS)


def test_code_and_its_interpreter_are_asked_about_at_once(theirs: Path, make: Make, qtbot: QtBot) -> None:
    python = theirs / ".venv" / "bin" / "python"
    code = "def job(worker, count):\\n    return 7\\n"
    (theirs / "recipe.toml").write_text(f'job = "own"\nworkers = 1\ncode = "{code}"\ninterpreter = "{python}"\n')
    window = make()
    window.files.open(theirs / "recipe.toml")
    assert window.run() is None
    words = window.side.code.ask_bar.words.words()
    assert words.startswith("This code came from **recipe.toml**.")
    assert f"**{python}**, named in recipe.toml" in words
    window.side.code.ask_bar.run_it.click()
    qtbot.waitUntil(lambda: bool(window.runs.all) and not window.runs.live, timeout=LIMIT_MS)
    assert window.runs.all[0].engine.outcome == "finished", window.runs.all[0].engine.error


def test_a_question_goes_when_another_interpreter_is_chosen(theirs: Path, make: Make) -> None:
    window = make()
    window.files.open(theirs / "recipe.toml")
    assert window.run() is None
    assert window.side.code.ask_bar.isVisible()
    window.recipe_bar.menus.take_interpreter("")
    assert not window.side.code.ask_bar.isVisible()


def test_pythons_that_were_pointed_at_before_there_were_words_keep_theirs(
    theirs: Path, make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    python = str(theirs / ".venv" / "bin" / "python")
    settings = SettingsFile(tmp_path / "settings")
    settings.change(interpreters=(python,))
    settings.wait_until_written()
    assert make().interpreters.unasked_of(Recipe(interpreter=python)) == {}


def test_an_opponent_that_has_changed_since_races_nobody(theirs: Path, make: Make, qtbot: QtBot) -> None:
    window = make()
    python = str(theirs / ".venv" / "bin" / "python")
    with qtbot.waitSignal(window.interpreters.located, timeout=LIMIT_MS):
        window.interpreters.add(python)
    with (theirs / ".venv" / "pyvenv.cfg").open("a") as file:
        file.write(" ")
    window.show_recipe(Recipe(job="sleep", workers=1, amount=1))
    window.race_start.start(python, True)
    assert not window.runs.all
    assert f"**{python}**, changed since you allowed it" in window.side.code.ask_bar.words.words()
    window.side.code.ask_bar.run_it.click()
    qtbot.waitUntil(lambda: len(window.runs.all) == 2 and not window.runs.live, timeout=LIMIT_MS)
