"""What nobody can see is not drawn: a window that is minimised, a run that has left the window of time. What comes
back is whole at once."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.bench.drawing import MadeUpRun, Scene
from tests.ui.test_stage import advance, shown
from ui.stage.run_plot import RunPlot
from ui.stage.stage import Stage
from ui.stage.time_window import SECOND


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene(4, 8, (1120, 660), lens=False)
    qtbot.addWidget(made.stage)
    qtbot.waitExposed(made.stage)
    made.skip(20)
    advance(made, 10)
    return made


def lanes(stage: Stage, number: int) -> np.ndarray:
    return shown(stage, number)[stage.groups[number].plot.rows.top :]  # a made-up ribbon does not end


class Drawn:
    """How often plots of runs are painted and blitted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.painted: list[int] = []
        self.repainted: list[int] = []
        paint, repaint = RunPlot._paint, RunPlot.repaint_soon
        monkeypatch.setattr(
            RunPlot, "_paint", lambda plot, *given: (self.painted.append(plot.run.number), paint(plot, *given))
        )
        monkeypatch.setattr(
            RunPlot, "repaint_soon", lambda plot: (self.repainted.append(plot.run.number), repaint(plot))
        )

    def clear(self) -> None:
        self.painted.clear()
        self.repainted.clear()


def over(stage: Stage, run: MadeUpRun) -> None:
    run.lanes.finish(run.lanes.latest)
    run.ended, run.ended_ns = True, run.lanes.latest
    finished = replace(run.statistics(), phase="ended", outcome="finished", ended_ns=run.ended_ns)
    stage.show_statistics([finished])


@pytest.fixture
def two(scene: Scene) -> MadeUpRun:
    """A run beside the one of the scene, which ends."""
    other = MadeUpRun(2, 4, scene.now)
    scene.stage.add_run(other, 4)
    for _ in range(30):
        advance(scene, 1)
        other.pull(other.advance(scene.now))
    over(scene.stage, other)
    return other


def test_a_run_out_of_the_window_costs_nothing_while_another_goes_on(
    scene: Scene, two: MadeUpRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.stage.window_of_time.set_span(2 * SECOND)
    drawn = Drawn(monkeypatch)
    advance(scene, 30)
    assert 2 in drawn.painted, "it scrolls as long as it is in the window"
    assert 2 in drawn.repainted
    advance(scene, 45)
    drawn.clear()
    asked: list[object] = []
    monkeypatch.setattr(two.lanes, "between", lambda *given, **named: asked.append(given))
    advance(scene, 40)
    assert set(drawn.painted) == set(drawn.repainted) == {1}
    assert not asked


def test_what_has_left_the_window_is_blank_whenever_it_is_painted(scene: Scene, two: MadeUpRun) -> None:
    stage = scene.stage
    stage.window_of_time.set_span(2 * SECOND)
    advance(scene, 90)
    for _ in range(5):
        advance(scene, 7)
        pixels = lanes(stage, 2)
        assert (pixels == pixels[:, :1]).all()
        assert (lanes(stage, 1) != lanes(stage, 1)[:, :1]).any()


def test_who_goes_back_in_time_sees_it_again(scene: Scene, two: MadeUpRun) -> None:
    stage = scene.stage
    stage.window_of_time.set_span(2 * SECOND)
    advance(scene, 120)
    stage.show_end(2)
    advance(scene, 2)
    again = shown(stage, 2)
    for name, other in (("zoomed", 4), ("and back", 2)):
        stage.window_of_time.set_span(other * SECOND)
        advance(scene, 2)
        assert (lanes(stage, 2) != lanes(stage, 2)[:, :1]).any(), name
    assert (shown(stage, 2) == again).mean() > 0.98
    stage.live()
    advance(scene, 2)
    assert (lanes(stage, 2) == lanes(stage, 2)[:, :1]).all()


def test_a_run_that_is_over_and_scrolled_out_of_sight_keeps_no_pixels(
    qtbot: QtBot, scene: Scene, two: MadeUpRun
) -> None:
    stage = scene.stage
    stage.show_end(2)
    advance(scene, 2)
    for number in range(3, 9):
        stage.add_run(MadeUpRun(number, 8, scene.now), 0)
    groups = stage.groups
    seen = None
    for near, there in ((2, True), (8, False), (2, True)):
        stage._scroll.bring_into_view(groups[near])
        QApplication.processEvents()
        assert groups[2].visibleRegion().isEmpty() is not there
        advance(scene, 2)
        assert (groups[2].plot._ring is not None) is there
        if there:
            seen = shown(stage, 2) if seen is None else seen
            assert (shown(stage, 2) == seen).mean() > 0.98
            assert (seen != seen[:, :1]).any()
    assert groups[8].visibleRegion().isEmpty()
    assert groups[8].plot._ring is not None, "a run that goes on is painted on"


def whole(stage: Stage, number: int = 1) -> bool:
    """Is nothing missing of the picture, up to now?"""
    plot = stage.groups[number].plot
    assert plot._ring is not None
    frame = stage.window_of_time.frame(plot.px_width)
    return plot.frame == frame and plot._ring.kept[0] <= frame.left and frame.right - plot._ring.kept[1] < 40


def test_minimised_nothing_is_drawn_and_then_all_at_once(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage
    stage.showMinimized()
    QApplication.processEvents()
    drawn = Drawn(monkeypatch)
    segments = scene.run.lanes.latest
    advance(scene, 60)
    assert not drawn.painted
    assert scene.run.lanes.latest > segments + SECOND, "it is read all the same"
    assert not whole(stage)
    stage.showNormal()
    qtbot.waitUntil(lambda: whole(stage))  # without another frame
    advance(scene, 1)
    latest = shown(stage)[:, -60:-10]
    assert (latest != np.roll(latest, 1, axis=1)).any(), "with what came meanwhile"


def test_a_window_that_is_not_exposed_is_not_drawn(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    handle = scene.stage.window().windowHandle()
    monkeypatch.setattr(type(handle), "isExposed", lambda _: False)
    drawn = Drawn(monkeypatch)
    advance(scene, 10)
    assert not drawn.painted
    monkeypatch.undo()
    advance(scene, 1)
    assert whole(scene.stage)


def test_the_mouse_is_followed_once_a_beat_and_only_where_it_can_be_seen(
    scene: Scene, two: MadeUpRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, plot = scene.stage, scene.stage.groups[1].plot
    told: list[float] = []
    describe = type(plot).describe
    monkeypatch.setattr(type(plot), "describe", lambda self, x, y: (told.append(x), describe(self, x, y))[1])
    hidden = stage.groups[2].plot
    hidden.hide()
    for x in range(100, 200):
        plot.hovered.emit(float(x), 30.0)
    assert not told
    stage.add_beat(scene.now + 1000, 0.0)
    assert told == [199.0]
    assert plot.cross == stage.cores.plot.cross == 199.0
    assert hidden.cross is None
    plot.left.emit()
    assert plot.cross is None
    stage.add_beat(scene.now + 2000, 0.0)
    assert told == [199.0]


def test_the_lens_is_painted_anew_on_another_screen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage
    stage.show_lens(True)
    advance(scene, 20)
    lens = stage.groups[1].lens
    lens.grab()
    before = lens._still
    assert before is not None
    lens.grab()
    assert lens._still is before
    monkeypatch.setattr(type(lens), "devicePixelRatioF", lambda _: 2.0)
    lens.grab()
    assert lens._still is not None
    assert lens._still.devicePixelRatio() == 2.0
    assert lens._still.width() == 2 * before.width()
