"""When all runs have ended the picture stays at their end, and is that of then in all its parts, until somebody goes
on."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from playground.hosts import CoreSample
from tests.bench.drawing import Costs, Scene
from tests.ui.test_stage import advance, shown
from ui.stage import axis
from ui.stage.beside import Beside
from ui.stage.time_window import SECOND, End, TimeWindow, age_words


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene(4, 8, (1120, 660), lens=False)
    qtbot.addWidget(made.stage)
    made.skip(140)
    advance(made, 10)
    return made


def end(scene: Scene) -> int:
    scene.run.lanes.finish(scene.run.lanes.latest)
    scene.run.ended, scene.run.ended_ns = True, scene.run.lanes.latest
    finished = replace(scene.run.statistics(), phase="ended", outcome="finished", ended_ns=scene.run.ended_ns)
    scene.stage.show_statistics([finished])
    scene.stage.ended.stay_at_end()
    return scene.run.ended_ns


def idle(scene: Scene, seconds: float, usage: float = 1.0, late: float = 0.0) -> None:
    """Nothing runs; the computer is busy with something else."""
    for _ in range(round(seconds * 10)):
        scene.now += SECOND // 10
        scene.stage.add_beat(scene.now, late)
        scene.stage.add_core_sample(CoreSample(scene.now - 20_000_000, SECOND // 10, np.full(8, usage, np.float32)))
        scene.stage.tick(scene.now)


def hours(scene: Scene) -> None:
    """So long that neither beats nor samples of before are kept."""
    for _ in range(17_000):
        scene.now += SECOND // 50
        scene.stage.add_beat(scene.now, 40.0)
    for _ in range(1500):
        scene.stage.add_core_sample(CoreSample(scene.now - 20_000_000, SECOND // 10, np.ones(8, np.float32)))
    idle(scene, 1, late=40.0)


def columns(scene: Scene) -> dict[str, np.ndarray]:
    stage, found = scene.stage, {"lanes": shown(scene.stage)}
    for name, plot in (("pulse", stage.pulse.plot), ("cores", stage.cores.plot)):
        assert plot._ring is not None
        found[name] = plot._ring.pixels[:, np.arange(plot.frame.left, plot.frame.right) % plot._ring.capacity].copy()  # type: ignore[index]
    return found


def test_the_picture_stays_at_the_end_for_as_long_as_one_likes(scene: Scene) -> None:
    ended = end(scene)
    idle(scene, 3)
    before = columns(scene)
    frame = scene.stage.groups[1].plot.frame
    assert frame is not None
    assert frame.right_ns - 2 * frame.px_ns <= ended < frame.right_ns
    assert (before["lanes"] != before["lanes"][:, :1]).any(), "there is something to be seen"
    hours(scene)
    for name, pixels in columns(scene).items():
        assert (pixels == before[name]).all(), name


def test_pulse_and_cores_are_those_of_then_at_every_zoom(scene: Scene) -> None:
    end(scene)
    idle(scene, 3)
    hours(scene)
    scene.stage.step_zoom(1)  # everything is painted anew
    idle(scene, 0.3, late=40.0)
    found = columns(scene)
    other = Scene(4, 8, (1120, 660), lens=False)
    other.skip(140)
    advance(other, 10)
    end(other)
    other.stage.step_zoom(1)
    idle(other, 3)
    expected = columns(other)
    for name in ("pulse", "cores"):
        assert (expected[name] == found[name]).all(), name


def test_the_figures_beside_pulse_and_cores_are_those_of_then(scene: Scene) -> None:
    end(scene)
    idle(scene, 3)
    hours(scene)
    assert float(scene.stage.pulse._words) < 10
    assert scene.stage.cores._busy != "8.0 of 8 busy"
    scene.stage.live()
    idle(scene, 11, usage=1.0, late=40.0)
    assert float(scene.stage.pulse._words) == 40.0
    assert scene.stage.cores._busy == "8.0 of 8 busy"


def test_the_pill_tells_once_a_second_how_long_ago_that_was(scene: Scene) -> None:
    end(scene)
    pill = scene.stage.bar.live
    told: list[str] = []
    width = pill.sizeHint().width()
    for _ in range(40):
        idle(scene, 0.1)
        if not told or told[-1] != pill.words:
            told.append(pill.words)
    assert told[0] == "Ended 0 s ago"
    assert told[1:] == [f"Ended {second} s ago" for second in range(1, len(told))]
    assert 4 <= len(told) <= 5
    assert pill.accessibleName() == f"{told[-1]}: press to go back to live"
    assert pill.sizeHint().width() == width
    pill.click()
    assert (pill.words, scene.stage.frozen) == ("Live", False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (-1, "0 s")],
)
def test_ages_in_words(seconds: float, words: str) -> None:
    assert age_words(int(seconds * SECOND)) == words
    assert End(0, 3).words(int(seconds * SECOND)) == f"Run 3, ended {words} ago"


def test_one_key_leads_back_to_live(scene: Scene) -> None:
    for go_on in (scene.stage.live, lambda: scene.stage.freeze(False), lambda: scene.stage.bar.live.click()):
        end(scene)
        assert scene.stage.frozen
        go_on()
        assert not scene.stage.frozen
        assert scene.stage.window_of_time.end is None
        idle(scene, 0.2)
        frame = scene.stage.groups[1].plot.frame
        assert frame is not None
        assert frame.right_ns > scene.now


def test_zoom_and_pan_work_at_the_end(scene: Scene) -> None:
    ended = end(scene)
    window = scene.stage.window_of_time
    scene.stage.step_zoom(-1)
    assert (window.span, window.offset, window.reference) == (5 * SECOND, 0, ended)
    scene.stage.pan(0.5)
    assert window.offset == 2.5 * SECOND
    assert window.end == End(ended)
    scene.stage.pan(-9)
    assert window.offset == 0


def test_who_froze_the_picture_keeps_it(scene: Scene) -> None:
    scene.stage.freeze(True)
    reference = scene.stage.window_of_time.reference
    end(scene)
    assert scene.stage.window_of_time.end is None
    assert scene.stage.window_of_time.reference == reference
    assert scene.stage.bar.live.words == "Frozen"


def test_freezing_forgets_the_end() -> None:
    window = TimeWindow()
    window.tick(100 * SECOND)
    window.stay(End(90 * SECOND))
    window.live()
    window.freeze(True)
    assert (window.reference, window.end) == (100 * SECOND, None)


def test_the_axis_says_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    end(scene)
    monkeypatch.setattr(axis, "write", lambda _painter, _room, text, *_rest: written.append(text[0]))
    scene.stage.axis.grab()
    assert "end" in written
    assert not {"now", "frozen"} & set(written)


def test_a_stage_that_has_nothing_left_is_live(scene: Scene) -> None:
    end(scene)
    scene.stage.remove_run(1)
    assert not scene.stage.frozen


def test_what_was_beside_a_run_survives_being_written(scene: Scene) -> None:
    end(scene)
    idle(scene, 3)
    beside = scene.stage.ended.beside(1)
    assert beside is not None
    again = Beside.of(beside.arrays())
    assert again is not None
    for name, values in beside.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], values)
    assert again.cores.owners == beside.cores.owners
    assert again.cores.names == beside.cores.names
    assert any(owner is not None for row in again.cores.owners for owner in row)
    assert Beside.of({}) is None
    Scene.frame(scene, Costs())


def test_where_there_is_little_room_the_pill_leaves_out_which_run_it_was(scene: Scene) -> None:
    ended = end(scene)
    scene.stage.window_of_time.stay(End(ended, 7))
    idle(scene, 3)
    pill = scene.stage.bar.live
    assert pill.words.startswith("Run 7, ended ")
    whole = pill.accessibleName()
    scene.stage.resize(900, 660)
    scene.stage.bar.resize(900, scene.stage.bar.height())
    assert pill.words == f"E{pill.accessibleName().partition(', e')[2].partition(':')[0]}"
    assert pill.words.startswith("Ended ")
    assert whole.startswith("Run 7, ended "), "it is read aloud whole"
    assert pill.accessibleName().startswith("Run 7, ended ")
