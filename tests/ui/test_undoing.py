"""What a press takes away comes back: by the notice, by Ctrl+Z, in the order in which things were done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.kit.button import Button
from ui.kit.notices import Notice
from ui.shell import undoing
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # so says offscreen of windows
    pytest.mark.usefixtures("no_other_pythons"),
]
BRIEF = Recipe(job="mix", workers=2, model="threads", seconds=0.5)
LIMIT_MS = 60_000
USUAL = "Back to the recipe before"
Ended = Callable[[int], list[Run]]


@pytest.fixture
def ended(window: Window, qtbot: QtBot) -> Ended:
    def run(count: int) -> list[Run]:
        window.show_recipe(BRIEF)
        runs = [run for run in (window.run() for _ in range(count)) if run is not None]
        qtbot.waitUntil(lambda: all(run.ended for run in runs), timeout=LIMIT_MS)
        qtbot.waitUntil(lambda: len(window.runs_panel.runs()) == len(window.runs.all), timeout=LIMIT_MS)
        return runs

    return run


def numbers(window: Window) -> list[int]:
    return [run.number for run in window.runs_panel.runs()]


def act(window: Window, name: str = "recipe_before") -> None:
    window.actions_by_name[name].trigger()


def undo(notice: Notice) -> None:
    (button,) = (button for button in notice.findChildren(Button) if button.words() == "Undo")
    button.click()


def test_runs_removed_one_after_the_other_come_back_where_they_were(window: Window, ended: Ended) -> None:
    ended(4)
    before = numbers(window)
    for number in (before[1], before[2]):
        window.runs_panel.remove(number)
    assert window.notices.words() == ["2 runs removed from the list"]
    assert window.actions_by_name["recipe_before"].text() == "Undo: 2 runs removed from the list"
    undo(window.notices.notices()[0])
    assert numbers(window) == before
    assert window.notices.words() == []
    assert window.actions_by_name["recipe_before"].text() == USUAL


def test_a_removed_run_comes_back_with_its_picture(window: Window, qtbot: QtBot, ended: Ended) -> None:
    """Also where it left the stage meanwhile."""
    (run,) = ended(1)
    window.runs_panel.remove(run.number)
    window.past_runs.leave(run.number)
    act(window)
    assert numbers(window) == [run.number]
    window.past_runs.show(run.number)
    qtbot.waitUntil(lambda: run.number in window.stage.groups, timeout=LIMIT_MS)
    header = window.stage.groups[run.number].header
    assert not [words for words, _ in header.words.tags() if "picture" in words]
    assert not window.past_runs._album.given_up


def test_a_cleared_stage_comes_back(window: Window, qtbot: QtBot, ended: Ended) -> None:
    runs = ended(2)
    before = numbers(window)  # in the order in which they ended
    act(window, "clear_stage")
    assert window.runs.numbers == []
    assert window.notices.words() == ["2 runs cleared from the stage"]
    act(window)
    qtbot.waitUntil(lambda: runs[1].number in window.stage.groups, timeout=LIMIT_MS)
    assert numbers(window) == before
    assert sorted(before) == [1, 2]


def test_what_changed_last_goes_back_first(window: Window, ended: Ended) -> None:
    (run,) = ended(1)
    changed = Recipe(job="sort", workers=3)
    window.runs_panel.remove(run.number)
    window.show_recipe(changed)
    assert window.actions_by_name["recipe_before"].text() == USUAL
    act(window)
    assert (window.recipe_bar.recipe().job, numbers(window)) == ("mix", [])
    assert window.actions_by_name["recipe_before"].text() == "Undo: 1 run removed from the list"
    act(window)
    assert numbers(window) == [run.number]
    assert window.recipe_bar.recipe().job == "mix"


def test_what_lies_far_back_is_forgotten_and_its_picture_with_it(
    window: Window, qtbot: QtBot, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "MOST", 1)
    first, second = ended(2)
    forgotten: list[int] = []
    window.runs_panel.forgotten.connect(forgotten.append)
    window.runs_panel.remove(first.number)
    window.past_runs.dismiss(second.number)
    assert forgotten == [first.number]
    assert window.runs_panel.known(first.number) is None
    act(window)
    act(window)
    assert numbers(window) == [second.number]


def test_the_notice_goes_by_itself_and_ctrl_z_still_does_it(window: Window, ended: Ended) -> None:
    (run,) = ended(1)
    window.runs_panel.remove(run.number)
    (notice,) = window.notices.notices()
    notice._wait()  # as if a mouse over it had gone: another test may have left one there
    assert notice._timer.isActive()
    notice.closed.emit()
    act(window)
    assert numbers(window) == [run.number]


# -- code


def test_of_two_texts_that_others_pushed_out_none_is_lost(window: Window, tmp_path: Path) -> None:
    mine = ["def job(i, n):\n    return 1\n", "def job(i, n):\n    return 2\n"]
    window.show_recipe(Recipe(job="own"))
    for number, text in enumerate(mine):
        window.side.code.editor.selectAll()
        window.side.code.editor.insertPlainText(text)
        window.coding.flush()
        theirs = tmp_path / f"theirs{number}.py"
        theirs.write_text(f"def job(i, n):\n    return 'theirs {number}'\n")
        window.files.open(theirs)
    window.settings.wait_until_written()
    kept = window.settings.settings
    assert (kept.code_aside, list(kept.codes_aside.values())) == (mine[1], [mine[0]])
    (key,) = kept.codes_aside
    assert "Earlier code was set aside as well." in window.notices.words()
    window.notices.action.emit(f"code dropped {key}")
    assert window.settings.settings.codes_aside == {}
    assert "1 text that was set aside is forgotten" in window.notices.words()
    act(window)
    assert window.settings.settings.codes_aside == {key: mine[0]}
    window.notices.action.emit(f"code left {key}")
    assert window.coding.text == mine[0]
