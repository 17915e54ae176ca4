"""The recipe bar as one line to type: what it shows, takes, refuses and leaves as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.recipe.line_reader import from_line
from playground.recipe.line_writer import to_line
from playground.recipe.recipe import Recipe, checked
from ui.kit.theme import DARK, LIGHT
from ui.recipe.bar import RecipeBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

LIMIT_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1440, 700)
    QVBoxLayout(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def bar(window: QWidget) -> RecipeBar:
    bar = RecipeBar(DARK, read=lambda line: checked(from_line(line)))
    elsewhere = QLineEdit()
    elsewhere.setObjectName("elsewhere")
    for widget in (bar, elsewhere):
        window.layout().addWidget(widget)
        widget.show()
    window.activateWindow()
    QApplication.processEvents()
    elsewhere.setFocus()
    return bar


@pytest.fixture
def told(bar: RecipeBar) -> list[Recipe]:
    recipes: list[Recipe] = []
    bar.recipe_changed.connect(recipes.append)
    return recipes


def chips_are_seen(bar: RecipeBar) -> bool:
    seen = {chip.isVisible() for chip in bar._chips.values()}
    assert len(seen) == 1
    assert bar.line.isVisible() not in seen
    return seen.pop()


def test_the_word_run_turns_the_sentence_into_a_line(bar: RecipeBar, qtbot: QtBot) -> None:
    bar.show_recipe(Recipe(workers=8, model="processes", interpreter="3.13", seconds=5.0))
    assert chips_are_seen(bar)
    qtbot.mouseClick(bar.word_run, Qt.MouseButton.LeftButton)
    assert not chips_are_seen(bar)
    assert bar.line.text() == "8 x primes as processes on 3.13 for 5 s"
    assert bar.line.selectedText() == bar.line.text()
    assert bar.line.hasFocus()


def test_enter_takes_what_was_typed(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    left: list[bool] = []
    bar.line.done.connect(lambda: left.append(True))
    bar.type_line()
    qtbot.keyClicks(bar.line, "2 x hash as process for 3 s")
    assert told == []
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    wanted = Recipe(job="hash", workers=2, model="processes", seconds=3.0)
    assert (told, bar.recipe()) == ([wanted], wanted)
    assert chips_are_seen(bar)
    assert bar.chip_job.words() == "Hash blocks"
    assert left == [True], "the window says who has the keyboard now: the stage"


def test_esc_leaves_everything_as_it_was(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "2 x hash as process")
    qtbot.keyClick(bar.line, Qt.Key.Key_Escape)
    assert chips_are_seen(bar)
    assert (told, bar.recipe(), bar.problem()) == ([], Recipe(), "")
    bar.type_line()
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)  # as it stood there
    assert chips_are_seen(bar)
    assert told == []


def test_what_is_wrong_is_said_as_one_types_and_mended(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "2 x hash as thraeds")
    qtbot.waitUntil(lambda: "Did you mean threads?" in bar.problem(), timeout=LIMIT_MS)
    assert not bar.run.isEnabled()
    assert not any(chip.warned for chip in bar._chips.values())
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)  # it stays
    assert not chips_are_seen(bar)
    assert told == []
    for _ in "aeds":
        qtbot.keyClick(bar.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(bar.line, "eads")
    qtbot.waitUntil(lambda: bar.problem() == "", timeout=LIMIT_MS)
    assert bar.run.isEnabled()
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert [recipe.job for recipe in told] == ["hash"]


def test_enter_says_at_once_what_is_wrong(bar: RecipeBar, qtbot: QtBot) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "0 x hash as threads")
    qtbot.keyClick(bar.line, Qt.Key.Key_Enter)
    assert bar.problem() == "The number of workers must be 1 to 100 000, not 0."
    qtbot.keyClick(bar.line, Qt.Key.Key_Escape)
    assert (bar.problem(), bar.run.isEnabled()) == ("", True)


def test_who_goes_elsewhere_has_typed_it(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    elsewhere = bar.window().findChild(QLineEdit, "elsewhere")
    assert elsewhere is not None
    bar.type_line()
    qtbot.keyClicks(bar.line, "3 x sleep as asyncio")
    elsewhere.setFocus()
    assert chips_are_seen(bar)
    assert [recipe.model for recipe in told] == ["asyncio"]
    bar.type_line()
    elsewhere.setFocus()
    assert chips_are_seen(bar)
    bar.type_line()
    qtbot.keyClicks(bar.line, "3 x sleep")
    elsewhere.setFocus()
    assert not chips_are_seen(bar)  # what cannot be taken stays to be mended
    assert bar.problem()
    assert len(told) == 1


def test_whoever_wants_the_recipe_need_not_press_enter(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "3 x sleep as asyncio")
    bar.settle()
    assert bar.recipe() == Recipe(job="sleep", workers=3, model="asyncio")
    assert chips_are_seen(bar)
    bar.settle()
    assert len(told) == 1


def test_asked_for_twice_the_line_keeps_what_was_typed(bar: RecipeBar, qtbot: QtBot) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "3 x sleep")
    bar.type_line()
    assert bar.line.selectedText() == "3 x sleep"
    qtbot.keyClick(bar.line, Qt.Key.Key_Escape)
    assert bar.window().focusWidget().objectName() == "elsewhere"


def test_another_recipe_ends_the_typing_and_the_same_does_not(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    bar.type_line()
    qtbot.keyClicks(bar.line, "3 x sle")
    bar.show_recipe(Recipe())
    assert bar.line.text() == "3 x sle"
    assert not chips_are_seen(bar)
    bar.show_recipe(Recipe(workers=9))
    assert chips_are_seen(bar)
    assert (bar.recipe(), told) == (Recipe(workers=9), [])


def test_an_interpreter_that_is_no_line_leaves_an_empty_one(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(interpreter="/opt/new\nline"))
    bar.type_line()
    assert bar.line.text() == ""


@pytest.mark.parametrize("width", [1440, 1024, 880])
def test_line_and_chips_fit_into_any_window(bar: RecipeBar, window: QWidget, qtbot: QtBot, width: int) -> None:
    window.resize(width, 640)
    for seen in (bar.line, bar.chip_host, bar.line):
        if seen is bar.line:
            bar.type_line()
        else:
            bar.line.leave()
        qtbot.waitUntil(lambda: bar.search.geometry().right() < bar.width() < window.width(), timeout=LIMIT_MS)
        assert window.width() == width
        assert seen.visibleRegion().boundingRect() == seen.rect()
        assert bar.line.geometry().right() <= bar.run.geometry().left() or not bar.line.isVisible()


def test_the_line_is_drawn_in_both_themes(bar: RecipeBar) -> None:
    bar.type_line()
    dark = bar.grab().toImage()
    bar.set_theme(LIGHT)
    assert bar.grab().toImage() != dark


def test_what_is_no_number_is_not_pasted_into_the_number_of_workers(bar: RecipeBar, qtbot: QtBot) -> None:
    asked: list[None] = []
    bar.pasted.connect(lambda: asked.append(None))
    for text in ("12", to_line(Recipe()), "many"):
        QApplication.clipboard().setText(text)
        bar.chip_workers.selectAll()
        qtbot.keyClick(bar.chip_workers, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert bar.chip_workers.text() == "12"
    assert len(asked) == 2
    assert bar.recipe().workers == 12
