"""A place in a folder of its own is in the window like any other: in the bar, the header of a run, among live runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from playground import hosts
from playground.recipe.recipe import Recipe
from tests.core.added_hosts import add, far  # noqa: F401
from tests.core.made_runs import made
from tests.ui.test_live_runs import Watched, watched  # noqa: F401
from tests.ui.test_panels_recipe_bar import OTHER, bar, choose, open_menu  # noqa: F401
from ui.kit.theme import DARK
from ui.recipe.bar import RecipeBar
from ui.stage.group_header import GroupHeader

# The offscreen platform says so of every window.
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.usefixtures("far"),
]


def test_the_bar_has_it_with_its_note_and_takes_it(bar: RecipeBar) -> None:  # noqa: F811
    menu = open_menu(bar, "host")
    rows = [(row.title, row.note) for row in menu.rows()]
    assert ("a far lab", "through another command") in rows
    menu.close_popover()
    choose(bar, "interpreter", OTHER.title)
    choose(bar, "model", "Processes")
    choose(bar, "host", "a far lab")
    assert bar.recipe() == Recipe(model="processes", host="far", seconds=3.0), "no other Python, and an end"
    assert bar.chip_host.words() == "a far lab"
    assert not bar.race.isEnabled()
    assert bar.problem() == ""
    choose(bar, "host", "a lab process")
    assert (bar.recipe().host, bar.recipe().seconds) == ("lab", None), "as it was before"


def test_what_goes_elsewhere_leaves_it(bar: RecipeBar) -> None:  # noqa: F811
    bar.show_recipe(Recipe(host="far"))
    choose(bar, "interpreter", OTHER.title)
    assert (bar.recipe().host, bar.recipe().interpreter) == ("lab", OTHER.path)
    bar.show_recipe(Recipe(host="far"))
    choose(bar, "model", "QThread")
    assert bar.recipe().host == "app"
    choose(bar, "host", "a far lab")
    assert (bar.recipe().host, bar.recipe().model) == ("far", "threads")


def test_a_place_that_cannot_be_loaded_stands_there_with_the_reason(far: Any, bar: RecipeBar) -> None:  # noqa: F811
    add(far, "near", "1 / 0")
    row = next(row for row in open_menu(bar, "host").rows() if row.title == "near")
    assert not row.available
    assert "ZeroDivisionError" in row.note


def test_the_header_of_a_run_says_where_it_is(qtbot: QtBot) -> None:
    def words(host: str) -> str:
        recipe = Recipe(host=host, model="processes")
        run: Any = SimpleNamespace(number=1, recipe=recipe, tracks=(), gil_note=None, ended=False)
        header = GroupHeader(run, DARK)
        qtbot.addWidget(header)
        header.show_statistics(made(recipe))
        return header.accessibleDescription()

    assert "processes  ·  in a far lab  ·  each has its own GIL" in words("far")
    assert "processes  ·  each has its own GIL" in words("lab"), "where it is as usual goes without saying"


def test_the_window_starts_its_labs(watched: Watched) -> None:  # noqa: F811
    run = watched.start(Recipe(workers=2, model="processes", host="far", amount=20))
    watched.to_the_end(run)
    figures = run.statistics()
    assert figures.outcome == "finished"
    assert [worker.ops for worker in figures.workers] == [20, 20]
    assert run.reading.lanes.live.cores == hosts.named("far").hardware.cores == 3
