"""Cores: usage as it was sampled, coloured by the worker that ran there."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.figures.core_parts import OTHER, LiveRun, attributed
from playground.hosts import CoreSample
from playground.lab.wire import ring
from playground.reading.lab_time import LabTime, Part
from playground.reading.rings import RECORD
from tests.bench.drawing import MadeUpRun
from tests.core.recorded import RecordedLanes
from ui.kit.drawing import width_of
from ui.kit.fonts import load_fonts
from ui.kit.patterns import own_color, pixel
from ui.kit.theme import DARK, LIGHT, Theme, mix
from ui.stage.core_history import SECOND_LOOK, CoreHistory
from ui.stage.cores_band import CHIP, CoresPanel, name_within
from ui.stage.heights import CoreHeights
from ui.stage.time_window import MS, TimeWindow

START = 10**12


def busy_run(core: int, lanes: int = 2) -> MadeUpRun:
    """A run of which lane 1 had a core for 60 of 100 ms."""
    run = MadeUpRun(7, lanes, START)
    run.lanes = RecordedLanes(lanes, shared_gil=True)
    run.lanes.write(np.array([(START, START + 60 * MS, 60 * MS, 0, 1, core, ring.RUN, 0, 0)], RECORD))
    run.lanes.settled()
    return run


def sample(usage: list[float], end: int = START + 100 * MS) -> CoreSample:
    return CoreSample(end, 100 * MS, np.array(usage, np.float32))


def test_workers_first_the_rest_is_other_programs() -> None:
    parts, owners, _ = attributed(sample([0.1, 0.9]), [LiveRun(busy_run(core=1), 3)])
    assert parts[1, 4] == pytest.approx(0.6)  # slot 3 + lane 1
    assert parts[1, OTHER] == pytest.approx(0.3)
    assert parts[0, OTHER] == pytest.approx(0.1)
    assert owners[0] is None
    assert owners[1] is not None
    assert (owners[1].name, owners[1].slot) == ("7B", 4)


@pytest.mark.parametrize("longer", [0, 1])
def test_a_core_belongs_to_whoever_had_most_of_it(longer: int) -> None:
    run = busy_run(core=0)
    run.lanes = RecordedLanes(2, shared_gil=True)
    ends = START + np.where(np.arange(2) == longer, 60, 20) * MS
    run.lanes.write(
        np.array([(START, end, end - START, 0, lane, 0, ring.RUN, 0, 0) for lane, end in enumerate(ends)], RECORD)
    )
    run.lanes.settled()
    _, owners, _ = attributed(sample([1.0]), [LiveRun(run, 0)])
    assert owners[0] is not None
    assert (owners[0].lane, owners[0].part) == (longer, pytest.approx(0.6))


def test_a_core_is_never_more_than_full() -> None:
    first, second = busy_run(core=0), busy_run(core=0)
    parts, _, _ = attributed(sample([1.0]), [LiveRun(first, 0), LiveRun(second, 4)])
    assert parts[0].sum() == pytest.approx(1.0)


def test_a_sample_is_as_wide_as_the_time_it_covers_and_stands_until_the_next() -> None:
    history = CoreHistory(1)
    history.add(sample([0.5]), [])
    moments = START + np.array([-10, 1, 99, 130, 270], np.int64) * MS
    assert list(history.find(moments, START + 300 * MS)) == [-1, 0, 0, 0, -1]
    assert list(history.find(moments, START + 110 * MS)) == [-1, 0, 0, -1, -1]  # not beyond now


def test_a_gap_between_samples_stays_a_gap() -> None:
    history = CoreHistory(1)
    history.add(sample([0.5]), [])
    history.add(sample([0.5], START + 500 * MS), [])
    assert list(history.find(START + np.array([50, 250, 450], np.int64) * MS, START + 600 * MS)) == [0, -1, 1]


def test_records_that_come_late_still_colour_their_core() -> None:
    """A long op is recorded when it ends: some samples after it began."""
    run = busy_run(core=0)
    run.lanes = RecordedLanes(2, shared_gil=True)
    history = CoreHistory(1)
    history.add(sample([0.8]), [LiveRun(run, 0)])
    assert history.parts[0, 0, OTHER] == pytest.approx(0.8)
    run.lanes.write(np.array([(START, START + 80 * MS, 80 * MS, 0, 1, 0, ring.RUN, 0, 0)], RECORD))
    run.lanes.settled()
    for number in range(2, SECOND_LOOK + 2):
        since = history.add(sample([0.0], START + number * 100 * MS), [LiveRun(run, 0)])
    assert history.parts[0, 0, 1] == pytest.approx(0.8)
    assert since == START


def test_it_runs_for_ever() -> None:
    history = CoreHistory(1)
    for number in range(3000):
        history.add(sample([0.5], START + number * 100 * MS), [])
    last = START + 2999 * 100 * MS
    found = history.find(np.array([last - 50 * MS, last - 60_000 * MS], np.int64), last)
    assert (found >= 0).all()
    assert history.samples[found[1]].t_ns == pytest.approx(last - 60_000 * MS, abs=100 * MS)


def panel_of(qtbot: QtBot, usage: list[float], heights: CoreHeights) -> CoresPanel:
    panel = CoresPanel(TimeWindow(), DARK)
    qtbot.addWidget(panel)
    panel.resize(1096, heights.panel(len(usage)))
    panel.add(sample(usage))
    panel.take_over(START + 200 * MS, [])
    panel.arrange(heights)
    window = panel.plot.window_of_time
    window.tick(START + 200 * MS)
    panel.plot.refresh(window.frame(panel.plot.px_width))
    panel.show_figures()
    return panel


@pytest.mark.parametrize("cores", [2, 8, 128])
def test_each_core_has_its_strip(qtbot: QtBot, cores: int) -> None:
    heights = CoreHeights(13, 3) if cores < 100 else CoreHeights(3, 0)
    panel = panel_of(qtbot, [1.0 if core % 2 else 0.0 for core in range(cores)], heights)
    plot, frame = panel.plot, panel.plot.frame
    assert frame is not None
    assert plot._ring is not None
    column = plot._ring.pixels[:, (frame.left + frame.pixel(START + 50 * MS)) % plot._ring.capacity]
    for core in range(cores):
        top = core * (heights.row + heights.gap)
        expected = DARK.other if core % 2 else DARK.track
        assert (column[top : top + heights.row] == pixel(expected)).all()
    assert not panel.grab().isNull()
    assert panel.accessibleDescription() == f"{cores / 2:.1f} of {cores} busy"


def test_hover_tells_usage_and_who(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, [0.25, 0.75], CoreHeights(13, 3))
    frame = panel.plot.frame
    assert frame is not None
    lines = panel.plot.describe(frame.pixel(START + 50 * MS), 20)
    assert lines == ["core 1", "75 % busy", "other programs: 75 %", "sampled over 100 ms"]
    assert panel.plot.describe(5, 20) == ["core 1", "not sampled here"]


def lab_of(total: float, own: dict[int, float]) -> LabTime:
    """What a lab took of the sample's 100 ms, and on which cores its own threads were seen."""
    cpu, end = LabTime(), START + 100 * MS
    cpu._looks = [(START, 0), (end, round(total * MS))]
    cpu._parts = [Part(START, end, {core: round(ms * MS) for core, ms in own.items()})]
    return cpu


def own_panel(qtbot: QtBot, theme: Theme, app: dict[int, int] | None = None) -> CoresPanel:
    """Core 1: 60 % a worker, 30 % its lab's own; core 0 as `app` says, and other programs."""
    run = busy_run(core=1)
    run.lab_cpu = lab_of(90, {1: 30})
    panel = CoresPanel(TimeWindow(), theme)
    qtbot.addWidget(panel)
    panel.resize(1096, 200)
    usage = np.array([0.5, 0.9], np.float32)
    panel.add(CoreSample(START + 100 * MS, 100 * MS, usage, app or {}))
    panel.take_over(START + 200 * MS, [LiveRun(run, 3)])
    panel.arrange(CoreHeights(20, 3))
    window = panel.plot.window_of_time
    window.tick(START + 200 * MS)
    panel.plot.refresh(window.frame(panel.plot.px_width))
    panel.show_figures()
    return panel


def columns_at(panel: CoresPanel, core: int, count: int = 12) -> np.ndarray:
    """The pixels of a core in the middle of the sample, from its bottom up: as many columns as a hatching needs."""
    plot, frame = panel.plot, panel.plot.frame
    assert plot._ring is not None
    assert frame is not None
    left = (frame.left + frame.pixel(START + 20 * MS)) % plot._ring.capacity
    top = core * (plot.rows.height + plot.rows.gap)
    return plot._ring.pixels[top : top + plot.rows.height, left : left + count][::-1]


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_what_a_lab_takes_beside_its_workers_is_hatched_in_the_runs_own_colour(qtbot: QtBot, theme: Theme) -> None:
    panel = own_panel(qtbot, theme)
    column = columns_at(panel, 1, 6)
    worker, own, other = pixel(theme.worker(4)), own_color(theme.worker(3), theme), pixel(theme.other)
    assert own == mix(theme.other, theme.worker(3), 0.45)
    assert (column[:12] == worker).all(), "60 % of 20 px"
    hatched = column[12:18]
    assert (hatched == pixel(own)).any(axis=1).all(), "its colour in each row"
    assert len(np.unique(hatched)) > 1, "and lines in it"
    assert not np.isin(hatched, (worker, other, pixel(theme.track))).any()
    assert (column[18:] == pixel(theme.track)).all()


def test_this_window_and_other_programs_are_painted_apart(qtbot: QtBot) -> None:
    panel = own_panel(qtbot, DARK, {0: 20 * MS})
    column = columns_at(panel, 0, 4)
    assert set(np.unique(column[:4])) == {pixel(DARK.other), pixel(DARK.track)}, "lines: this window"
    assert (column[4:10] == pixel(DARK.other)).all(), "solid: other programs"
    assert (column[10:] == pixel(DARK.track)).all()


def test_hover_names_each_of_them(qtbot: QtBot) -> None:
    panel = own_panel(qtbot, DARK, {0: 20 * MS})
    frame = panel.plot.frame
    assert frame is not None
    x = frame.pixel(START + 50 * MS)
    own = "run 7: start-up, loop, own threads: 30 %"
    assert panel.plot.describe(x, 30) == ["core 1", "90 % busy", "7B: 60 %", own, "sampled over 100 ms"]
    told = ["core 0", "50 % busy", "this window: 20 %", "other programs: 30 %", "sampled over 100 ms"]
    assert panel.plot.describe(x, 5) == told


def test_at_the_right_stands_the_run_where_it_had_most_of_a_core(qtbot: QtBot) -> None:
    panel = own_panel(qtbot, DARK)
    assert [figure.owner.name if figure.owner else None for figure in panel._figures] == [None, "7B"]
    panel.plot.newest.owners[-1] = attributed(sample([0.9, 0.0]), [LiveRun(starting_run(), 3)]).owners
    panel.show_figures()
    assert [figure.owner.name if figure.owner else None for figure in panel._figures] == ["run 8", None]


def starting_run() -> MadeUpRun:
    run = MadeUpRun(8, 2, START)
    run.lab_cpu = lab_of(90, {0: 90})
    return run


def test_other_programs_are_what_is_left_over_two_seconds(qtbot: QtBot) -> None:
    """Of 10 samples 5 were a lab's start, 5 somebody else's."""
    history = CoreHistory(1)
    for number in range(10):
        run = MadeUpRun(8, 2, START)
        end = START + (number + 1) * 100 * MS
        run.lab_cpu = lab_of(0, {})
        run.lab_cpu._looks = [(START, 0), (START + 500 * MS, 400 * MS)]
        history.add(sample([0.8], end), [LiveRun(run, 0)])
    assert history.busy_with_others() == pytest.approx(0.4)
    for number in range(10, 30):
        history.add(sample([0.2], START + (number + 1) * 100 * MS), [])
    assert history.busy_with_others() == pytest.approx(0.2)


def test_the_name_of_a_run_leaves_room_for_its_chip(qtbot: QtBot) -> None:
    load_fonts()
    room = width_of("run 1", DARK.font(11)) + CHIP
    assert name_within("run 1", room, DARK) == "run 1"
    assert name_within("run 111", room, DARK) == "111"
    assert name_within("12A", room, DARK) == "12A"
