"""The whole stage, offscreen: frames, freezing, hovering, buttons, themes, sizes."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from tests.bench.drawing import Costs, MadeUpRun, Scene
from ui.kit.button import Button
from ui.kit.patterns import pixel
from ui.kit.theme import DARK, LIGHT
from ui.stage import axis, group_header
from ui.stage.stage import Stage
from ui.stage.time_window import MS, SECOND


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene(4, 8, (1120, 660), lens=False)
    qtbot.addWidget(made.stage)
    made.skip(50)
    advance(made, 10)
    return made


def advance(scene: Scene, frames: int) -> None:
    for _ in range(frames):
        scene.frame(Costs())


def shown(stage: Stage, number: int = 1) -> np.ndarray:
    """The pixels that the plot of a run shows."""
    plot = stage.groups[number].plot
    assert plot._ring is not None
    assert plot.frame is not None
    return plot._ring.pixels[:, np.arange(plot.frame.left, plot.frame.right) % plot._ring.capacity].copy()


def test_all_plots_share_one_time_axis(scene: Scene) -> None:
    stage = scene.stage
    stage.freeze(True)
    stage.pan(0.3)
    stage.zoom(0.5)
    expected = stage.window_of_time.x_range
    for plot in stage.plots():
        (left, right), _ = plot.view.viewRange()
        assert (left, right) == pytest.approx(expected, abs=(expected[1] - expected[0]) / 200)
        assert plot.width() == stage.pulse.plot.width()
    assert list(stage.axis.axis.range) == pytest.approx(expected)


def test_freezing_keeps_the_picture_while_data_goes_on(scene: Scene) -> None:
    scene.stage.freeze(True)
    advance(scene, 10)  # what was under way at that moment becomes known
    before = shown(scene.stage)
    segments = scene.run.lanes.latest
    advance(scene, 40)
    assert (shown(scene.stage) == before).all()
    assert scene.run.lanes.latest > segments + SECOND
    scene.stage.live()
    advance(scene, 1)
    frame = scene.stage.groups[1].plot.frame
    assert frame is not None
    assert frame.right_ns >= scene.now


def test_the_picture_scrolls_by_whole_pixels(scene: Scene) -> None:
    before, first = shown(scene.stage), scene.stage.groups[1].plot.frame
    advance(scene, 3)
    after, second = shown(scene.stage), scene.stage.groups[1].plot.frame
    assert first is not None
    assert second is not None
    moved = second.left - first.left
    assert moved > 0
    settled = before.shape[1] - 10
    assert (after[:, : settled - moved] == before[:, moved:settled]).all()


def test_hover_tells_worker_state_length_and_time(scene: Scene) -> None:
    scene.stage.window_of_time.set_span(SECOND)
    advance(scene, 1)
    stage, plot = scene.stage, scene.stage.groups[1].plot
    frame = plot.frame
    assert frame is not None
    lane, begun, ended = scene.run.holds[-60]
    x = frame.pixel((begun + ended) // 2)
    y = plot.rows.place(lane).center().y()
    plot.hovered.emit(float(x), y)
    stage.tick(stage.window_of_time.now)  # the mouse is followed once a beat
    lines = stage.card.lines
    assert lines[0] == f"1{'ABCD'[lane]}"
    assert lines[1].startswith("ran ")
    assert float(lines[1].split()[1]) == pytest.approx((ended - begun) / 1e6, abs=0.3)
    assert lines[-1].endswith("s ago")
    assert stage.card.isVisible()
    assert all(other.cross == x for other in stage.plots())
    plot.left.emit()
    assert not stage.card.isVisible()
    assert all(other.cross is None for other in stage.plots())


def test_hover_over_a_waiting_lane_and_the_ribbon(scene: Scene) -> None:
    scene.stage.window_of_time.set_span(SECOND)
    advance(scene, 1)
    plot = scene.stage.groups[1].plot
    frame = plot.frame
    assert frame is not None
    holder, begun, ended = scene.run.holds[-60]
    x = frame.pixel((begun + ended) // 2)
    waiting = (holder + 2) % 4
    assert "for the GIL" in plot.describe(x, plot.rows.place(waiting).center().y())[1]
    assert plot.describe(x, 3)[0] == f"{'ABCD'[holder]} holds the GIL"


def test_before_its_start_a_worker_is_not_started(scene: Scene) -> None:
    plot = scene.stage.groups[1].plot
    assert plot.describe(2, plot.rows.place(0).center().y()) == ["1A", "not started"]


def test_the_rate_of_a_run_is_that_of_now_and_at_its_end_that_of_all(scene: Scene) -> None:
    """Twice as quick as on the whole: 800 numbers a second instead of 400."""
    assert scene.run is not None
    header = scene.stage.groups[1].header
    going = replace(scene.run.statistics(), throughput=40.0, throughput_recent=80.0, work_per_s=400.0, work="numbers")
    header.show_statistics(going)
    assert " · 800 · numbers/s" in header.accessibleDescription()
    header.show_statistics(replace(going, phase="ended", outcome="finished"))
    assert " · 400 · numbers/s" in header.accessibleDescription()


def test_header_buttons_say_what_is_wanted(scene: Scene, qtbot: QtBot) -> None:
    stage = scene.stage
    stage.show_statistics([scene.run.statistics()])
    with qtbot.waitSignal(stage.pause_requested) as told:
        qtbot.mouseClick(stage.findChild(Button, "run_1_pause"), Qt.MouseButton.LeftButton)
    assert told.args == [1, True]
    stage.show_statistics([replace(scene.run.statistics(), phase="paused")])
    with qtbot.waitSignal(stage.pause_requested) as told:
        qtbot.mouseClick(stage.findChild(Button, "run_1_pause"), Qt.MouseButton.LeftButton)
    assert told.args == [1, False]
    with qtbot.waitSignal(stage.stop_requested) as told:
        stage.findChild(Button, "run_1_stop").click()
    assert told.args == [1]


def test_a_crashed_run_stays_with_its_reason_and_can_be_run_again(scene: Scene, qtbot: QtBot) -> None:
    stage, run = scene.stage, scene.run
    run.ended, run.ended_ns = True, scene.now - SECOND
    crashed = replace(
        run.statistics(), phase="ended", outcome="crashed", error="the lab was killed by SIGKILL\nits log"
    )
    stage.show_statistics([crashed])
    stage.tick(scene.now + MS)
    group = stage.groups[1]
    assert group.trouble
    assert group.message.words == "The lab was killed by SIGKILL."
    assert group.plot.crashed
    assert not group.header.stop_button.isVisibleTo(stage)
    with qtbot.waitSignal(stage.run_again_requested):
        stage.findChild(Button, "run_1_message_again").click()
    with qtbot.waitSignal(stage.dismiss_requested):
        stage.findChild(Button, "run_1_dismiss").click()
    assert not stage.grab().isNull()


def test_an_ended_run_is_dimmed_once_it_has_left_the_window(scene: Scene) -> None:
    scene.run.ended, scene.run.ended_ns = True, scene.now
    finished = replace(scene.run.statistics(), phase="ended", outcome="finished")
    scene.stage.show_statistics([finished])
    scene.stage.tick(scene.now + SECOND)
    assert not scene.stage.groups[1].dimmed
    scene.stage.tick(scene.now + 12 * SECOND)
    scene.stage.tick(scene.now + 13 * SECOND)
    assert scene.stage.groups[1].dimmed


def test_runs_come_and_go(scene: Scene, qtbot: QtBot) -> None:
    stage = scene.stage
    second = MadeUpRun(2, 4, scene.now)
    stage.add_run(second, 4)
    assert stage.groups[2].header.emphasis
    assert not stage.groups[1].header.emphasis
    stage.remove_run(2)
    assert list(stage.groups) == [1]
    assert stage.groups[1].header.emphasis
    advance(scene, 3)


def test_many_groups_scroll_under_axis_and_pulse(scene: Scene) -> None:
    stage = scene.stage
    for number in range(2, 9):
        stage.add_run(MadeUpRun(number, 8, scene.now), 0)
    advance(scene, 3)
    assert stage._scroll_bar.isVisible()
    assert stage.pulse.geometry().bottom() < stage._scroll.geometry().top()
    assert stage._scroll.geometry().bottom() < stage.cores.geometry().top()
    assert stage.cores.geometry().bottom() <= stage.height()


def test_a_run_that_grows_stays_in_sight(scene: Scene) -> None:
    """Its ribbons and its lens come when it has begun."""
    stage = scene.stage
    for number in range(2, 9):
        stage.add_run(MadeUpRun(number, 8, scene.now), 0)
    stage.bar.lens.click()
    advance(scene, 3)
    last, ground = stage.groups[8], stage._scroll.widget()
    assert last.lens_on
    assert last.geometry().bottom() == ground.height() - 1
    assert ground.y() + ground.height() == stage._scroll.viewport().height()
    stage._scroll_bar.setValue(0)
    stage.bar.lens.click()
    advance(scene, 3)
    assert stage._scroll_bar.value() == 0  # where somebody has scrolled to


def test_in_a_window_that_gets_lower_the_newest_run_stays_in_view(scene: Scene) -> None:
    stage = scene.stage
    stage.add_run(MadeUpRun(2, 4, scene.now), 0)
    advance(scene, 2)
    assert not stage._scroll_bar.isVisible()
    stage.resize(1120, 380)
    advance(scene, 2)
    assert stage._scroll_bar.isVisible()
    newest, seen = stage.groups[2], stage._scroll.viewport()
    top = newest.mapTo(seen, QPoint(0, 0)).y()
    assert top == 0 or 0 < top <= seen.height() - newest.height()
    stage._scroll_bar.setValue(0)
    stage.resize(1120, 370)
    assert stage._scroll_bar.value() == 0  # where somebody has scrolled to


def test_with_no_run_it_shows_what_it_was_given(qtbot: QtBot) -> None:
    stage = Stage(DARK)
    qtbot.addWidget(stage)
    starters = QLabel("What do you want to see?")
    stage.set_empty(starters)
    stage.resize(1024, 520)
    stage.show()
    assert starters.isVisible()
    assert starters.height() > 200
    stage.add_run(MadeUpRun(1, 4, 10**12), 0)
    assert not starters.isVisible()
    stage.remove_run(1)
    assert starters.isVisible()


def test_lateness_of_the_last_seconds(qtbot: QtBot) -> None:
    stage = Stage(DARK)
    qtbot.addWidget(stage)
    assert stage.lateness() is None
    for number in range(200):
        stage.add_beat(10**12 + number * 16 * MS, 1.0 if number != 150 else 50.0)
    stage.tick(10**12 + 200 * 16 * MS)
    p50, p99, most = stage.lateness(10) or (0, 0, 0)
    assert (p50, most) == (1.0, 50.0)
    assert 1.0 <= p99 < 50.0
    assert stage.lateness(0.3) == (1.0, 1.0, 1.0)


def test_themes_switch_while_it_runs(scene: Scene) -> None:
    dark = scene.stage.grab().toImage()
    scene.stage.set_theme(LIGHT)
    advance(scene, 2)
    light = scene.stage.grab().toImage()
    assert dark.pixelColor(2, 300).name() == DARK.base.lower()
    assert light.pixelColor(2, 300).name() == LIGHT.base.lower()
    assert scene.stage.groups[1].plot.theme is LIGHT


@pytest.mark.parametrize("size", [(420, 300), (704, 480), (1120, 660), (3840, 2000)])
@pytest.mark.parametrize("lanes", [1, 30, 150])
def test_it_draws_in_every_size(qtbot: QtBot, size: tuple[int, int], lanes: int) -> None:
    scene = Scene(lanes, 8, size, lens=True)
    qtbot.addWidget(scene.stage)
    advance(scene, 20)
    image = scene.stage.grab()
    assert (image.width(), image.height()) == size
    assert (shown(scene.stage) == pixel(DARK.worker(0))).any(), "nothing of the run is to be seen"


def test_bar_keyboard_and_names(scene: Scene, qtbot: QtBot) -> None:
    stage = scene.stage
    for name in ("live", "window_length", "zoom_in", "zoom_out", "lens", "run_1_pause", "run_1_stop"):
        button = stage.findChild(QWidget, name)
        assert button is not None
        assert button.accessibleName()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(stage.findChild(object, "live"), Qt.Key.Key_Return)
    assert stage.frozen
    qtbot.mouseClick(stage.findChild(object, "zoom_in"), Qt.MouseButton.LeftButton)
    assert stage.window_of_time.span == 5 * SECOND
    qtbot.mouseClick(stage.findChild(object, "live"), Qt.MouseButton.LeftButton)
    assert not stage.frozen


def test_a_very_short_live_window_is_drawn_ten_times_a_second(scene: Scene) -> None:
    scene.stage.window_of_time.set_span(50 * MS)
    drawn = set()
    for _ in range(30):
        advance(scene, 1)
        frame = scene.stage.groups[1].plot.frame
        assert frame is not None
        drawn.add(frame.right)
    assert 9 <= len(drawn) <= 12


# -- the mouse, as the window system sends it


def wheel(widget: QWidget, x: float, notches: int, sideways: bool = False) -> None:
    place = QPointF(x, 10)
    angle = QPoint(notches * 120, 0) if sideways else QPoint(0, notches * 120)
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), angle, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_the_wheel_zooms_all_bands(scene: Scene) -> None:
    stage = scene.stage
    for plot in stage.plots():
        span = stage.window_of_time.span
        wheel(plot.viewport(), 200, 1)
        assert stage.window_of_time.span == pytest.approx(span * 0.8)
        assert not stage.frozen


def test_frozen_the_wheel_zooms_at_the_mouse(scene: Scene) -> None:
    stage, plot = scene.stage, scene.stage.groups[1].plot
    stage.freeze(True)
    advance(scene, 1)
    under = plot.moment(200)
    wheel(plot.viewport(), 200, 3)
    advance(scene, 1)
    assert under is not None
    assert plot.moment(200) == pytest.approx(under, abs=30 * MS)


def test_a_drag_pans_and_freezes_and_a_double_click_returns(scene: Scene, qtbot: QtBot) -> None:
    stage, plot = scene.stage, scene.stage.groups[1].plot
    port = plot.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(200, 20))
    for x in range(205, 301, 5):
        move = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(x, 20), port.mapToGlobal(QPointF(x, 20)), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(port, move)
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    assert stage.frozen
    moved = stage.window_of_time.offset / stage.window_of_time.span * plot.width()
    assert moved == pytest.approx(100, abs=12)
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    assert not stage.frozen


def test_the_mouse_over_a_plot_shows_the_card(scene: Scene, qtbot: QtBot) -> None:
    plot = scene.stage.pulse.plot
    qtbot.mouseMove(plot.viewport(), QPoint(500, 20))
    scene.stage.tick(scene.stage.window_of_time.now)
    assert scene.stage.card.lines[0] == "UI pulse"
    assert scene.stage.card.isVisible()


def test_a_click_on_the_header_chooses_the_run(scene: Scene, qtbot: QtBot) -> None:
    with qtbot.waitSignal(scene.stage.run_chosen) as told:
        qtbot.mouseClick(scene.stage.groups[1], Qt.MouseButton.LeftButton, pos=QPoint(300, 15))
    assert told.args == [1]


def test_the_axis_says_now_while_it_is_live_and_frozen_while_it_is_not(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(axis, "write", lambda _painter, _room, text, *_rest: written.append(text[0]))
    for frozen, word in ((False, "now"), (True, "frozen"), (False, "now")):
        scene.stage.freeze(frozen)
        written.clear()
        scene.stage.axis.grab()
        assert {"now", "frozen"} & set(written) == {word}
    scene.stage.freeze(True)
    scene.stage.pan(0.5)
    written.clear()
    scene.stage.axis.grab()
    assert not {"now", "frozen"} & set(written)  # that moment is out of sight


def test_a_late_click_on_stop_does_not_press_what_has_taken_its_place(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run inside this app: the click was made while the window was frozen."""
    now = [100.0]
    monkeypatch.setattr(group_header, "clock", lambda: now[0])
    asked: list[tuple[str, int]] = []
    scene.stage.run_again_requested.connect(lambda number: asked.append(("again", number)))
    scene.stage.dismiss_requested.connect(lambda number: asked.append(("dismiss", number)))
    run = scene.run
    header = scene.stage.groups[1].header
    for host, at_once in (("app", []), ("lab", [("again", 1), ("dismiss", 1)])):
        run.recipe, run.ended, header._over_since = Recipe(workers=4, host=host, seconds=1.0), False, None
        header.show_statistics(run.statistics())
        run.ended = True
        header.show_statistics(run.statistics())
        for after, expected in ((0.0, at_once), (0.49, at_once), (0.5, [("again", 1), ("dismiss", 1)])):
            asked.clear()
            now[0] = 100.0 + after
            header.show_statistics(run.statistics())
            header.again_button.click()
            header.dismiss_button.click()
            assert asked == expected
        now[0] = 100.0
