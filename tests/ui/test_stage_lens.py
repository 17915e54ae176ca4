"""The lens: where it is, what it shows, and that its bracket can be moved."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.reading.lanes.segments import SEGMENT
from playground.reading.states import CORE, GIL, IO, LOCK, RUN, SLEEP, STATE_COUNT, TURN, UNKNOWN
from tests.bench.drawing import Scene
from ui.stage.lens_facts import facts, rows_shown, time_running
from ui.stage.lens_place import LENGTH_NS, LensPlace
from ui.stage.ribbons import Ribbons
from ui.stage.time_window import MS, SECOND, Frame, TimeWindow

NOW = 10**12


def frame_at(now: int, frozen: bool = False, offset: int = 0) -> Frame:
    window = TimeWindow()
    window.tick(now)
    if frozen:
        window.freeze(True)
        window.offset = offset
    return window.frame(1000)


def test_without_a_place_it_follows_in_steps_slow_enough_to_be_read() -> None:
    place, starts = LensPlace(), []
    for number in range(300):
        now = NOW + number * 33 * MS
        place.follow(frame_at(now), live=True)
        assert place.start is not None
        assert LENGTH_NS <= now - place.start <= 4 * SECOND
        starts.append(place.start)
    assert 3 <= len(set(starts)) <= 5


def test_a_place_stays_until_it_has_left_the_window() -> None:
    place = LensPlace()
    place.put(NOW - 2 * SECOND)
    assert not place.follow(frame_at(NOW), live=True)
    assert place.start == NOW - 2 * SECOND
    assert place.follow(frame_at(NOW + 20 * SECOND), live=True)
    assert not place.placed


@pytest.mark.parametrize(("before", "moves"), [(0, True), (1, False)])
def test_it_stays_as_long_as_its_last_moment_is_in_the_window(before: int, moves: bool) -> None:
    frame, place = frame_at(NOW), LensPlace()
    place.put(frame.left_ns - LENGTH_NS + before)
    assert place.follow(frame, live=True) == moves
    assert place.placed != moves


def test_frozen_it_stays_where_it_was_put_even_out_of_sight() -> None:
    place = LensPlace()
    place.put(NOW - 50 * SECOND)
    assert not place.follow(frame_at(NOW, frozen=True), live=False)


def test_of_a_run_that_has_ended_it_shows_the_last() -> None:
    place = LensPlace()
    place.follow(frame_at(NOW), live=True, ended=NOW - 3 * SECOND)
    assert place.start == NOW - 3 * SECOND - LENGTH_NS


@pytest.mark.parametrize("length", [50 * MS, 400 * MS, SECOND])
def test_of_a_run_that_was_short_it_shows_what_there_was(length: int) -> None:
    place = LensPlace()
    place.follow(frame_at(NOW), live=True, began=NOW)
    end = NOW + length
    assert place.follow(frame_at(end, frozen=True), live=False, ended=end, began=NOW)
    assert place.start is not None
    assert NOW <= place.start <= max(NOW, end - LENGTH_NS)
    assert not place.follow(frame_at(end, frozen=True), live=False, ended=end, began=NOW)


def test_of_a_run_that_has_begun_it_shows_something_as_soon_as_there_is() -> None:
    place, looked = LensPlace(), []
    for number in range(60):
        now = NOW + number * 33 * MS
        place.follow(frame_at(now), live=True, began=NOW)
        assert place.start is not None
        looked.append((now - NOW, place.start))
    assert min(age for age, start in looked if start >= NOW) <= 1_200 * MS
    assert len({start for _, start in looked}) == 2


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({RUN: 1.0, GIL: 2.95}, ["1 running", "3 waiting: GIL"]),
        ({RUN: 4.0}, ["4 running"]),
        ({RUN: 0.1}, ["none running"]),
        ({RUN: 2.0, CORE: 1.6}, ["2 running", "2 waiting: core"]),
        ({RUN: 1.0, GIL: 63.0, CORE: 0.6}, ["1 running", "63 waiting: GIL", "1 waiting: core"]),
        ({RUN: 1.0, TURN: 9.0}, ["1 running", "9 waiting: turn"]),
        ({TURN: 99.4, CORE: 99.6}, ["none running", "100 core", "99 turn"]),
        ({TURN: 60.0, SLEEP: 39.9}, ["none running", "60 waiting: turn", "40 sleeping"]),
        ({TURN: 9246.0, SLEEP: 754.0}, ["none running", "9\u2009246 turn", "754 sleep"]),
        ({SLEEP: 3.0, IO: 1.0, LOCK: 2.0}, ["none running", "2 waiting: lock", "1 in I/O", "3 sleeping"]),
        ({UNKNOWN: 2.0}, ["none running", "2 not known"]),
    ],
)
def test_facts_in_words(parts: dict[int, float], words: list[str]) -> None:
    given = np.zeros(STATE_COUNT)
    for state, count in parts.items():
        given[state] = count
    assert facts(given) == words


def test_of_many_workers_those_that_ran_are_shown() -> None:
    runs = np.zeros(64)
    runs[[3, 60, 17]] = (5, 9, 1)
    shown = rows_shown(runs)
    assert len(shown) == 8
    assert {3, 17, 60} <= set(shown)
    assert shown == sorted(shown)
    assert rows_shown(np.zeros(4)) == [0, 1, 2, 3]


def test_of_very_many_workers_a_few_are_shown_even_if_none_ran() -> None:
    assert rows_shown(np.zeros(100_000)) == list(range(8))
    assert rows_shown(np.eye(1, 100_000, 5)[0], 3) == [0, 1, 5]


def test_time_running_counts_only_the_window() -> None:
    segments = np.zeros(2, SEGMENT)
    segments["start"], segments["end"] = [0, 50], [100, 250]
    segments["lane"], segments["state"] = [0, 1], [RUN, GIL]
    assert list(time_running(segments, 3, 40, 200)) == [60, 0, 0]


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    from tests.bench.drawing import Costs

    made = Scene(4, 8, (1120, 660), lens=True)
    qtbot.addWidget(made.stage)
    made.skip(80)
    for _ in range(10):
        made.frame(Costs())
    return made


def test_dragging_the_bracket_moves_the_lens(scene: Scene, qtbot: QtBot) -> None:
    group = scene.stage.groups[1]
    place = group.plot.bracket_place()
    assert place is not None
    left = place[0]
    assert not group.plot.seize(left - 100)
    assert group.plot.seize(left + 2)
    group.plot.drag(left + 2 - 50)
    assert group.lens.place.placed
    scene.stage.tick(scene.now)
    moved = group.plot.bracket_place()
    assert moved is not None
    assert moved[0] == pytest.approx(left - 50, abs=2)


def test_a_click_on_a_lane_brings_the_lens_there(scene: Scene, qtbot: QtBot) -> None:
    group = scene.stage.groups[1]
    with qtbot.waitSignal(scene.stage.lane_clicked) as told:
        group.plot.clicked.emit(500.0, 20.0)
    number, lane, moment = told.args
    assert (number, lane) == (1, 0)
    assert group.lens.place.start == moment - LENGTH_NS // 2


def test_a_run_without_a_shared_gil_has_no_row_for_it(scene: Scene) -> None:
    lens = scene.stage.groups[1].lens
    whole = lens.height_with(11, 8)
    assert lens.height_with(11, 64) == whole, "as many rows as there are workers"
    lens.lanes.ribbons = Ribbons()
    assert whole - lens.height_with(11, 8) == 17


def test_it_can_be_moved_without_a_mouse(scene: Scene) -> None:
    place = scene.stage.groups[1].lens.place
    before = place.start
    assert before is not None
    scene.stage.move_lens(-1)
    assert place.start == before - LENGTH_NS // 2


def test_closing_it_takes_the_bracket_away(scene: Scene) -> None:
    group = scene.stage.groups[1]
    assert group.plot.bracket is not None
    lane, whole = group.plot.rows.height, group.height()
    scene.stage.show_lens(False)
    scene.stage.tick(scene.now + MS)
    assert group.plot.bracket is None
    assert not group.lens.isVisible()
    assert group.plot.rows.height > lane, "lanes get the room"
    assert group.height() <= whole
