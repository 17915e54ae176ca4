"""The length of a run in the sentence: chosen, typed, and always one that can be run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.recipe.line_reader import from_line
from playground.recipe.line_writer import to_line
from playground.recipe.recipe import BadRecipe, Recipe, checked
from ui.kit.choice_menu import ChoiceMenu
from ui.kit.theme import DARK
from ui.recipe import lengths
from ui.recipe.bar import RecipeBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

OWN = "def job(i, n): return i"


@pytest.fixture
def bar(qtbot: QtBot) -> RecipeBar:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1440, 700)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    bar = RecipeBar(DARK)
    column.addWidget(bar)
    column.addStretch(1)
    window.show()
    qtbot.waitExposed(window)
    bar.window_kept = window  # type: ignore[attr-defined]  # else it is collected
    return bar


def menu_of(bar: RecipeBar) -> ChoiceMenu:
    menu = bar.window().findChild(ChoiceMenu, "menu_length")
    assert menu is not None
    return menu


def titles(bar: RecipeBar) -> list[str]:
    bar.chip_length.click()
    shown = [choice.title for choice in menu_of(bar).rows()]
    menu_of(bar).close_popover()
    return shown


@pytest.mark.parametrize(
    ("recipe", "word", "words"),
    [
        (Recipe(), "", "until stopped"),
        (Recipe(seconds=20.0), "for", "20 s"),
        (Recipe(seconds=0.5), "for", "0.5 s"),
        (Recipe(seconds=120.0), "for", "2 min"),
        (Recipe(seconds=150.0), "for", "150 s"),
        (Recipe(amount=12_000), "", "12\u2009000 chunks each"),
        (Recipe(amount=5, seconds=3.0), "", "5 chunks each, 3 s at most"),
        (Recipe(job="own", code=OWN), "", "until it is done"),
        (Recipe(host="app"), "for", "5 s"),
        (Recipe(host="ui", model="serial"), "for", "2 s"),
        (Recipe(host="app", amount=9), "", "9 chunks each, 5 s at most"),
    ],
)
def test_the_sentence_says_how_long(bar: RecipeBar, recipe: Recipe, word: str, words: str) -> None:
    bar.show_recipe(recipe)
    assert bar.chip_length.words() == words
    assert bar._word_for.words() == word
    assert words in bar.chip_length.accessibleName()


def test_what_is_offered_can_be_run_there(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe())
    assert titles(bar) == ["1 s", "3 s", "5 s", "10 s", "20 s", "60 s", "until stopped", "1\u2009000 chunks each"]
    bar.show_recipe(Recipe(job="own", code=OWN))
    assert titles(bar)[-1] == "until it is done"
    for recipe in (Recipe(host="app"), Recipe(host="ui", model="serial")):
        bar.show_recipe(recipe)
        assert [words for words in titles(bar) if words != "2 s"][:3] == ["1 s", "3 s", "5 s"]
        assert not {"10 s", "until stopped"} & set(titles(bar)), "nothing hears Esc here"
        for choice in lengths.rows(bar.recipe())[0]:
            bar.menus["length"].chosen.emit(choice.value)
            checked(bar.recipe())
            assert bar.recipe().seconds is not None


def test_one_of_a_file_stands_among_the_others(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(seconds=7.5))
    offered, taken = lengths.rows(bar.recipe())
    assert [choice.title for choice in offered if choice.value == taken] == ["7.5 s"]


@pytest.mark.parametrize(
    ("typed", "seconds", "amount"),
    [
        ("7", 7.0, None),
        ("7 s", 7.0, None),
        ("for 7 s", 7.0, None),
        ("500 ms", 0.5, None),
        ("2 min", 120.0, None),
        ("500 each", None, 500),
        ("2 500 chunks each", None, 2500),
        ("until st", None, None),
    ],
)
def test_it_is_typed_on_the_chip(bar: RecipeBar, qtbot: QtBot, typed: str, seconds: float, amount: int) -> None:
    bar.show_recipe(Recipe(seconds=20.0))
    bar.chip_length.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(bar.chip_length, typed[0])
    menu = menu_of(bar)
    assert menu.isVisible()
    qtbot.keyClicks(menu.field, typed[1:])
    qtbot.keyClick(menu.field, Qt.Key.Key_Return)
    assert (bar.recipe().seconds, bar.recipe().amount) == (seconds, amount)
    assert not menu.isVisible()
    assert bar.chip_length.hasFocus()


@pytest.mark.parametrize("value", ["s 3.0", lengths.ENDLESS])
def test_a_length_takes_the_place_of_an_amount_and_the_other_way_round(bar: RecipeBar, value: str) -> None:
    bar.show_recipe(Recipe(amount=500))
    bar.menus["length"].chosen.emit(value)
    assert bar.recipe() == Recipe(seconds=3.0 if value == "s 3.0" else None)
    bar.menus["length"].chosen.emit("n 500")
    assert bar.recipe() == Recipe(amount=500)


def test_a_length_that_cannot_be_is_not_taken_and_says_why(bar: RecipeBar, qtbot: QtBot) -> None:
    bar.show_recipe(Recipe(host="app"))
    bar.chip_length.click()
    menu = menu_of(bar)
    for typed, why in (("12", "10 s at most"), ("8", "5 s at most"), ("0.01", "0.05 to 86 400 s")):
        menu.type(typed)
        first = menu.rows()[0]
        assert not first.available, typed
        assert why in first.note
    menu.type("12")
    qtbot.keyClick(menu.field, Qt.Key.Key_Return)
    assert bar.recipe().seconds == 5.0


def test_a_job_of_ones_own_has_no_amount(bar: RecipeBar) -> None:
    assert lengths.made_of("500 each", Recipe(job="own", code=OWN)) is None
    assert lengths.made_of("500 each", Recipe()) is not None


def test_a_wrong_length_is_marked_at_its_chip(bar: RecipeBar) -> None:
    for field in ("seconds", "amount"):
        bar.set_problem(field, "too long")
        assert bar.chip_length.warned
        bar.set_problem(None)
        assert not bar.chip_length.warned


def test_a_line_may_say_it_as_the_sentence_does() -> None:
    assert from_line("4 x primes as threads until stopped") == Recipe()
    assert from_line("4 x own as threads until it is done") == Recipe(job="own")
    assert from_line("4 x write-log as threads with Wait until it is on disk=yes for 2 s").seconds == 2.0
    with pytest.raises(BadRecipe, match="must be until stopped or until it is done, not “tomorrow”"):
        from_line("4 x primes as threads until tomorrow")
    with pytest.raises(BadRecipe, match="given twice"):
        from_line("4 x primes as threads for 5 s until stopped")


@pytest.mark.parametrize("line", ["2 x primes as threads in app", "2 x primes as serial on the UI thread"])
def test_without_a_length_a_line_has_that_of_its_host(line: str) -> None:
    recipe = checked(from_line(line))
    assert recipe.seconds is not None
    assert from_line(to_line(recipe)) == recipe
    assert f"for {recipe.seconds:g} s" in to_line(recipe)
