"""What the palette finds besides commands, in which order, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.interpreters import known
from playground.recipe.recipe import Recipe
from ui.kit.theme import DARK
from ui.recipe.offers import MOST_LATELY, Offer, Offers
from ui.recipe.palette import MatchingActions, Palette, kind
from ui.settings.settings_file import SettingsFile
from ui.window import Window

# offscreen no window manager is told
pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]


def choose(window: Window, typed: str) -> str:
    """As the user does: Ctrl+K, words, Enter. Returns what was taken."""
    window.actions_by_name["palette"].trigger()
    palette = window.palette_popover
    palette.field.setText(typed)
    first = palette.titles()[0]
    palette._take(0)
    return first


def test_job_model_place_and_python_are_chosen_by_name(window: Window) -> None:
    window.show_recipe(Recipe(workers=3))
    assert choose(window, "job: mandel") == "Job: Mandelbrot"
    assert choose(window, "model asyncio") == "Model: asyncio"
    recipe = window.recipe_bar.recipe()
    assert (recipe.job, recipe.model, recipe.workers) == ("mandelbrot", "asyncio", 3)
    assert choose(window, f"on: {known.own().title}") == f"On: {known.own().title}"
    assert choose(window, "in: ui") == "In: the UI thread"
    assert window.recipe_bar.recipe().host == "ui"
    assert window.runs.all == [], "choosing is not running"


def test_every_job_and_every_able_model_is_there_and_the_present_one_is_marked(window: Window) -> None:
    window.actions_by_name["palette"].trigger()
    titles = window.palette_popover.titles()
    assert {f"Job: {job.title}" for job in catalogue.jobs()} <= set(titles)
    marked = {action.text() for action in window.offers.actions if action.isChecked()}
    assert marked == {"Job: Count primes", "Model: Threads", f"On: {known.own().title}", "In: a lab process"}
    assert len(titles) == len(set(titles))


def test_a_room_adds_what_it_has_and_is_asked_each_time(window: Window) -> None:
    opened: list[str] = []
    pages = ["Ribbon"]
    window.offers.add(lambda: [Offer(page, lambda page=page: opened.append(page), "Guide") for page in pages])
    pages.append("Lanes")
    assert choose(window, "guide lan") == "Guide: Lanes"
    assert opened == ["Lanes"]


def test_a_command_comes_before_an_offer_that_matches_as_well(window: Window) -> None:
    window.offers.add(lambda: [Offer("Knobs", lambda: None)])
    window.actions_by_name["palette"].trigger()
    window.palette_popover.field.setText("knobs")
    first, second, *_ = (window.palette_popover.at(row) for row in range(2))
    assert first is window.actions_by_name["knobs"]
    assert (second.text(), kind(second)) == ("Knobs", "")


def test_what_was_chosen_lately_is_first_until_something_is_typed(qtbot: QtBot, make: Callable[[], Window]) -> None:
    window = make()
    for words in ("job: sort", "model: serial", "job: sort"):
        choose(window, words)
    window.actions_by_name["palette"].trigger()
    assert window.palette_popover.titles()[:3] == ["Job: Sort", "Model: Serial", "Run"]
    window.palette_popover.field.setText("r")
    assert window.palette_popover.titles()[0] == "Run"
    window.close()
    again = make()
    again.actions_by_name["palette"].trigger()
    assert again.palette_popover.titles()[:2] == ["Job: Sort", "Model: Serial"]


def test_few_are_remembered(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    offers = Offers(parent, SettingsFile(kept=False))
    for number in range(MOST_LATELY + 2):
        offers.note(f"number {number}")
    assert offers.lately[0] == f"number {MOST_LATELY + 1}"
    assert len(offers.lately) == MOST_LATELY


def test_actions_are_asked_for_their_words_once_however_much_is_typed(qtbot: QtBot) -> None:
    """Hundreds of entries are filtered within a frame."""
    asked = 0

    class Counted(QAction):
        def text(self) -> str:
            nonlocal asked
            asked += 1
            return super().text()

    parent = QWidget()
    qtbot.addWidget(parent)
    matching = MatchingActions()
    matching.set_actions([Counted(f"Job: number {number}", parent) for number in range(300)], lambda _typed: None)
    assert asked == 300
    for typed in ("j", "jo", "job", "job 29"):
        matching.filter(typed)
    assert asked == 300
    assert matching.rowCount() == 13, "29, 129, 229, and 290 to 299"


def test_the_kind_is_painted_quietly_and_the_words_are_not(qtbot: QtBot) -> None:
    theme, parent = DARK, QWidget()
    parent.resize(900, 600)
    qtbot.addWidget(parent)
    parent.show()
    offers = Offers(parent, SettingsFile(kept=False))
    offers.add(lambda: [Offer("Mandelbrot", lambda: None, "Job")])
    palette = Palette(theme)
    palette.setParent(parent)
    palette.open_with(offers.renew(), parent)
    row = palette._list.visualRect(palette._model.index(0, 0))
    picture = palette._list.viewport().grab(row).toImage()

    def brightest(left: int, right: int) -> int:
        return max(lightness(picture, x, y) for x in range(left, right) for y in range(picture.height()))

    assert brightest(38, 60) < brightest(75, 140) - 20
    palette.close_popover()


def lightness(picture: QImage, x: int, y: int) -> int:
    return picture.pixelColor(x, y).lightness()
