"""Rows of threads that are no workers: what they look like, what they say; and lanes that are empty for a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.lab.watching import born_threads, thread_looks
from playground.lab.wire import ring
from playground.reading.holds.who_held import STRANGER
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.rings import SampleReader
from playground.run.live_source import WholeLines
from tests.bench.drawing import MadeUpRun, Scene
from ui.kit.patterns import own_color, pixel, square
from ui.kit.theme import DARK
from ui.stage.ribbons import RibbonPaint
from ui.stage.run_group import GroupPanel
from ui.stage.time_window import MS

DRAWN = 30  # frames: nobody looks at those before


class Starting(MadeUpRun):
    """Two workers; their code starts a thread each, of which one runs and one waits for the GIL."""

    def __init__(self, folder: Path, start: int, rows: int = 2) -> None:
        super().__init__(1, 2, start)
        ring.create_samples(str(folder / "started.ring"), 8192)
        (folder / born_threads.FILE).touch()
        self._block, self._words = ring.map_words(str(folder / "started.ring"))
        for number in range(rows):
            born_threads.append(str(folder / born_threads.FILE), born_threads.line(5, 100 + number, 0, number % 2, ""))
        self.rows_of_them = rows
        self.ring, self.born = SampleReader(folder / "started.ring"), WholeLines(folder / born_threads.FILE)
        self.started = StartedThreads()

    def look_at_threads(self, now: int) -> None:
        for row in range(self.rows_of_them):
            head, runs = self._words[ring.W_HEAD], row % 2 == 0
            place = ring.HEADER_BYTES + head % 8192 * ring.SAMPLE.size
            state = thread_looks.RUNS if runs else thread_looks.GIL
            ring.SAMPLE.pack_into(self._block, place, now, now if runs else 0, 0, row, 1, state, 0)
            self._words[ring.W_HEAD] = head + 1
        self.started.take(self.ring.pull(), self.born.new())

    def waited_for(self, lane: int, moment: int) -> None:
        """Its workers share nothing."""

    def stranger(self, moment: int) -> str:
        return "A·1"


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Scene:
    made = Scene(0, 2, (1100, 800), lens=False)
    qtbot.addWidget(made.stage)
    made.run = Starting(tmp_path, made.now)
    made.stage.add_run(made.run, 2)
    return made


def group_of(scene: Scene, frames: int = 60) -> GroupPanel:
    from tests.bench.drawing import Costs

    run = scene.run
    assert isinstance(run, Starting)
    for left in reversed(range(frames)):
        run.look_at_threads(scene.now)
        if left < DRAWN:
            scene.frame(Costs())
        else:
            scene.skip(1)
    return scene.stage.groups[1]


def test_threads_that_code_starts_have_rows_below_the_lanes(scene: Scene) -> None:
    group = group_of(scene)
    started = group.started
    assert started is not None
    assert started.plot.shown == range(2)
    assert started.geometry().top() >= group.block.geometry().bottom()
    assert started.height() > 2 * started.row_height(0)
    assert group.height() >= started.geometry().bottom()
    assert group.plots == [group.plot, started.plot]


def test_a_group_without_such_threads_has_no_rows_for_them(scene: Scene) -> None:
    run = scene.run
    assert isinstance(run, Starting)
    run.rows_of_them = 0
    group = group_of(scene)
    assert group.started is not None
    assert (group.started.height(), group.plots) == (0, [group.plot])


def test_their_states_are_painted_as_those_of_workers_in_the_colour_of_who_started_them(scene: Scene) -> None:
    plot = group_of(scene).started.plot
    frame = plot.frame
    assert frame is not None
    assert plot._ring is not None
    left = (frame.left + frame.pixel(scene.now - 200 * MS)) % plot._ring.capacity
    rows = [plot._ring.pixels[plot.rows.place(row).toRect().top() + 2 :][:4, left : left + 6] for row in range(2)]
    assert (rows[0] == pixel(DARK.worker(2))).all(), "it runs"
    assert np.isin(rows[1], square(4, DARK.worker(3), DARK, 1.0)).all(), "it waits for the GIL"
    assert len(np.unique(rows[1])) > 1


def test_hover_says_which_thread_it_is_and_whose(scene: Scene) -> None:
    plot = group_of(scene).started.plot
    frame = plot.frame
    assert frame is not None
    lines = plot.describe(frame.pixel(scene.now - 200 * MS), plot.rows.place(0).center().y())
    assert lines[:2] == ["1A·1", "thread 100, started by own code"]
    assert lines[2].startswith("ran ")
    lines = plot.describe(frame.pixel(scene.now - 200 * MS), plot.rows.place(1).center().y())
    assert lines[0] == "1B·1"
    assert lines[2].startswith("waited ")
    assert plot.describe(2, plot.rows.place(0).center().y())[-1] == "nothing was seen of it here"


def test_the_ribbon_names_the_thread_and_has_the_runs_own_colour(scene: Scene) -> None:
    group = group_of(scene)
    run, frame = scene.run, group.plot.frame
    assert run is not None
    assert frame is not None
    run.holds[:] = [(STRANGER, scene.now - 10**9, scene.now)]
    assert group.plot.describe_ribbon(scene.now - 100 * MS)[0] == "A·1 holds the GIL"
    at = frame.left + frame.pixel(scene.now - 100 * MS)
    painted = RibbonPaint(DARK, 1.0).held(run, run.tracks[0], 2, (at, at + 3), frame)
    assert (painted == pixel(own_color(DARK.worker(2), DARK))).all(), "not the grey of other programs"


def test_more_threads_than_rows_are_told(qtbot: QtBot, tmp_path: Path) -> None:
    made = Scene(0, 2, (1100, 900), lens=False)
    qtbot.addWidget(made.stage)
    made.run = Starting(tmp_path, made.now, rows=20)
    made.stage.add_run(made.run, 2)
    group = group_of(made)
    assert group.started is not None
    assert len(group.started.plot.shown) == 16
    assert group.started.plot.threads.hidden == 4


@pytest.mark.parametrize(
    ("at", "life", "pauses", "words"),
    [
        (-1, (0, 0), (), "not started"),
        (-1, (1, 0), (), "not started"),
        (10, (1, 0), (), "not known"),
        (10, (1, 0), ((5, 20),), "paused"),
        (25, (1, 0), ((5, 20),), "not known"),
        (10, (1, 8), (), "ended"),
        (7, (1, 8), (), "not known"),
    ],
)
def test_an_empty_lane_says_why(
    scene: Scene, at: int, life: tuple[int, int], pauses: tuple[tuple[int, int], ...], words: str
) -> None:
    """In ms since the run began: a gap in a worker's life is no pause, and not its end."""
    group, run = group_of(scene, frames=3), scene.run
    assert run is not None
    start = run.started_ns
    begun, ended = (start + ms * MS if ms else 0 for ms in life)
    run.life = lambda lane: (begun, ended)
    run.pauses = [(start + since * MS, start + until * MS) for since, until in pauses]
    run.lanes.at = lambda *_: None
    assert group.plot.describe_lane(0, start + at * MS) == ["1A", words]
