"""After a crash the next start offers what ran and the log, once and in one notice; safe mode is offered, and is
safe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from playground.interpreters.known import Cache
from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from playground.start.logbook.life import CRASH, LIFE, Life, ended_badly
from playground.start.logbook.logbook import Logbook
from ui.afterwards import NORMALLY, SAFELY, SHOW_LOG, TAKE_UP, Afterwards
from ui.kit.button import Button
from ui.kit.theme import ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.shell import safe_mode
from ui.window import Window

pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints", extend=True),
]

GONE = "9999999-1-"  # the mark of an app that is no more
RAN = Recipe(job="hash", workers=7, model="processes", seconds=3.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "log"
    made.mkdir()
    return made


def crashed(folder: Path, **life: object) -> None:
    (folder / f"{GONE}{LIFE}").write_bytes(msgspec.json.encode(Life(**life)))
    (folder / f"{GONE}{CRASH}").write_text("Fatal Python error: Segmentation fault")


@pytest.fixture
def after(folder: Path) -> Iterator[Callable[[Window], Afterwards]]:
    books: list[Logbook] = []

    def build(window: Window) -> Afterwards:
        books.append(Logbook(folder))
        return Afterwards(window, books[-1])

    yield build
    for book in books:
        book.end()


def actions_of(window: Window) -> list[str]:
    return [button.objectName().removeprefix("notice_") for button in buttons(window)]


def buttons(window: Window) -> list[Button]:
    notices = [one for one in window.notices.notices() if "Playground" in one.words or "afe mode" in one.words]
    assert len(notices) == 1
    return [one for one in notices[0].findChildren(Button) if one.words()]


def press(window: Window, action: str) -> None:
    next(one for one in buttons(window) if one.objectName() == f"notice_{action}").click()


def test_after_a_proper_end_nothing_is_said(window: Window, after: Callable[[Window], Afterwards]) -> None:
    after(window)
    assert window.notices.words() == []


def test_after_a_crash_its_recipe_and_its_log_are_offered(
    window: Window, folder: Path, after: Callable[[Window], Afterwards]
) -> None:
    crashed(folder, settled=True, running={"1": 'job = "sleep"', "2": to_toml(RAN)})
    after(window)
    assert window.notices.words() == [
        f"Concurrency Playground did not end properly last time. This ran: {window.recipe_lines.brief_sentence(RAN)}."
    ]
    assert actions_of(window) == [TAKE_UP, SHOW_LOG]
    assert window.recipe_bar.recipe().job != "hash", "not before the user says so"
    press(window, TAKE_UP)
    assert window.recipe_bar.recipe() == RAN
    assert not window.runs.all, "shown, and not run"


def test_its_log_is_shown(window: Window, folder: Path, after: Callable[[Window], Afterwards]) -> None:
    crashed(folder, settled=True)
    after(window)
    assert actions_of(window) == [SHOW_LOG]
    press(window, SHOW_LOG)
    assert "Segmentation fault" in window.help._window.text.toPlainText()


def test_code_that_ran_in_a_crash_is_not_run_unseen(
    window: Window, folder: Path, after: Callable[[Window], Afterwards]
) -> None:
    recipe = Recipe(job="own", code="def job(i, n):\n    return 41\n")
    crashed(folder, settled=True, running={"1": to_toml(recipe)})
    after(window)
    press(window, TAKE_UP)
    assert window.recipe_bar.recipe().code == recipe.code
    assert window.run() is None
    assert not window.side.code.ask_bar.isHidden()


@pytest.mark.parametrize("text", ["job = ", 'job = "no such job"', 'workers = "many"'])
def test_a_recipe_that_is_none_is_no_trouble(
    window: Window, folder: Path, after: Callable[[Window], Afterwards], text: str
) -> None:
    crashed(folder, settled=True, running={"1": text})
    after(window)
    assert actions_of(window) == [SHOW_LOG]


def test_it_is_noted_what_runs(qtbot: QtBot, window: Window, after: Callable[[Window], Afterwards]) -> None:
    made = after(window)
    run = window.run(Recipe(job="sleep", workers=2, seconds=30.0))
    life = made._logbook.life
    made._logbook.wait()
    assert list(msgspec.json.decode(life.path.read_bytes(), type=Life).running) == [str(run.number)]
    window.runs.stop_all()
    qtbot.waitUntil(lambda: run.ended)
    qtbot.waitUntil(lambda: not window.runs.live)
    made._logbook.wait()
    assert msgspec.json.decode(life.path.read_bytes(), type=Life).running == {}


@pytest.mark.parametrize(("early", "offered"), [(0, False), (1, True), (2, True)])
def test_safe_mode_is_offered_after_two_ends_right_after_the_start(
    window: Window, folder: Path, after: Callable[[Window], Afterwards], early: int, offered: bool
) -> None:
    crashed(folder, early=early)
    after(window)
    assert (SAFELY in actions_of(window)) == offered
    assert any(f"{early + 1} times" in words for words in window.notices.words()) == offered


def test_two_windows_do_not_take_each_other_for_dead(folder: Path, make: Callable[[], Window]) -> None:
    one = Logbook(folder)
    assert one.wait()
    assert ended_badly(folder) is None
    one.end()


# --- safe mode


@pytest.fixture
def safe(qtbot: QtBot) -> Window:
    window = Window(ThemeSource("dark"), safe_mode.settings())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_safe_mode_reads_and_writes_no_settings(make: Callable[[], Window], safe: Window, fresh_settings: Path) -> None:
    safe.settings.wait_until_written()
    before = {path: path.read_bytes() for path in fresh_settings.rglob("*") if path.is_file()}
    safe.show_recipe(RAN)
    safe.settings.change(recipe=RAN, code="x = 1", zoom=150)
    safe.close()
    assert {path: path.read_bytes() for path in fresh_settings.rglob("*") if path.is_file()} == before
    assert safe.settings.message is None


def test_safe_mode_restores_nothing(fresh_settings: Path) -> None:
    usual = SettingsFile()
    usual.change(recipe=RAN, theme="light", code="def job(i, n): ...")
    usual.close()
    assert SettingsFile().settings.theme == "light"
    settings = safe_mode.settings().settings
    assert (settings.theme, settings.recipe, settings.code) == ("system", Recipe(), "")


def test_safe_mode_lists_and_seeks_no_other_python(qtbot: QtBot, safe: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cache, "all", lambda self: pytest.fail("an earlier answer was read"))
    monkeypatch.setattr(safe.interpreters, "search", lambda: pytest.fail("they are looked for"))
    safe._find_interpreters()
    assert [one.path for one in safe.interpreters.all()] == [""]
    assert safe.recipe_bar.chip_interpreter.words().startswith("CPython"), "our own is known"


def test_safe_mode_says_so_and_how_to_leave_it(safe: Window, after: Callable[[Window], Afterwards]) -> None:
    after(safe)
    assert safe.windowTitle() == "Safe mode – Concurrency Playground"
    assert safe.status.facts()["status_safe"] == "safe mode"
    assert actions_of(safe) == [NORMALLY]


def test_it_starts_again_with_the_same_words_but_for_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-X", "dev", "main.py", "--theme", "dark"])
    monkeypatch.setattr(sys, "argv", ["main.py", "--theme", "dark"])
    assert safe_mode.command(safe=True) == ["-X", "dev", "main.py", "--theme", "dark", "--safe-mode"]
    monkeypatch.setattr(sys, "orig_argv", ["App.exe", "--safe-mode"])
    monkeypatch.setattr(sys, "argv", ["App.exe", "--safe-mode"])
    assert safe_mode.command(safe=False) == []
