"""The rasteriser: exact pixels for known shares, patterns that move with the data, and a ring that loses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from playground.lab.wire import ring
from playground.reading.lanes.segments import SEGMENT
from playground.reading.rings import RECORD
from playground.reading.states import CORE, EMPTY, GIL, IO, LOCK, RUN, TURN
from tests.bench.drawing import MadeUpRun
from ui.kit.patterns import STATES, lane_table, period, pixel, square
from ui.kit.theme import DARK, LIGHT, mix
from ui.stage.band_plot import RowPlaces
from ui.stage.lanes_plot import LanesPlot
from ui.stage.pixel_ring import (
    PixelRing,
    best_width,
    column_edges,
    layers,
    levels,
    look_up,
    mean_burst_ns,
    mixed,
    stepped,
    whole_columns,
)
from ui.stage.ribbons import Ribbons
from ui.stage.time_window import MS, SECOND, Frame, TimeWindow

START = 10**12


def shares(**states: float) -> np.ndarray:
    """One row, one column."""
    named = {"run": RUN, "core": CORE, "io": IO, "lock": LOCK, "gil": GIL}
    made = np.zeros((1, 1, 5), np.float32)
    for name, share in states.items():
        made[0, 0, named[name]] = share
    return made


def test_states_are_stacked_from_the_bottom_by_their_share() -> None:
    found = layers(levels(shares(run=0.25, core=0.1, gil=0.65), 20), 20, 3)[0, :, 0]
    assert list(found[:20]) == [GIL] * 13 + [CORE] * 2 + [RUN] * 5
    assert len(found) == 23  # the gap belongs to the row


def test_what_no_state_takes_is_empty() -> None:
    found = layers(levels(shares(run=0.5), 10), 10, 0)[0, :, 0]
    assert list(found) == [5] * 5 + [RUN] * 5
    assert layers(levels(np.zeros((1, 1, 7), np.float32), 10), 10, 0)[0, 0, 0] == STATES.index(EMPTY)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_layers_never_overflow_nor_overlap(parts: list[float]) -> None:
    total = sum(parts) or 1.0
    given = np.array(parts, np.float32).reshape(1, 1, 5) / np.float32(max(total, 1.0))
    reach = levels(given, 20)
    assert (np.diff(reach, axis=2) >= 0).all()
    assert reach.max() <= 20
    exact = np.cumsum(given.astype(float), axis=2) * 20
    assert np.abs(reach - exact).max() <= 0.5 + 1e-3


def test_pixels_are_exactly_the_colours_of_the_look() -> None:
    table = lane_table([0], 4, 1, DARK, 1.0)
    found = np.array([[[0], [0], [7], [8], [0]]], np.uint8)  # running, running, empty, asleep, gap
    column = look_up(table, found, 0, 1, 1)[:, 0]
    worker, track = DARK.worker(0), DARK.track
    expected = [worker, worker, track, mix(track, worker, 0.6), DARK.panel]
    assert [hex(value) for value in column] == [hex(pixel(color)) for color in expected]


@pytest.mark.parametrize(("state", "every"), [(GIL, 6), (CORE, 4), (LOCK, 7), (IO, 4), (TURN, 6)])
def test_a_pattern_repeats_as_often_as_the_look_says(state: int, every: int) -> None:
    pixels = square(state, DARK.worker(0), DARK, 1.0)
    assert pixels.shape == (every, every)
    assert len(np.unique(pixels)) > 1
    assert square(state, DARK.worker(0), DARK, 2.0).shape == (2 * every, 2 * every)


def test_states_differ_without_colour() -> None:
    grey = {state: square(state, "#888888", LIGHT, 1.0) for state in (RUN, GIL, CORE, LOCK, IO, TURN)}
    flat = {state: tuple(np.resize(pixels, (84, 84)).ravel()) for state, pixels in grey.items()}
    assert len(set(flat.values())) == 6


def test_a_hatch_rises_at_45_degrees() -> None:
    pixels = square(GIL, DARK.worker(1), DARK, 1.0)
    for y in range(5):
        assert (np.roll(pixels[y], -1) == pixels[y + 1]).all()  # one row down, one pixel to the left


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("width", [1, 4, 8])
def test_a_pixel_keeps_its_colour_whatever_is_painted_with_it(ratio: float, width: int) -> None:
    """So a pattern moves with its data and nothing shimmers."""
    table = lane_table([0, 1, 2], 9, 2, DARK, ratio)
    first, last = 1003, 1103
    columns = np.random.default_rng(1).integers(0, 6, (3, 11, -(-last // width) - first // width)).astype(np.uint8)
    whole = look_up(table, columns, first, last, width)
    assert whole.shape == (33, 100)
    for left, right in ((1003, 1010), (1040, 1041), (1050, 1103)):
        part = columns[:, :, left // width - first // width : -(-right // width) - first // width]
        again = look_up(table, part, left, right, width)
        assert (again == whole[:, left - first : right - first]).all()
    assert table.shape[2] == period(ratio)


def test_gridlines_are_a_third_of_the_ground() -> None:
    over = int(mixed(np.array([[pixel("#ffffff")]], np.uint32), pixel("#000000"))[0, 0])
    assert over >> 24 == 0xFF
    assert all(abs((over >> shift & 255) - 0.65 * 255) < 2 for shift in (0, 8, 16))
    same = pixel("#123456")
    assert abs(int(mixed(np.array([[same]], np.uint32), same)[0, 0]) - same) <= 0x010101


# -- columns


def test_the_newest_column_is_of_the_part_that_is_over() -> None:
    edges = column_edges(100, 102, 1, 10 * MS)
    given = np.full((1, 2, 6), 0.0, np.float32)
    given[0, :, RUN] = (1.0, 0.25)
    whole = whole_columns(given, edges, int(edges[1]) + 5 * MS)
    assert whole[0, 0, RUN] == 1.0
    assert whole[0, 1, RUN] == pytest.approx(0.5)
    assert whole_columns(given, edges, int(edges[-1])) is given


def test_columns_are_anchored_to_the_clock() -> None:
    for first in (1000, 1001, 1003):
        edges = column_edges(first, 1010, 4, MS)
        assert edges[0] == first // 4 * 4 * MS
        assert (np.diff(edges) == 4 * MS).all()
        assert edges[-1] >= 1010 * MS


@pytest.mark.parametrize(
    ("slice_ms", "px_ms", "width"),
    [(5, 11.5, 4), (50, 11.5, 1), (20, 11.5, 8), (0.5, 11.5, 1), (5, 1.1, 1), (3, 11.5, 2)],
)
def test_about_eight_slices_fall_into_a_column(slice_ms: float, px_ms: float, width: int) -> None:
    assert stepped(best_width(slice_ms * MS, px_ms * MS), 1 if width != 1 else 2) == width


def test_a_column_width_stays_unless_another_is_clearly_better() -> None:
    assert stepped(5.0, 4) == 4
    assert stepped(3.0, 4) == 4
    assert stepped(7.0, 4) == 8
    assert stepped(2.0, 4) == 2
    assert best_width(None, MS) == 1.0


def test_short_interruptions_do_not_end_a_burst() -> None:
    segments = np.zeros(4, SEGMENT)
    segments["state"] = RUN
    segments["start"] = [0, 2_100_000, 20 * MS, 0]
    segments["end"] = [2 * MS, 5 * MS, 25 * MS, 5 * MS]
    segments["lane"] = [0, 0, 0, 1]
    assert mean_burst_ns(segments) == pytest.approx((2 + 2.9 + 5 + 5) * MS / 3)
    assert mean_burst_ns(segments[:0]) is None


# -- the ring


moves = st.lists(st.tuples(st.integers(-150, 150), st.one_of(st.none(), st.integers(0, 130))), min_size=1, max_size=25)


@settings(max_examples=200, deadline=None)
@given(moves)
def test_a_ring_always_shows_what_a_fresh_picture_would(steps: list[tuple[int, int | None]]) -> None:
    """Scrolling and panning both ways, with data that changes behind the edge."""
    kept_ring, width, left = PixelRing(1, 100), 100, 10_000
    truth = np.arange(30_000, dtype=np.uint32)
    newest = 30_000
    for number, (move, back) in enumerate(steps):
        left += move
        right, dirty = left + width, None
        if back is not None:
            dirty = right - back
            truth[dirty:] += np.uint32(100_000 + number)
        for first, last in kept_ring.missing(left, right, dirty):
            kept_ring.write(first, truth[None, first:last])
        kept_ring.keep(left, right, newest, dirty)
        assert (kept_ring.pixels[0, np.arange(left, right) % kept_ring.capacity] == truth[left:right]).all()


def test_what_is_not_final_is_painted_again() -> None:
    kept_ring = PixelRing(1, 100)
    kept_ring.keep(0, 100, final=90)
    assert kept_ring.missing(5, 105) == [(90, 105)]
    assert kept_ring.missing(5, 105, dirty=50) == [(50, 105)]
    kept_ring.forget()
    assert kept_ring.missing(5, 105) == [(5, 105)]


# -- a band of lanes


class Lanes:
    """A plot of made-up threads, and the pixels it keeps."""

    def __init__(self, qtbot: QtBot, workers: int = 4) -> None:
        self.run = MadeUpRun(1, workers, START)
        self.window = TimeWindow(span=2 * SECOND)
        self.plot = LanesPlot(self.run, 0, self.window, DARK)
        qtbot.addWidget(self.plot)
        self.plot.resize(400, 120)
        self.plot.arrange(Ribbons(self.run.tracks), RowPlaces.of(1.0, 14, workers, 20, 3))
        self.now = START

    def advance(self, frames: int = 1) -> Frame:
        for _ in range(frames):
            self.now += 33_333_333
            self.run.pull(self.run.advance(self.now))
            self.window.tick(self.now)
            frame = self.window.frame(400)
            self.plot.note_dirty(self.run.lanes.take_dirty())
            self.plot.refresh(frame)
        return frame

    def pixels(self, first: int, last: int) -> np.ndarray:
        kept_ring = self.plot._ring
        assert kept_ring is not None
        return kept_ring.pixels[:, np.arange(first, last) % kept_ring.capacity].copy()


def test_complete_columns_never_change_while_the_picture_scrolls(qtbot: QtBot) -> None:
    lanes = Lanes(qtbot)
    lanes.plot.column = 4
    frame = lanes.advance(90)
    # A worker waits up to 4 × 5 ms for its turn; before that nothing is open any more.
    last = frame.right - 60 * MS // frame.px_ns - 8
    before = lanes.pixels(frame.right - 200, last)
    later = lanes.advance(20)
    assert later.right > frame.right
    assert (lanes.pixels(frame.right - 200, last) == before).all()


def test_painting_bit_by_bit_gives_the_same_picture_as_at_once(qtbot: QtBot) -> None:
    lanes = Lanes(qtbot)
    frame = lanes.advance(90)
    stepwise = lanes.pixels(frame.left, frame.right)
    lanes.plot.reset()
    lanes.plot.refresh(frame)
    settled = frame.width - 40 * MS // frame.px_ns
    assert (lanes.pixels(frame.left, frame.right)[:, :settled] == stepwise[:, :settled]).all()


def test_a_quarter_of_a_lane_is_running_when_four_threads_take_turns(qtbot: QtBot) -> None:
    lanes = Lanes(qtbot)
    lanes.plot.column = 8
    frame = lanes.advance(90)
    pixels = lanes.pixels(frame.left + 40, frame.right - 40)
    for lane in range(4):
        top = 14 + lane * 23
        filled = (pixels[top : top + 20] == pixel(DARK.worker(lane))).sum(axis=0).mean()
        assert 4 < filled < 6
        assert (pixels[top + 20 : top + 23] == pixel(DARK.panel)).all() or lane == 3


def test_the_ribbon_shows_only_colours_of_the_workers(qtbot: QtBot) -> None:
    lanes = Lanes(qtbot)
    frame = lanes.advance(90)
    ribbon = lanes.pixels(frame.left + 10, frame.right - 20)[:10]
    assert set(np.unique(ribbon)) <= {pixel(DARK.worker(slot)) for slot in range(4)}
    assert (ribbon == ribbon[0]).all()


def test_a_lane_that_mostly_sleeps_has_a_base_line_only(qtbot: QtBot) -> None:
    lanes = Lanes(qtbot)
    lanes.now += SECOND
    records = np.array([(START, START + SECOND, 0, 0, 0, 0, ring.SLEEP, 0, 0)], RECORD)
    lanes.run.lanes.write(records)
    lanes.run.lanes.settled()
    lanes.window.tick(lanes.now)
    frame = lanes.window.frame(400)
    lanes.plot.refresh(frame)
    column = lanes.pixels(frame.right - 100, frame.right - 99)[14:34, 0]
    line = pixel(mix(DARK.track, DARK.worker(0), 0.6))
    assert [value == line for value in column] == [False] * 18 + [True] * 2
