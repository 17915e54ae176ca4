"""The code tab: which text it shows, what it copies, what another model would change, and where workers are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from playground.script import shown_source
from playground.script.differences import Changes, code_lines, difference
from playground.script.making import NoScript, script_for
from tests.conftest import ROOT
from ui.code import compared_script
from ui.code.code_marks import Mark
from ui.code.code_page import CodePage
from ui.code.trusted_code import CodeTrust
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK, LIGHT, ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.shell.code_tab import size_of
from ui.window import Window

# Offscreen there is no window manager that could be told a least size.
pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

LIMIT_MS = 60_000
PRIMES = "playground/lab/jobs/primes.py"


@pytest.fixture
def page(qtbot: QtBot) -> CodePage:
    load_fonts()
    page = CodePage(DARK)
    qtbot.addWidget(page)
    page.resize(320, 460)
    page.show_recipe(Recipe())
    page.show()
    qtbot.waitExposed(page)
    return page


def shown(page: CodePage) -> str:
    text = page.shown_text()
    assert text is not None
    return text.text()


# -- the files


def test_it_shows_the_files_themselves_from_where_the_work_is(page: CodePage) -> None:
    assert shown(page) == (ROOT / PRIMES).read_text().rstrip("\n")
    assert page.caption.words() == PRIMES
    first = page.source.firstVisibleBlock().blockNumber()
    lines = shown(page).split("\n")
    assert any(line.startswith("def ops(") for line in lines[first : first + 3])
    page.choose("Model")
    assert shown(page) == (ROOT / "playground/lab/models/threads.py").read_text().rstrip("\n")
    page.show_recipe(Recipe(job="hash-python", model="thread-pool"))
    assert page.caption.words() == "playground/lab/models/thread_pool.py"
    page.choose("Job")
    assert page.caption.words() == "playground/lab/jobs/hash_python.py"


@pytest.mark.parametrize("kind", ["job", "model"])
def test_of_each_job_and_model_there_is_the_file_and_the_line(kind: str) -> None:
    for entry in catalogue.jobs() if kind == "job" else catalogue.models():
        source = shown_source.of_job(entry.name) if kind == "job" else shown_source.of_model(entry.name)
        assert (ROOT / source.name).read_text().rstrip("\n") == source.text
    with pytest.raises(ValueError, match="threads"):
        shown_source.of_model("../session")


def test_what_is_hidden_is_not_read_before_it_is_seen(page: CodePage) -> None:
    page.hide()
    page.show_recipe(Recipe(job="sleep"))
    assert page.source.text() == (ROOT / PRIMES).read_text().rstrip("\n")
    page.show()
    assert shown(page) == shown_source.of_job("sleep").text


# -- the script


def test_the_program_of_the_recipe(page: CodePage) -> None:
    page.choose("Script")
    assert shown(page) == script_for(Recipe()).rstrip("\n")
    page.show_recipe(Recipe(workers=7))
    assert shown(page) == script_for(Recipe(workers=7)).rstrip("\n")


def test_a_program_is_shown_from_its_first_line(page: CodePage) -> None:
    page.choose("Script")
    assert page.source.firstVisibleBlock().blockNumber() == 0


def test_where_there_is_little_room_the_text_comes_first(qtbot: QtBot, page: CodePage) -> None:
    qtbot.waitUntil(page.footer.isVisible, timeout=LIMIT_MS)
    page.resize(320, 180)
    assert not page.footer.isVisible()
    page.resize(320, 400)
    assert page.footer.isVisible()


def test_both_buttons_copy(qtbot: QtBot, page: CodePage) -> None:
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == shown(page)
    qtbot.waitUntil(page.copy_script.isEnabled)
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(page.copy_script, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == script_for(Recipe())
    assert page.view == "Job"


def test_a_copy_is_of_the_recipe_even_while_the_tab_is_hidden(qtbot: QtBot, page: CodePage) -> None:
    page.choose("Script")
    page.hide()
    page.show_recipe(Recipe(workers=9))
    page.copy_as_script()
    assert QGuiApplication.clipboard().text() == script_for(Recipe(workers=9))


def test_where_there_is_no_program_the_reason_is_told(
    qtbot: QtBot, page: CodePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise NoScript("it would be longer than anyone reads")

    monkeypatch.setattr(compared_script, "script_for", refuse)
    monkeypatch.setattr(compared_script, "comparable", refuse)
    page.show_recipe(Recipe(workers=3))
    qtbot.waitUntil(lambda: not page.copy_script.isEnabled())
    assert page.copy_script.toolTip() == "it would be longer than anyone reads"
    assert not page.footer.isVisible()
    page.choose("Script")
    assert page.shown_text() is None
    assert page.nothing.words() == "it would be longer than anyone reads"
    assert not page.copy.isEnabled()
    page.choose("Job")
    assert shown(page) == shown_source.of_job("primes").text


# -- what another model changes

ONE = '''"""One."""
from threading import Thread  # the module

workers = [Thread(target=work) for _ in range(4)]
for worker in workers:
    worker.start()
print("done")
'''
OTHER = '''"""Another, that says more.

Of course."""
from multiprocessing import Process

# Processes need this.
workers = [Process(target=work) for _ in range(4)]
for worker in workers:
    worker.start()
print("done")
'''


def test_only_what_does_something_counts() -> None:
    assert code_lines(OTHER)[0] == (4, "from multiprocessing import Process")
    assert difference(ONE, OTHER, "processes") == Changes("processes", (2, 4), 2)
    assert difference(ONE, ONE.replace("the module", "another comment"), "processes") is None
    more = ONE.replace('print("done")', 'print("done")\nprint("more")')
    assert difference(ONE, more, "processes") == Changes("processes", (), 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (Changes("processes", (8,), 1), "As processes, only line 8 changes"),
        (Changes("processes", (), 1), "As processes, 1 line changes"),
        (Changes("thread-pool", (2, 4), 3), "As thread pool, 3 lines change"),
        (Changes("qthread", (2, 4), 2), "As QThread, 2 lines change"),
    ],
)
def test_how_much_changes_is_said(changes: Changes, words: str) -> None:
    assert changes.words == words


def test_the_lines_that_change_are_marked_under_the_mouse(qtbot: QtBot, page: CodePage) -> None:
    qtbot.waitUntil(page.footer.isVisible, timeout=LIMIT_MS)
    assert page.footer.words().startswith("Script: as processes, ")
    page.footer.pointed.emit(True)
    assert page.source.marks() == []  # of the job's file nothing changes
    qtbot.mouseClick(page.footer, Qt.MouseButton.LeftButton)
    assert page.view == "Script"
    assert page.footer.words().startswith("As processes, ")
    marked = [mark.line for mark in page.source.marks()]
    lines = shown(page).split("\n")
    assert marked
    assert any("Thread" in lines[line - 1] for line in marked)
    page.resize(320, 260)
    seen: set[int] = set()
    for _ in marked:  # each press shows the next of them that is out of sight
        seen |= set(range(page.source.firstVisibleBlock().blockNumber() + 1, page.source.last_line_seen() + 1))
        qtbot.mouseClick(page.footer, Qt.MouseButton.LeftButton)
    assert set(marked) <= seen
    page.footer.pointed.emit(False)
    assert page.source.marks() == []


def test_own_code_is_not_said_to_change(qtbot: QtBot, page: CodePage) -> None:
    page.show_recipe(Recipe(job="own", code="def job(i, n):\n    return i\n"), edits=True)
    page.choose("Script")
    qtbot.waitUntil(page.footer.isVisible, timeout=LIMIT_MS)
    assert page.footer.words().startswith("As processes, ")
    page.choose("Job")
    assert not page.footer.isVisible()


# -- where workers are


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def started(qtbot: QtBot, window: Window) -> Callable[..., Run]:
    """Starts a recipe, and waits until each worker has done something."""

    def run(recipe: Recipe) -> Run:
        window.show_recipe(recipe)
        made = window.run()
        assert made is not None
        qtbot.waitUntil(lambda: all(worker.ops for worker in made.statistics().workers), timeout=LIMIT_MS)
        return made

    return run


def line_of(job: str, words: str) -> int:
    return next(number for number, line in enumerate(shown_source.of_job(job).text.split("\n"), 1) if words in line)


def badges(window: Window) -> dict[int, str]:
    return {mark.line: "".join(letter for letter, _ in mark.badges) for mark in window.side.code.source.marks()}


def test_the_lines_of_a_few_workers_have_their_badges(
    qtbot: QtBot, window: Window, started: Callable[..., Run]
) -> None:
    window.code_tab.show()
    started(Recipe(job="sleep", workers=3))
    line = line_of("sleep", "yield Sleep")
    qtbot.waitUntil(lambda: badges(window) == {line: "ABC"}, timeout=LIMIT_MS)
    (mark,) = window.side.code.source.marks()
    assert (mark.words, mark.ground) == ("", "")
    window.side.code.choose("Model")
    assert window.side.code.source.marks() == []


def test_the_line_of_the_worker_under_the_mouse_is_marked(
    qtbot: QtBot, window: Window, started: Callable[..., Run]
) -> None:
    window.code_tab.show()
    run = started(Recipe(job="sleep", workers=3))
    line = line_of("sleep", "yield Sleep")
    window.stage.under_mouse.changed.emit(run.number, 1)
    color = DARK.worker(window.runs.slot(run.number) + 1)
    wanted = Mark(line, (("B", color),), "sleeps here", "accent")
    qtbot.waitUntil(lambda: window.side.code.source.marks() == [wanted], timeout=LIMIT_MS)
    window.stage.under_mouse.changed.emit(-1, -1)
    qtbot.waitUntil(lambda: badges(window) == {line: "ABC"}, timeout=LIMIT_MS)
    window.runs.stop_all()
    qtbot.waitUntil(lambda: run.ended and not badges(window), timeout=LIMIT_MS)


def test_of_very_many_workers_only_the_one_under_the_mouse(
    qtbot: QtBot, window: Window, started: Callable[..., Run]
) -> None:
    window.code_tab.show()
    run = started(Recipe(job="sleep", workers=200, model="asyncio", knobs={"nap": 0.2}))
    line = line_of("sleep", "yield Sleep")
    window.stage.under_mouse.changed.emit(run.number, 150)
    qtbot.waitUntil(lambda: list(badges(window)) == [line], timeout=LIMIT_MS)
    window.stage.under_mouse.changed.emit(-1, -1)
    qtbot.waitUntil(lambda: not badges(window), timeout=LIMIT_MS)


STUCK = """SHARED = {"door": LOCK}


def job(i, n):
    yield Acquire("door")
    while True:
        yield Sleep(0.01)
"""


def test_who_is_stuck_at_a_lock_is_told_without_the_mouse(qtbot: QtBot, window: Window) -> None:
    CodeTrust(window.settings).grant(STUCK)
    window.show_recipe(Recipe(job="own", workers=2, code=STUCK))
    run = window.run()
    assert run is not None
    editor = window.side.code.editor
    qtbot.waitUntil(lambda: [mark.line for mark in editor.marks()] == [5, 7], timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: editor.marks()[0].ground == "bad", timeout=LIMIT_MS)
    stuck, other = editor.marks()
    assert stuck.words == "waits here"
    assert other.ground == other.words == ""
    assert {letter for mark in (stuck, other) for letter, _ in mark.badges} == {"A", "B"}


def test_the_mouse_over_a_lane_tells_whose_it_is(qtbot: QtBot, window: Window, started: Callable[..., Run]) -> None:
    run = started(Recipe(job="sleep", workers=3))
    plot = window.stage.groups[run.number].plot
    seen: list[tuple[int, int]] = []
    window.stage.under_mouse.changed.connect(lambda number, worker: seen.append((number, worker)))
    row = plot.rows.place(2)
    for y in (row.center().y(), row.center().y() + 1):
        plot.hovered.emit(40.0, y / plot.ratio)
    qtbot.waitUntil(lambda: bool(seen), timeout=LIMIT_MS)  # the mouse is followed once a beat
    plot.left.emit()
    assert seen == [(run.number, 2), (-1, -1)]


# -- which recipe


def test_a_run_that_is_chosen_brings_its_own_job(qtbot: QtBot, window: Window, started: Callable[..., Run]) -> None:
    window.code_tab.show()
    first = started(Recipe(job="sleep", workers=2))
    window.show_recipe(Recipe(job="hash", workers=2))
    assert window.side.code.recipe.job == "hash"
    window.teller.choose(first.number)
    assert window.side.code.recipe.job == "sleep"
    second = started(Recipe(job="hash", workers=2))
    assert window.side.code.recipe.job == "hash"
    assert second.number == window.teller.chosen


def test_the_script_does_what_the_lab_did(qtbot: QtBot, window: Window, started: Callable[..., Run]) -> None:
    run = started(Recipe(workers=1))
    qtbot.waitUntil(lambda: "size" in run.engine.prepared, timeout=LIMIT_MS)  # its lab has told
    window.side.code.copy_as_script()
    size = run.engine.prepared["size"]
    assert QGuiApplication.clipboard().text() == script_for(Recipe(workers=1), {"size": size})
    assert f"\nSIZE = {size} " in QGuiApplication.clipboard().text()
    assert size_of(window.runs.all, Recipe(job="hash")) is None


def test_its_key_goes_to_the_text(window: Window) -> None:
    window.actions_by_name["code"].trigger()
    assert window.side.tabs.chosen == "code"
    assert window.focusWidget() is window.side.code.source


def test_the_tab_stands_in_the_theme(page: CodePage, window: Window) -> None:
    page.set_theme(LIGHT)
    assert page.source.theme is page.editor.theme is page.footer.theme is page.tools.menu.theme is LIGHT
    window.code_tab.show()
    window.actions_by_name["theme"].trigger()
    assert window.side.code.source.theme is LIGHT
