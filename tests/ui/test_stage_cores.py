"""Cores: usage as it was sampled, coloured by the worker that ran there."""

from __future__ import annotations

import numpy as np
import pytest

from playground.core_parts import OTHER, LiveRun, attributed
from playground.cores import CoreSample
from playground.lab import ring as layout
from playground.lanes import LaneStore
from playground.rings import RECORD
from tests.bench.drawing import MadeUpRun
from ui.stage.cores import SECOND_LOOK, CoreHistory, CoresPanel
from ui.stage.layout import CoreHeights
from ui.stage.patterns import pixel
from ui.stage.time_window import MS, TimeWindow
from ui.theme import DARK

START = 10**12


def busy_run(core: int, lanes: int = 2) -> MadeUpRun:
    """A run of which lane 1 had a core for 60 of 100 ms."""
    run = MadeUpRun(7, lanes, START)
    run.lanes = LaneStore(lanes, shared_gil=True)
    run.lanes.add(np.array([(START, START + 60 * MS, 60 * MS, 0, 1, core, layout.RUN, 0)], RECORD))
    run.lanes.settle()
    return run


def sample(usage: list[float], end: int = START + 100 * MS) -> CoreSample:
    return CoreSample(end, 100 * MS, np.array(usage, np.float32))


def test_workers_first_the_rest_is_other_programs():
    parts, owners, _ = attributed(sample([0.1, 0.9]), [LiveRun(busy_run(core=1), 3)])
    assert parts[1, 4] == pytest.approx(0.6)  # slot 3 + lane 1
    assert parts[1, OTHER] == pytest.approx(0.3)
    assert parts[0, OTHER] == pytest.approx(0.1)
    assert owners[0] is None
    assert owners[1] is not None
    assert (owners[1].name, owners[1].slot) == ("7B", 4)


@pytest.mark.parametrize("longer", [0, 1])
def test_a_core_belongs_to_whoever_had_most_of_it(longer: int):
    run = busy_run(core=0)
    run.lanes = LaneStore(2, shared_gil=True)
    ends = START + np.where(np.arange(2) == longer, 60, 20) * MS
    run.lanes.add(
        np.array([(START, end, end - START, 0, lane, 0, layout.RUN, 0) for lane, end in enumerate(ends)], RECORD)
    )
    run.lanes.settle()
    _, owners, _ = attributed(sample([1.0]), [LiveRun(run, 0)])
    assert owners[0] is not None
    assert (owners[0].lane, owners[0].part) == (longer, pytest.approx(0.6))


def test_a_core_is_never_more_than_full():
    first, second = busy_run(core=0), busy_run(core=0)
    parts, _, _ = attributed(sample([1.0]), [LiveRun(first, 0), LiveRun(second, 4)])
    assert parts[0].sum() == pytest.approx(1.0)


def test_a_sample_is_as_wide_as_the_time_it_covers_and_stands_until_the_next():
    history = CoreHistory(1)
    history.add(sample([0.5]), [])
    moments = START + np.array([-10, 1, 99, 130, 270], np.int64) * MS
    assert list(history.find(moments, START + 300 * MS)) == [-1, 0, 0, 0, -1]
    assert list(history.find(moments, START + 110 * MS)) == [-1, 0, 0, -1, -1]  # not beyond now


def test_a_gap_between_samples_stays_a_gap():
    history = CoreHistory(1)
    history.add(sample([0.5]), [])
    history.add(sample([0.5], START + 500 * MS), [])
    assert list(history.find(START + np.array([50, 250, 450], np.int64) * MS, START + 600 * MS)) == [0, -1, 1]


def test_records_that_come_late_still_colour_their_core():
    """A long op is recorded when it ends: some samples after it began."""
    run = busy_run(core=0)
    run.lanes = LaneStore(2, shared_gil=True)
    history = CoreHistory(1)
    history.add(sample([0.8]), [LiveRun(run, 0)])
    assert history.parts[0, 0, OTHER] == pytest.approx(0.8)
    run.lanes.add(np.array([(START, START + 80 * MS, 80 * MS, 0, 1, 0, layout.RUN, 0)], RECORD))
    run.lanes.settle()
    for number in range(2, SECOND_LOOK + 2):
        since = history.add(sample([0.0], START + number * 100 * MS), [LiveRun(run, 0)])
    assert history.parts[0, 0, 1] == pytest.approx(0.8)
    assert since == START


def test_it_runs_for_ever():
    history = CoreHistory(1)
    for number in range(3000):
        history.add(sample([0.5], START + number * 100 * MS), [])
    last = START + 2999 * 100 * MS
    found = history.find(np.array([last - 50 * MS, last - 60_000 * MS], np.int64), last)
    assert (found >= 0).all()
    assert history.samples[found[1]].t_ns == pytest.approx(last - 60_000 * MS, abs=100 * MS)


def panel_of(qtbot, usage: list[float], heights: CoreHeights) -> CoresPanel:
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
def test_each_core_has_its_strip(qtbot, cores: int):
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


def test_hover_tells_usage_and_who(qtbot):
    panel = panel_of(qtbot, [0.25, 0.75], CoreHeights(13, 3))
    frame = panel.plot.frame
    assert frame is not None
    lines = panel.plot.describe(frame.pixel(START + 50 * MS), 20)
    assert lines == ["core 1", "75 % busy", "other programs: 75 %", "sampled over 100 ms"]
    assert panel.plot.describe(5, 20) == ["core 1", "not sampled here"]
