"""The window at the end of its runs: the picture stays there, and the next run goes on live."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of windows
BRIEF = Recipe(job="mix", workers=2, model="threads", seconds=0.6)
PATIENCE_MS = 20_000


def test_the_picture_stays_at_the_end_of_the_last_run(window: Window, qtbot: QtBot, no_other_pythons: None) -> None:
    first, second = window.run(BRIEF), window.run(BRIEF)
    assert first is not None
    assert second is not None
    assert not window.stage.frozen
    window.runs.stop(first.number)
    qtbot.waitUntil(lambda: first.ended, timeout=PATIENCE_MS)
    assert not window.stage.frozen, "one goes on"
    qtbot.waitUntil(lambda: second.ended, timeout=PATIENCE_MS)
    end = window.stage.window_of_time.end
    assert end is not None
    assert end.moment == max(first.reading.ended_ns or 0, second.reading.ended_ns or 0)
    assert window.stage.bar.live.words.startswith("Ended ")
    qtbot.waitUntil(lambda: window.clock.frames_per_s < 10, timeout=PATIENCE_MS)  # nothing moves: few frames
    window.actions_by_name["live"].trigger()
    assert not window.stage.frozen
    assert window.stage.bar.live.words == "Live"


def test_the_next_run_goes_on_live(window: Window, qtbot: QtBot, no_other_pythons: None) -> None:
    run = window.run(BRIEF)
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=PATIENCE_MS)
    assert window.stage.frozen
    again = window.run(BRIEF)
    assert again is not None
    assert not window.stage.frozen
    qtbot.waitUntil(lambda: again.ended, timeout=PATIENCE_MS)
    assert window.stage.frozen
