"""The UI pulse: the worst lateness in each column, and the hole that a frozen window leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ui.kit.patterns import pixel
from ui.kit.theme import DARK
from ui.stage.beats import UiBeats
from ui.stage.pulse import PulsePanel, PulsePlot, reach_of
from ui.stage.time_window import MS, SECOND, TimeWindow

START = 10**12


def edges(first: int, last: int, width: int) -> np.ndarray:
    return np.arange(first, last + 1, width, dtype=np.int64)


def test_a_column_shows_the_largest_lateness_never_the_mean() -> None:
    beats = UiBeats()
    for number, late in enumerate((0.5, 9.0, 0.7, 0.6)):
        beats.add(START + number * 5 * MS, late)
    worst = beats.per_column(edges(START - MS, START + 20 * MS, 21 * MS))
    assert worst[0] == pytest.approx(9.0)


def test_where_nothing_was_measured_nothing_is_drawn() -> None:
    beats = UiBeats()
    beats.add(START, 0.5)
    assert list(beats.per_column(edges(START + SECOND, START + 2 * SECOND, SECOND // 2))) == [-1, -1]
    assert reach_of(np.array([-1.0], np.float32), 48)[0] == 0


def test_a_frozen_window_leaves_a_hole_as_long_as_it_was() -> None:
    beats = UiBeats()
    beats.add(START, 0.5)
    since = beats.add(START + 1_800 * MS, 1_780.0)
    beats.add(START + 1_817 * MS, 0.5)
    assert since == START
    worst = beats.per_column(edges(START + 100 * MS, START + 1_800 * MS, 100 * MS))
    assert worst == pytest.approx([1_780.0] * 17)
    assert beats.per_column(edges(START + 19 * MS, START + 20 * MS, MS))[0] == 0.0  # it was not due yet


def test_a_late_beat_is_no_wider_than_it_was_late() -> None:
    beats = UiBeats()
    beats.add(START, 0.5)
    beats.add(START + 40 * MS, 20.0)
    worst = beats.per_column(edges(START, START + 40 * MS, 10 * MS))
    assert list(worst) == pytest.approx([0.0, 0.0, 20.0, 20.0])


def test_height_is_logarithmic_from_half_a_millisecond_to_300() -> None:
    reach = reach_of(np.array([0.1, 0.5, 12.25, 300.0, 5000.0], np.float32), 100)
    assert list(reach) == [1, 1, 50, 100, 100]


def test_two_minutes_are_kept_however_long_it_runs() -> None:
    beats = UiBeats()
    for number in range(20_000):
        beats.add(START + number * 16 * MS, 1.0)
    last = START + 19_999 * 16 * MS
    assert len(beats.since(last - 60 * SECOND)) == 3751
    assert beats.per_column(edges(last - 60 * SECOND, last - 60 * SECOND + MS, MS))[0] == pytest.approx(1.0)


def test_a_beat_that_comes_late_repaints_the_columns_of_its_hole(qtbot: QtBot) -> None:
    window = TimeWindow()
    plot = PulsePlot(window, DARK)
    qtbot.addWidget(plot)
    plot.resize(500, 48)
    for number in range(300):
        plot.add_beat(START + number * 16 * MS, 0.5)
    window.tick(START + 4_800 * MS)
    plot.refresh(window.frame(500))
    later = START + 7_000 * MS
    window.tick(later)
    plot.refresh(window.frame(500))  # nobody knows yet why there was no beat
    plot.add_beat(later, 2_000.0)
    frame = window.frame(500)
    plot.refresh(frame)
    assert plot._ring is not None
    middle = (frame.left + frame.pixel(later - SECOND)) % plot._ring.capacity
    assert (plot._ring.pixels[:, middle] == pixel(DARK.bad)).all()
    assert plot.describe(frame.pixel(later - SECOND), 10)[1] == "2000.0 ms late at most: frozen"


def test_the_number_warns_by_its_colour(qtbot: QtBot) -> None:
    panel = PulsePanel(TimeWindow(), DARK)
    qtbot.addWidget(panel)
    for p99, ink in ((3.5, DARK.t1), (16.9, DARK.warn), (140.0, DARK.bad)):
        panel.show_p99(p99)
        assert panel._level_ink() == ink
    assert panel.accessibleDescription() == "99 % of frames: 140 ms"
    panel.show_p99(1783.0)
    assert panel.accessibleDescription() == "99 % of frames: 1.8 s"


@pytest.mark.parametrize(
    ("p99", "words"), [(99.94, "99.9 ms"), (99.96, "100 ms"), (999.4, "999 ms"), (999.6, "1.0 s"), (0.04, "0.0 ms")]
)
def test_the_number_has_room_for_four_letters(qtbot: QtBot, p99: float, words: str) -> None:
    panel = PulsePanel(TimeWindow(), DARK)
    qtbot.addWidget(panel)
    panel.show_p99(p99)
    assert panel.accessibleDescription() == f"99 % of frames: {words}"
    assert len(panel._words) <= 4


def test_until_another_time_is_painted_the_picture_stays(qtbot: QtBot) -> None:
    """Shown again, a run brings the pulse of its time along; nothing blinks meanwhile."""
    window = TimeWindow()
    plot = PulsePlot(window, DARK)
    qtbot.addWidget(plot)
    plot.resize(500, 48)
    plot.grab()  # only now it hears of its size
    then = UiBeats()
    for number in range(300):
        plot.add_beat(START + number * 16 * MS, 5.0)
        then.add(START + number * 16 * MS, 150.0)
    window.tick(START + 4_800 * MS)
    plot.refresh(window.frame(500))
    before = plot.grab().toImage()
    plot.show_past(then)
    assert plot.grab().toImage() == before
    assert plot.refresh(window.frame(500)), "there is something new to be painted"
    after = plot.grab().toImage()
    assert after != before
    assert after.pixelColor(480, 47) == QColor(DARK.bad)
    plot.show_past(None)
    plot.refresh(window.frame(500))
    assert plot.grab().toImage() == before


@given(late=st.lists(st.floats(0, 900), min_size=2, max_size=30), after=st.integers(1, 60))
def test_between_the_first_beat_and_the_last_nothing_is_empty(late: list[float], after: int) -> None:
    beats, moment = UiBeats(), START
    for lateness in late:
        moment += after * MS + int(lateness * 1e6)
        beats.add(moment, lateness)
    first = START + after * MS + int(late[0] * 1e6)
    worst = beats.per_column(edges(first, moment, MS)[: (moment - first) // MS + 1])
    assert (worst >= 0).all()
    assert worst.max(initial=0.0) <= max(late[1:]) + 1e-3


def test_a_freeze_that_goes_on_is_told_once() -> None:
    """A beat came in it, without a picture: the next one carries all of it."""
    beats = UiBeats()
    beats.add(START, 0.5)
    beats.add(START + 1_000 * MS, 980.0)
    assert beats.add(START + 5_000 * MS, 4_980.0) == START
    assert list(beats.since(START)) == pytest.approx([0.5, 4_980.0])
    assert beats.per_column(edges(START + 20 * MS, START + 5_000 * MS, 498 * MS)) == pytest.approx([4_980.0] * 10)
    beats.add(START + 6_000 * MS, 700.0)  # another one
    assert list(beats.since(START)) == pytest.approx([0.5, 4_980.0, 700.0])


@pytest.mark.parametrize(
    ("late", "ink", "word"),
    [
        (15.9, DARK.ok, "on time"),
        (16.0, DARK.warn, "late"),
        (99.9, DARK.warn, "late"),
        (100.0, DARK.bad, "frozen"),
        (139.0, DARK.bad, "frozen"),
    ],
)
def test_the_colour_and_the_word_of_a_lateness(qtbot: QtBot, late: float, ink: str, word: str) -> None:
    window = TimeWindow()
    panel = PulsePanel(window, DARK)
    qtbot.addWidget(panel)
    plot = panel.plot
    plot.resize(500, 48)
    top = plot._pixels(np.array([late], np.float32), 48)
    assert {int(top[-int(reach_of(np.array([late], np.float32), 48)[0]), 0])} == {pixel(ink)}
    plot.add_beat(START, 0.0)
    plot.add_beat(START + 2 * SECOND, late)
    window.tick(START + 2 * SECOND)
    plot.refresh(window.frame(500))
    lines = plot.describe(window.frame(500).pixel(START + 2 * SECOND - MS), 10)
    assert lines[1] == f"{late:.1f} ms late at most: {word}"
    panel.show_p99(late)
    assert panel._level_ink() == (DARK.t1 if word == "on time" else ink)


def test_the_longest_is_of_the_beats_that_came_since(qtbot: QtBot) -> None:
    panel = PulsePanel(TimeWindow(), DARK)
    qtbot.addWidget(panel)
    for number, late in enumerate((900.0, 3.0, 200.0, 5.0)):
        panel.plot.add_beat(START + number * SECOND, late)
    assert panel.longest(START) == 900.0
    assert panel.longest(START + 1) == 200.0
    assert panel.longest(START + 3 * SECOND) == 5.0
    assert panel.longest(START + 4 * SECOND) == 0.0
