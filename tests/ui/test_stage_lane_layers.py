"""What a lane shows where nobody runs or waits: asleep, paused, and not begun or ended are told apart, in lanes and in
the lens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from playground.reading.states import EMPTY, PAUSED, RUN, SLEEP, STATE_COUNT
from tests.bench.drawing import Costs, MadeUpRun, Scene
from ui.kit.patterns import STATES, lane_table, pixel
from ui.kit.theme import DARK, LIGHT, Theme
from ui.stage import lane_layers as layers
from ui.stage.lane_layers import PAUSED_LAYER, STACKED, paused_columns
from ui.stage.time_window import MS

ASLEEP = STATES.index(SLEEP)

NOW = 10**12
EDGES = np.arange(NOW, NOW + 110 * MS, 10 * MS, dtype=np.int64)  # ten columns


class Lives(MadeUpRun):
    def __init__(self, lives: list[tuple[int, int]], *pauses: tuple[int, int]) -> None:
        super().__init__(1, len(lives), NOW)
        self._lives, self.pauses = lives, pauses

    def life(self, lane: int) -> tuple[int, int]:
        return self._lives[lane]


def shares_of(*states: int) -> np.ndarray:
    """One lane, a column for each."""
    made = np.zeros((1, len(states), STATE_COUNT), np.float32)
    for column, state in enumerate(states):
        if state < STATE_COUNT:
            made[0, column, state] = 1
    return made


def at(column: float) -> int:
    return NOW + int(column * 10 * MS)


def paused(run: Lives, lane: int = 0, now: int = NOW + 10**9) -> list[int]:
    """Columns of a lane that are painted as paused."""
    marks = paused_columns(run, range(len(run._lives)), EDGES, now)
    return [] if marks is None else np.flatnonzero(marks[lane]).tolist()


def test_a_sleeper_has_a_base_line_and_nothing_else_has() -> None:
    found = layers.lane_layers(shares_of(RUN, SLEEP, EMPTY), 12, 2, 1.0)[0]
    assert (found[:12, 0] == STATES.index(RUN)).all()
    assert (found[:10, 1] == STACKED).all()
    assert (found[10:12, 1] == ASLEEP).all()
    assert (found[:12, 2] == STACKED).all()
    assert [(layers.lane_layers(shares_of(SLEEP), height, 0, 1.0) == ASLEEP).sum() for height in (6, 7)] == [1, 2]
    assert (layers.lane_layers(shares_of(SLEEP), 24, 0, 2.0) == ASLEEP).sum() == 4


def test_who_is_paused_has_bars_unless_it_still_sleeps_or_runs() -> None:
    marks = np.ones((1, 3), np.bool_)
    found = layers.lane_layers(shares_of(RUN, SLEEP, EMPTY), 12, 2, 1.0, marks)[0]
    assert not (found[:, :2] == PAUSED_LAYER).any()
    assert (found[:12, 2] == PAUSED_LAYER).all()


def test_columns_that_fell_into_a_pause() -> None:
    whole_life = [(NOW - 1, 0)]
    assert paused(Lives(whole_life)) == []
    assert paused(Lives(whole_life, (at(2), at(4)))) == [2, 3]
    assert paused(Lives(whole_life, (at(2.4), at(4.6)))) == [2, 3, 4]
    assert paused(Lives(whole_life, (at(2.6), at(4.4)))) == [3]
    assert paused(Lives(whole_life, (at(2), at(3)), (at(7), at(8)), (at(20), at(30)))) == [2, 7]
    assert paused(Lives(whole_life, (at(2), at(2.3)), (at(2.6), at(3)))) == [2], "two short ones make up the most of it"


def test_only_those_are_paused_that_have_begun_and_not_ended() -> None:
    run = Lives([(at(3), 0), (at(-5), at(6)), (0, 0)], (at(1), at(9)))
    assert paused(run, 0) == [3, 4, 5, 6, 7, 8]
    assert paused(run, 1) == [1, 2, 3, 4, 5]
    assert paused(run, 2) == []
    assert paused_columns(run, range(0), EDGES, NOW) is None


def test_a_column_that_is_not_over_is_judged_by_what_is() -> None:
    run = Lives([(NOW - 1, 0)], (at(5), at(5.3)))
    assert paused(run, now=at(5.3)) == [5]
    assert paused(run, now=at(6)) == []


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_bars_stand_in_pairs_in_the_middle_of_the_lane(theme: Theme, ratio: float) -> None:
    height, gap = round(20 * ratio), round(3 * ratio)
    table = lane_table([0, 1], height, gap, theme, ratio)[:, STATES.index(PAUSED)]
    inked = table == pixel(theme.t3)
    assert set(np.unique(table)) == {pixel(theme.t3), pixel(theme.track), pixel(theme.panel)}
    lane = inked[:height]
    rows = np.flatnonzero(lane.any(axis=1))
    assert abs((rows[0] + rows[-1] + 1) / 2 - height / 2) <= 1
    assert height / 3 < len(rows) < height * 2 / 3
    across = lane[height // 2]
    begins = np.flatnonzero(across & ~np.roll(across, 1))
    apart = np.diff([*begins, begins[0] + len(across)])
    assert len(begins) % 2 == 0
    assert apart[0] < 8 * ratio
    assert 30 * ratio < apart[0] + apart[1] < 60 * ratio
    assert (inked[height + gap : 2 * height + gap] == lane).all(), "each lane alike"


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene(4, 8, (1120, 660), lens=True)
    qtbot.addWidget(made.stage)
    made.skip(110)
    for _ in range(10):
        made.frame(Costs())
    return made


def lens_colors(scene: Scene, lane: int) -> set[int]:
    """Of the rows of a lane in the lens, in its left half."""
    lens: Any = scene.stage.groups[1].lens
    lens.renew()
    image = lens._picture().toImage()
    top = lens.first_row - layers_top(lens) + lane * (lens.row + 2)
    return {image.pixel(x, top + y) for y in range(lens.row) for x in range(40, 400, 3)}


def layers_top(lens: Any) -> int:
    from ui.stage.lens_fan import FAN

    return FAN


def test_the_lens_shows_who_sleeps_and_who_is_paused(scene: Scene) -> None:
    run: Any = scene.run
    lens = scene.stage.groups[1].lens
    asleep = shares_of(*[SLEEP] * lens.plot_width)
    start = lens.place.start
    assert start is not None
    nothing = np.zeros((4, lens.plot_width, STATE_COUNT), np.float32)
    lens._shares_of = lambda edges, now: np.repeat(asleep, 4, axis=0)
    track = pixel(DARK.track)
    assert len(lens_colors(scene, 0)) == 2
    assert lens_colors(scene, 0) - {track} != lens_colors(scene, 1) - {track}, "each in its colour"
    lens._shares_of = lambda edges, now: nothing
    assert lens_colors(scene, 0) == {track}
    run.pauses = [(start - 10**9, start + 10**9)]
    assert lens_colors(scene, 0) == {track, pixel(DARK.t3)}
    run.lanes.counts = lambda edges, now: np.zeros((1, STATE_COUNT))
    lens.renew()
    lens._picture()
    assert lens.accessibleDescription() == "At a typical moment: none running, 4 paused"
    run.pauses = []
    lens._picture()
    assert lens.accessibleDescription() == "At a typical moment: none running"


def test_a_lane_that_has_ended_is_closed_by_a_line(scene: Scene) -> None:
    run: Any = scene.run
    plot: Any = scene.stage.groups[1].plot
    began = run.started_ns
    ended = scene.now - 700 * MS
    run.life = lambda lane: (began, ended if lane == 2 else 0)
    for _ in range(40):
        scene.frame(Costs())
    x = int(plot.x_of(ended))
    image = plot.grab().toImage()
    lines = []
    for lane in range(4):
        place = plot.rows.place(lane)
        column = [image.pixel(x, y) for y in range(int(place.top()) + 1, int(place.bottom()) - 1)]
        lines.append(set(column) == {pixel(DARK.line2)})
    assert lines == [False, False, True, False]


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("not started", None, "not started"),
        ("paused", None, "paused"),
        ("ended", None, "ended"),
        ("ended", "Traceback", "error"),
        ("running", None, "core 2"),
    ],
)
def test_the_gutter_says_what_the_table_of_tasks_says(scene: Scene, state: str, error: str | None, words: str) -> None:
    block: Any = scene.stage.groups[1].block
    one: Any = scene.run.statistics().workers[1] if scene.run else None
    worker = replace(one, state=state, error=error)
    assert block._figure(worker)[1] == words
