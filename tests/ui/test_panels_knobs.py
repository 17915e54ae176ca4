"""The knobs: what can be set, what is told, and how a value lies on a slider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.lab.knob import PROBE_RATE, SWITCH_INTERVAL, Knob
from playground.recipe import Recipe, checked, knobs_of
from ui.panels.choosing import Slider
from ui.panels.knob_row import Scale
from ui.panels.knobs import KnobsPopover
from ui.theme import DARK, LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window


@pytest.fixture
def knobs(qtbot: QtBot) -> KnobsPopover:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    column = QVBoxLayout(window)
    button = QPushButton("Knobs")
    column.addWidget(button)
    column.addStretch(1)
    window.show()
    qtbot.waitExposed(window)
    popover = KnobsPopover(DARK)
    popover.open_below(button)
    popover.window_kept = window  # type: ignore[attr-defined]  # else it is collected
    return popover


@pytest.fixture
def told(knobs: KnobsPopover) -> list[Recipe]:
    recipes: list[Recipe] = []
    knobs.recipe_changed.connect(recipes.append)
    return recipes


@given(place=st.integers(0, Slider.STEPS))
@pytest.mark.parametrize("knob", [SWITCH_INTERVAL, PROBE_RATE, Knob("x", "x", 5, 1, 20), Knob("y", "y", 0.5, 0.0, 1.0)])
def test_every_place_on_a_slider_is_an_allowed_value(knob: Knob, place: int) -> None:
    scale = Scale(knob)
    value = scale.value(place / Slider.STEPS)
    assert knob.problem(value) is None
    assert abs(scale.place(value) - place / Slider.STEPS) < 0.06
    assert isinstance(value, int) == isinstance(knob.default, int)


def test_a_range_over_two_decades_is_logarithmic() -> None:
    assert Scale(SWITCH_INTERVAL).logarithmic
    assert Scale(SWITCH_INTERVAL).value(0.5) == pytest.approx(0.0032, rel=0.05)
    assert not Scale(Knob("x", "x", 5, 1, 20)).logarithmic


@pytest.mark.parametrize("job", [entry.name for entry in catalogue.jobs()])
@pytest.mark.parametrize("model", [entry.name for entry in catalogue.models()])
def test_it_has_all_knobs_of_the_recipe(knobs: KnobsPopover, job: str, model: str) -> None:
    recipe = Recipe(job=job, model=model)
    knobs.show_recipe(recipe)
    for knob in knobs_of(recipe):
        row = knobs.row(knob.name)
        assert row.value() == knob.default
        assert row.isVisible()
    assert knobs.height() >= knobs.sizeHint().height()


def test_turning_a_live_knob_is_told_twice(knobs: KnobsPopover, qtbot: QtBot, told: list[Recipe]) -> None:
    slider = knobs.row("switch_interval").slider
    with qtbot.waitSignal(knobs.live_knob_changed, timeout=1000) as live:
        slider.setFocus()
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    name, value = live.args
    assert name == "switch_interval"
    assert value > 0.005
    assert told[-1].knobs == {"switch_interval": value}
    checked(told[-1])


def test_a_press_on_the_line_goes_there(knobs: KnobsPopover, qtbot: QtBot, told: list[Recipe]) -> None:
    slider = knobs.row("switch_interval").slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(7, 11))
    assert told[-1].knobs["switch_interval"] == SWITCH_INTERVAL.low


def test_back_at_its_default_a_knob_is_not_in_the_recipe(knobs: KnobsPopover, told: list[Recipe]) -> None:
    knobs.row("switch_interval").turned.emit("switch_interval", 0.01)
    knobs.row("switch_interval").turned.emit("switch_interval", SWITCH_INTERVAL.default)
    assert [recipe.knobs for recipe in told] == [{"switch_interval": 0.01}, {}]


def test_a_choice_is_taken(knobs: KnobsPopover, qtbot: QtBot, told: list[Recipe]) -> None:
    knobs.show_recipe(Recipe(model="processes"))
    row = knobs.row("start_method")
    other = next(choice for choice in row.choices.choices() if choice != row.choices.taken())
    qtbot.mouseClick(row.choices.segment(other), Qt.MouseButton.LeftButton)
    assert told[-1].knobs == {"start_method": other}


def test_it_says_how_many_differ_and_resets_them(knobs: KnobsPopover, qtbot: QtBot, told: list[Recipe]) -> None:
    words = knobs._differ.words
    assert "at their defaults" in words()
    assert not knobs.reset.isVisible()
    knobs.show_recipe(Recipe(knobs={"switch_interval": 0.01}))
    assert words() == "One knob differs from its default"
    knobs.show_recipe(Recipe(knobs={"switch_interval": 0.01, "probe_rate": 500}))
    assert words() == "Two knobs differ from their defaults"
    live: list[tuple[str, object]] = []
    knobs.live_knob_changed.connect(lambda name, value: live.append((name, value)))
    qtbot.mouseClick(knobs.reset, Qt.MouseButton.LeftButton)
    assert told[-1].knobs == {}
    assert live == [("switch_interval", 0.005), ("probe_rate", 1000)]
    assert knobs.row("switch_interval").value() == 0.005


def test_screen_share_mode_is_told_as_a_frame_rate(knobs: KnobsPopover, qtbot: QtBot) -> None:
    rates: list[int] = []
    knobs.frame_rate_changed.connect(rates.append)
    qtbot.mouseClick(knobs.screen_share, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(knobs.screen_share, Qt.MouseButton.LeftButton)
    assert rates == [30, 60]
    knobs.show_frame_rate(30)
    assert knobs.screen_share.isChecked()


def test_esc_closes_and_tab_stays_within(knobs: KnobsPopover, qtbot: QtBot) -> None:
    knobs.show_recipe(Recipe())
    knobs.activateWindow()
    met = []
    for _ in range(60):
        knobs.focusNextPrevChild(True)
        met.append(knobs.focusWidget())
    assert None not in met
    assert all(knobs.isAncestorOf(widget) for widget in met)
    assert len(set(met)) >= 6
    assert set(met[:30]) == set(met[30:]), "it goes round"
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(knobs, QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
    assert not knobs.isVisible()


def test_it_can_change_its_rows_and_theme_while_open(knobs: KnobsPopover) -> None:
    knobs.show_recipe(Recipe(model="processes", job="sleep"))
    knobs.set_theme(LIGHT)
    knobs.show_recipe(Recipe())
    assert knobs.row("switch_interval").theme is LIGHT
    assert knobs.isVisible()
