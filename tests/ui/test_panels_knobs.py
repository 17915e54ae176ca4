"""The knobs: what can be set, what is told, and how a value lies on a slider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.lab.wire.knob import PROBE_RATE, SWITCH_INTERVAL, Knob
from playground.recipe.recipe import Recipe, checked, knobs_of
from ui.application import dress
from ui.kit.choosing import Slider
from ui.kit.labels import Label
from ui.kit.theme import DARK, LIGHT
from ui.recipe.knob_row import Scale, read_value
from ui.recipe.knobs import KnobsPopover

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


ZERO = Knob("wait", "Wait", 5.0, 0.0, 10_000.0, unit="ms")
BYTES = Knob("message", "Message", 64, 16, 1_000_000, unit="bytes")
KINDS = [SWITCH_INTERVAL, PROBE_RATE, ZERO, BYTES, Knob("x", "x", 5, 1, 20), Knob("y", "y", 0.5, 0.0, 1.0)]


@given(place=st.integers(0, Slider.STEPS))
@pytest.mark.parametrize("knob", KINDS)
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


def test_a_range_from_nothing_over_decades_is_logarithmic_too() -> None:
    scale = Scale(ZERO)
    assert scale.logarithmic
    assert (scale.value(0.0), scale.value(1.0)) == (0.0, 10_000.0)
    assert 0.3 < scale.place(5.0) < 0.6, "what is usual does not stick at the left end"
    assert scale.place(50.0) - scale.place(5.0) == pytest.approx(scale.place(500.0) - scale.place(50.0))
    assert scale.place(0.0) == 0.0 < scale.place(1.0)


@pytest.mark.parametrize(
    ("knob", "value", "up", "down"),
    [
        (SWITCH_INTERVAL, 0.005, 0.006, 0.004),
        (SWITCH_INTERVAL, 0.0051, 0.006, 0.005),
        (SWITCH_INTERVAL, 1.0, 1.0, 0.8),
        (SWITCH_INTERVAL, 0.00001, 0.000015, 0.00001),
        (PROBE_RATE, 1000, 1500, 800),
        (BYTES, 64, 80, 60),
        (ZERO, 0.0, 0.1, 0.0),
        (ZERO, 0.1, 0.15, 0.0),
        (ZERO, 0.05, 0.1, 0.0),
        (ZERO, 5.0, 6.0, 4.0),
        (Knob("level", "Level", 6, 1, 9), 6, 7, 5),
        (Knob("level", "Level", 6, 1, 9), 9, 9, 8),
        (Knob("y", "y", 0.5, 0.0, 1.0), 0.5, 0.55, 0.45),
    ],
)
def test_arrow_keys_go_to_the_next_number_that_one_would_say(knob: Knob, value: float, up: float, down: float) -> None:
    scale = Scale(knob)
    assert (scale.step(value, 1), scale.step(value, -1)) == (pytest.approx(up), pytest.approx(down))
    assert isinstance(scale.step(value, 1), int) == isinstance(knob.default, int)


@given(start=st.integers(0, Slider.STEPS), by=st.sampled_from((1, -1)))
@pytest.mark.parametrize("knob", KINDS)
def test_arrow_keys_reach_the_end_by_allowed_values(knob: Knob, start: int, by: int) -> None:
    scale = Scale(knob)
    value = scale.value(start / Slider.STEPS)
    for _ in range(100):
        after = scale.step(value, by)
        assert knob.problem(after) is None
        assert (after > value) == (by > 0) or after == value == (knob.high if by > 0 else knob.low)
        value = after
    assert value == (knob.high if by > 0 else knob.low)


@pytest.mark.parametrize(
    ("knob", "shown", "typed", "value"),
    [
        (SWITCH_INTERVAL, "ms", "7", 0.007),
        (SWITCH_INTERVAL, "ms", "7 ms", 0.007),
        (SWITCH_INTERVAL, "ms", "0.02 s", 0.02),
        (SWITCH_INTERVAL, "ms", "50us", 0.00005),
        (SWITCH_INTERVAL, "ms", "50 µs", 0.00005),
        (SWITCH_INTERVAL, "ms", "0,5 s", 0.5),
        (SWITCH_INTERVAL, "ms", "3 s", None),
        (SWITCH_INTERVAL, "ms", "3 parsecs", None),
        (SWITCH_INTERVAL, "ms", "", None),
        (SWITCH_INTERVAL, "ms", "fast", None),
        (SWITCH_INTERVAL, "ms", "1.2.3", None),
        (PROBE_RATE, "kHz", "2", 2000),
        (PROBE_RATE, "kHz", "500", 500),
        (PROBE_RATE, "kHz", "500.5 Hz", None),
        (BYTES, "bytes", "1 000", 1000),
        (BYTES, "bytes", "1 MB", 1_000_000),
        (BYTES, "bytes", "2 MB", None),
        (ZERO, "ms", "0", 0.0),
        (Knob("level", "Level", 6, 1, 9), "6", "3", 3),
        (Knob("level", "Level", 6, 1, 9), "6", "3.5", None),
    ],
)
def test_a_value_is_typed_with_its_unit_or_without(knob: Knob, shown: str, typed: str, value: float | None) -> None:
    assert read_value(knob, typed, shown) == (None if value is None else pytest.approx(value))


def test_what_is_typed_is_taken_and_what_cannot_be_is_said(
    knobs: KnobsPopover, qtbot: QtBot, told: list[Recipe]
) -> None:
    row = knobs.row("switch_interval")
    field = row.field
    field.setFocus(Qt.FocusReason.TabFocusReason)
    assert field.selectedText() == "5 ms"
    qtbot.keyClicks(field, "20")
    assert told[-1].knobs == {"switch_interval": pytest.approx(0.02)}
    assert field.text() == "20", "it is not rewritten under one's hands"
    qtbot.keyClicks(field, " s")
    assert field.wrong
    assert row._title.words() == "Allowed: 10 µs to 1 s"
    assert told[-1].knobs == {"switch_interval": pytest.approx(0.02)}
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert knobs.isVisible(), "it stays open over what cannot be"
    row.slider.setFocus(Qt.FocusReason.TabFocusReason)
    assert (field.text(), field.wrong, row._title.words()) == ("20 ms", False, "Switch interval")
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert told[-1].knobs == {"switch_interval": pytest.approx(0.03)}
    assert field.text() == "30 ms"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not knobs.isVisible()


ONE_EACH = [
    *(Recipe(job=entry.name) for entry in catalogue.jobs()),
    *(Recipe(model=entry.name) for entry in catalogue.models()),
]


@pytest.mark.parametrize("recipe", ONE_EACH, ids=lambda recipe: f"{recipe.job}-{recipe.model}")
def test_every_knob_says_what_it_does(knobs: KnobsPopover, recipe: Recipe) -> None:
    knobs.show_recipe(recipe)
    for knob in knobs_of(recipe):
        row = knobs.row(knob.name)
        assert len(knob.text.split()) > 3, knob.name
        for part in (row, row.choices) if knob.choices else (row, row.field, row.slider):
            assert part.toolTip().startswith(knob.text)
            assert part.accessibleDescription().startswith(knob.text)
        assert knob.choices or " to " in row.toolTip()


MODELS, JOBS = ([entry.name for entry in entries] for entries in (catalogue.models(), catalogue.jobs()))


@pytest.mark.parametrize(("job", "model"), [(job, "threads") for job in JOBS] + [("primes", model) for model in MODELS])
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


def test_how_often_the_picture_moves_can_be_chosen(knobs: KnobsPopover, qtbot: QtBot) -> None:
    rates: list[int] = []
    knobs.frame_rate_changed.connect(rates.append)
    for words in ("30", "5", "60"):
        qtbot.mouseClick(knobs.frame_rate.segment(words), Qt.MouseButton.LeftButton)
    assert rates == [30, 5, 60]
    knobs.show_frame_rate(5)
    assert knobs.frame_rate.taken() == "5"
    assert knobs.frame_rate.segment("5").toolTip().startswith("Reduced motion")


def test_esc_closes_and_tab_stays_within(knobs: KnobsPopover, qtbot: QtBot) -> None:
    knobs.show_recipe(Recipe())
    knobs.activateWindow()
    met = []
    for _ in range(60):
        knobs.focusNextPrevChild(True)
        met.append(knobs.focusWidget())
    assert None not in met
    assert all(knobs.isAncestorOf(widget) for widget in met)
    assert len(set(met)) > 6
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


def test_tab_goes_through_it_as_it_is_read(knobs: KnobsPopover) -> None:
    knobs.show_recipe(Recipe(job="sleep"))
    knobs.activateWindow()
    met = []
    for _ in range(12):
        knobs.focusNextPrevChild(True)
        widget = knobs.window().focusWidget()
        assert widget is not None
        met.append(widget.objectName())
    assert met[:4] == ["knob_switch_interval_value", "knob_switch_interval", "knob_probe_rate_value", "knob_probe_rate"]
    assert met.index("frame_rate_60") > max(met.index("knob_nap"), met.index("knob_gil_default"))


def test_its_labels_have_the_theme_that_came_before_it_was_opened(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    window, button = QWidget(), QPushButton("Knobs")
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(button)
    window.resize(900, 700)
    before = app.palette()
    try:
        dress(app, DARK)
        window.show()
        popover = KnobsPopover(DARK)
        dress(app, LIGHT)
        popover.set_theme(LIGHT)
        popover.open_below(button)
        QApplication.processEvents()
        told = {
            label.words(): label.palette().color(QPalette.ColorRole.WindowText) for label in popover.findChildren(Label)
        }
        assert told["Switch interval"] == QColor(LIGHT.t2)
        assert told["All knobs are at their defaults"] == QColor(LIGHT.t3)
    finally:
        app.setStyleSheet("")
        app.setPalette(before)
