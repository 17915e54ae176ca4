"""The Pythons that the window knows: at once, as they answer, and those that the user points at."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters import known as interpreters
from playground.interpreters import places
from playground.recipe.recipe import Recipe
from tests.core.labs import wait_for
from tests.core.made_pythons import FACTS, counting, environment, install, script, starts
from tests.core.test_interpreters import marked, those_with
from ui.code.trusted_code import words_beside
from ui.recipe.known_interpreters import KnownInterpreters
from ui.settings.settings_file import SettingsFile

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")

LIMIT_MS = 60_000
Make = Callable[[], KnownInterpreters]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that a search finds, besides what it is told."""
    paths: list[str] = []
    monkeypatch.setattr(interpreters, "candidates", lambda also=(): [*map(str, also), *paths])
    monkeypatch.setattr(places, "usual", lambda some: {path for path in some if path in paths})
    return paths


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[KnownInterpreters] = []
    kept: list[SettingsFile] = []

    def start() -> KnownInterpreters:
        """As the window does when the app is started once more."""
        for before in kept:
            before.wait_until_written()
        kept.append(SettingsFile(tmp_path / "settings"))
        window = QWidget()
        qtbot.addWidget(window)
        made.append(KnownInterpreters(kept[-1], words_beside(kept[-1]), window))
        made[-1].restore()
        return made[-1]

    yield start
    for known in made:
        known.shut_down()
    for before in kept:
        before.wait_until_written()


def paths(known: KnownInterpreters) -> list[str]:
    return [one.path for one in known.all()]


def search(known: KnownInterpreters, qtbot: QtBot) -> None:
    with qtbot.waitSignal(known._finder.searched, timeout=LIMIT_MS):
        known.search()


def test_the_second_start_knows_all_and_asks_nobody(there: list[str], make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    python, log = counting(tmp_path)
    there.append(python)
    first = make()
    assert paths(first) == [""]
    search(first, qtbot)
    assert paths(first) == ["", python]
    second = make()
    assert paths(second) == ["", python]
    search(second, qtbot)
    assert paths(second) == ["", python]
    assert starts(log) == 1


def test_each_is_there_as_soon_as_it_has_answered(there: list[str], make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    go = tmp_path / "go"
    quick = script(tmp_path, f"echo '{FACTS % '3.12.0'}'", "quick")
    slow = script(tmp_path, f"until test -e {go}; do sleep 0.02; done; echo '{FACTS % '3.13.0'}'", "slow")
    there += [quick, slow]
    known = make()
    known.search()
    qtbot.waitUntil(lambda: paths(known) == ["", quick], timeout=LIMIT_MS)
    go.touch()
    qtbot.waitUntil(lambda: paths(known) == ["", slow, quick], timeout=LIMIT_MS)


def test_what_is_not_there_any_more_leaves_the_list(there: list[str], make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    there.append(script(tmp_path, f"echo '{FACTS % '3.12.0'}'"))
    search(make(), qtbot)
    known = make()
    assert len(paths(known)) == 2
    there.clear()  # it still exists, but nothing leads to it
    search(known, qtbot)
    assert paths(known) == [""]


def test_one_that_hangs_holds_nothing_up_and_ends_with_the_app(
    there: list[str], make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreters.asking, "LIMIT_S", 600.0)  # type: ignore[attr-defined]
    mark = marked(tmp_path, monkeypatch)
    there.append(script(tmp_path, "sleep 600", "hangs"))
    known = make()
    known.search()
    wait_for(lambda: those_with(mark))
    other = script(tmp_path, f"echo '{FACTS % '3.12.0'}'")
    with qtbot.waitSignal(known.located, timeout=LIMIT_MS):
        known.add(other)
    monkeypatch.delenv(mark.partition("=")[0])
    known.shut_down()
    wait_for(lambda: not those_with(mark))


def test_what_is_installed_meanwhile_is_noticed(
    there: list[str], make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.append(environment(tmp_path / "venv"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(own := tmp_path / "own" / "site-packages")])
    own.mkdir(parents=True)
    known = make()
    search(known, qtbot)
    assert [one.packages.get("monocle") for one in known.all()][1] is None
    install(tmp_path / "venv", "monocle", "77.0")
    (own / "something").mkdir()
    asked: list[bool] = []
    monkeypatch.setattr(interpreters, "own_anew", lambda: asked.append(True) or interpreters.own())
    qtbot.waitUntil(lambda: not known._finder.isRunning(), timeout=LIMIT_MS)
    with qtbot.waitSignal(known._finder.searched, timeout=LIMIT_MS):
        known.search_again()
    assert [one.packages.get("monocle") for one in known.all()][1] == "77.0"
    assert asked == [True]


# --- pointed at


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def at(path: str) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))

    return at


@pytest.mark.usefixtures("there")
def test_one_that_is_pointed_at_is_kept(make: Make, qtbot: QtBot, tmp_path: Path, point: Callable[[str], None]) -> None:
    python = script(tmp_path, f"echo '{FACTS % '3.12.0'}'", "my-own-snake")
    point(python)
    known = make()
    with qtbot.waitSignal(known.located, timeout=LIMIT_MS) as located:
        known.locate()
    assert located.args == [python]
    assert paths(known) == ["", python]
    again = make()
    search(again, qtbot)
    assert paths(again) == ["", python]
    Path(python).unlink()
    search(again, qtbot)
    gone = again.all()[-1]
    assert (gone.path, gone.available, gone.why) == (python, False, "No such file or directory")


@pytest.mark.usefixtures("there")
def test_one_that_is_no_python_is_refused_with_its_reason(
    make: Make, qtbot: QtBot, tmp_path: Path, point: Callable[[str], None]
) -> None:
    rubbish = script(tmp_path, "echo hello")
    point(rubbish)
    known = make()
    with qtbot.waitSignal(known.refused, timeout=LIMIT_MS) as refused:
        known.locate()
    assert refused.args[0].startswith(f"{rubbish} cannot be used: is not a Python")
    assert paths(known) == ["", rubbish]  # with its reason, until the app ends
    again = make()
    search(again, qtbot)
    assert paths(again) == [""]


@pytest.mark.usefixtures("there")
def test_another_name_of_one_that_is_known_is_that_one(
    make: Make, qtbot: QtBot, tmp_path: Path, point: Callable[[str], None]
) -> None:
    known = make()
    point(sys.executable)
    with qtbot.waitSignal(known.located, timeout=LIMIT_MS) as located:
        known.locate()
    assert located.args == [""]
    assert paths(known) == [""]


@pytest.mark.usefixtures("there")
def test_a_dialog_that_is_closed_changes_nothing(make: Make, point: Callable[[str], None]) -> None:
    point("")
    known = make()
    known.locate()
    assert paths(known) == [""]


# --- of a recipe


@pytest.mark.usefixtures("there")
def test_environments_beside_a_recipe_are_listed_and_not_asked(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    python, log = counting(tmp_path / "recipes" / ".venv" / "bin")
    known = make()
    known.look_beside(tmp_path / "recipes" / "race.toml")
    qtbot.waitUntil(lambda: known.unasked == {python}, timeout=LIMIT_MS)
    search(known, qtbot)
    (one,) = [one for one in known.all() if one.path]
    assert (one.path, one.available, one.why) == (python, False, "not asked yet: lies beside race.toml")
    _, words = known.problem(Recipe(interpreter="3.98")) or ("", "")
    assert words.startswith("3.98 was not found on this computer. What lies beside race.toml was not asked: the menu")
    assert starts(log) == 0


@pytest.mark.usefixtures("there")
def test_one_beside_a_recipe_is_asked_on_the_users_word_until_it_changes(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    said = f"echo '{FACTS % '3.12.0'}'"
    python = script(tmp_path / ".venv" / "bin", said)
    known = make()
    known.look_beside(tmp_path / "race.toml")
    qtbot.waitUntil(lambda: known.unasked == {python}, timeout=LIMIT_MS)
    with qtbot.waitSignal(known.located, timeout=LIMIT_MS):
        known.add(python)
    recipe = Recipe(interpreter=python)
    assert known.unasked_of(recipe) == {}
    again = make()
    again.look_beside(tmp_path / "race.toml")
    qtbot.waitUntil(lambda: python in paths(again), timeout=LIMIT_MS)
    assert again.unasked_of(recipe) == {}
    script(tmp_path / ".venv" / "bin", said + " # a byte")
    assert again.unasked_of(recipe) == {python: "changed since you allowed it"}
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    third = make()
    search(third, qtbot)
    assert third.unasked == {python}


def test_a_short_name_is_resolved_as_soon_as_it_is_found(
    there: list[str], make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    python = script(tmp_path, f"echo '{FACTS % '3.99.0'}'")
    there.append(python)
    known, recipe = make(), Recipe(interpreter="3.99")
    assert known.resolved(recipe) == recipe
    assert known.still_looking_for(recipe)
    assert known.problem(recipe) == ("interpreter", "Looking for Pythons …")
    search(known, qtbot)
    assert known.resolved(recipe).interpreter == python
    assert known.problem(known.resolved(recipe)) is None
    assert known.problem(Recipe(interpreter="3.98")) == ("interpreter", "3.98 was not found on this computer.")


@pytest.mark.usefixtures("there")
def test_a_path_that_nobody_knows_is_asked_on_the_users_word(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    said = tmp_path / "said"
    old = script(tmp_path, f"touch {said}; echo '{FACTS % '3.6.1'}'")
    known, recipe = make(), Recipe(interpreter=old)
    known.note_recipe(recipe)
    for _ in range(3):
        assert known.resolved(recipe) == recipe
    qtbot.waitUntil(lambda: known.unasked == {old}, timeout=LIMIT_MS)
    assert known.problem(recipe) is None  # it is asked about when it is to run
    assert known.unasked_of(recipe, Recipe()) == {old: "named in what was pasted"}
    assert not said.exists()
    known.allow([old])
    assert known.unasked == known.unasked_of(recipe).keys() == set()
    qtbot.waitUntil(lambda: paths(known) == ["", old], timeout=LIMIT_MS)
    assert known.problem(recipe) == ("interpreter", "CPython 3.6 cannot be used: is older than 3.8.")
    Path(old).unlink()
    gone = "interpreter", f"{old} was not found on this computer."
    qtbot.waitUntil(lambda: known.problem(recipe) == gone, timeout=LIMIT_MS)


@pytest.mark.usefixtures("there")
def test_a_path_is_whole_wherever_the_recipe_lies(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert make().resolved(Recipe(interpreter="./some/python")).interpreter == str(tmp_path / "some" / "python")


def test_what_an_interpreter_cannot_run_is_a_problem(
    there: list[str], make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    needs = 'needs gevent: "/some/python" -m pip install gevent'
    said = json.dumps({**json.loads(FACTS % "3.12.0"), "models": {"serial": None, "threads": needs}})
    python = script(tmp_path, f"echo '{said}'")
    there.append(python)
    known = make()
    search(known, qtbot)
    assert known.problem(Recipe(interpreter=python, model="serial")) is None
    field, words = known.problem(Recipe(interpreter=python, model="threads")) or ("", "")
    assert field == "model"
    assert words.startswith("Threads is unavailable in CPython 3.12: needs gevent. The menu copies the command.")
    assert words.endswith("can run it.")
    field, words = known.problem(Recipe(interpreter=python, model="serial", knobs={"gil": "off"})) or ("", "")
    assert field == "knobs.gil"
    assert "CPython 3.12 has no build without the GIL" in words
