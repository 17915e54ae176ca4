"""Runs leave the stage, shrink to their figures, and come back by a click in the list: in the real window, with real
labs."""

from __future__ import annotations

import errno
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from playground.run import album as albums
from playground.run import run_folder
from playground.run.album import Album
from playground.run.run import Run
from ui.runs.run_rows import RunColumn
from ui.stage.time_window import REACH, SECOND, End
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # so says offscreen of windows
    pytest.mark.usefixtures("no_other_pythons"),
]
BRIEF = Recipe(job="mix", workers=2, model="threads", seconds=0.6)
LIMIT_MS = 60_000
Ended = Callable[..., Run]


@pytest.fixture
def ended(window: Window, qtbot: QtBot) -> Ended:
    def run(recipe: Recipe = BRIEF) -> Run:
        started = window.run(recipe)
        assert started is not None
        qtbot.waitUntil(lambda: started.ended, timeout=LIMIT_MS)
        qtbot.waitUntil(lambda: window.runs_panel.finished(started.number) is not None)
        return started

    return run


def click(window: Window, number: int, column: RunColumn = RunColumn.RECIPE) -> None:
    table, row = window.runs_panel.table, window.runs_panel.model.row_of(number)
    place = table.visualRect(window.runs_panel.model.index(row, column)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def pixels(window: Window, number: int) -> np.ndarray:
    plot = window.stage.groups[number].plot
    assert plot._ring is not None
    assert plot.frame is not None
    return plot._ring.pixels[:, np.arange(plot.frame.left, plot.frame.right) % plot._ring.capacity].copy()


def rest(window: Window, qtbot: QtBot) -> None:
    """Until all of it is painted."""
    frames: list[object] = []
    window.clock.frame.connect(frames.append)
    qtbot.waitUntil(lambda: len(frames) > 4, timeout=LIMIT_MS)
    window.clock.frame.disconnect(frames.append)


def test_a_run_that_was_dismissed_comes_back_by_a_click(window: Window, qtbot: QtBot, ended: Ended) -> None:
    window.runs_panel.set_open(True)
    number = ended().number
    qtbot.waitUntil(lambda: number in window.stage.ended._beside, timeout=LIMIT_MS)
    rest(window, qtbot)
    before, sentence = pixels(window, number), window.teller._stage.groups[number].statistics
    assert window.stage.window_of_time.end is not None
    window.past_runs.dismiss(number)
    assert not window.stage.groups
    assert not window.stage.frozen
    click(window, number)
    qtbot.waitUntil(lambda: number in window.stage.groups, timeout=LIMIT_MS)
    rest(window, qtbot)
    end = window.stage.window_of_time.end
    assert end is not None
    assert end.run == number
    assert window.stage.bar.live.words.startswith(f"Run {number}, ended ")
    assert window.teller.chosen == number
    assert window.side.verdict.isVisible()
    group = window.stage.groups[number]
    assert group.statistics is not None
    assert sentence is not None
    assert group.statistics.throughput == sentence.throughput
    assert any(words.startswith("ended ") and words.endswith(" ago") for words, _ in group.header.words.tags())
    assert (pixels(window, number) == before).mean() > 0.97
    assert window.stage.pulse.plot._past is not None
    assert window.stage.cores.plot._past is not None
    window.actions_by_name["live"].trigger()
    assert window.stage.bar.live.words == "Live"


def test_what_its_header_said_it_says_again(
    window: Window, qtbot: QtBot, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(window.stage, "show_disturbance", lambda number, *_: told.append(number))
    window.runs_panel.set_open(True)
    number = ended(Recipe(job="mix", workers=2, model="threads", seconds=3.3)).number
    window.teller.tell()
    assert number in told
    told.clear()
    window.teller.tell()
    assert not told, "it is told once"
    window.past_runs.dismiss(number)
    click(window, number)
    qtbot.waitUntil(lambda: told == [number], timeout=LIMIT_MS)


def test_of_those_that_have_ended_half_a_dozen_stay_and_what_is_looked_at(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(window.past_runs, "leave", left.append)
    ended = list(range(1, 7))
    window.past_runs._thin_out(ended)
    assert left == []
    window.past_runs._thin_out([*ended, 7, 8, 9, 10])
    assert left == [1, 2, 3, 4], "the oldest"
    left.clear()
    monkeypatch.setattr(type(window.teller), "chosen", property(lambda _: 2))  # the verdict is about it
    window.stage.window_of_time.stay(End(0, 3))  # and it was brought back to be seen
    window.past_runs._thin_out([*ended, 7, 8, 9, 10])
    assert left == [1, 4]


def test_a_click_on_a_run_that_is_still_there_shows_its_end(window: Window, qtbot: QtBot, ended: Ended) -> None:
    window.runs_panel.set_open(True)
    first, second = ended().number, ended().number
    assert window.teller.chosen == second
    click(window, first)
    assert window.teller.chosen == first
    assert window.stage.window_of_time.end is not None
    assert window.stage.window_of_time.end.run == first
    assert window.runs_panel.model.checked == []
    click(window, first, RunColumn.CHECK)
    assert window.runs_panel.model.checked == [first]
    window.runs_panel.table.setCurrentIndex(window.runs_panel.model.index(0, RunColumn.RECIPE))
    QTest.keyClick(window.runs_panel.table, Qt.Key.Key_Return)
    assert window.teller.chosen == second
    QTest.keyClick(window.runs_panel.table, Qt.Key.Key_Space)
    assert window.runs_panel.model.checked == [first, second]


def test_who_is_out_of_reach_leaves_and_the_chosen_one_stays(window: Window, qtbot: QtBot, ended: Ended) -> None:
    first, second = ended(), ended()
    old = (first.reading.ended_ns or 0) + REACH + SECOND
    window.stage.window_of_time.tick(old)
    assert not window.stage.ended.out_of_reach(first.number), "the picture stands at the end"
    window.stage.live()
    window.stage.window_of_time.tick(old + 60 * SECOND)
    window.past_runs._look()
    assert list(window.stage.groups) == [second.number]
    window.teller.choose(second.number)
    assert [run.number for run in window.runs.all] == [second.number]
    assert len(window.runs_panel.runs()) == 2


def test_of_a_run_that_has_left_only_its_figures_stay(window: Window, qtbot: QtBot, ended: Ended) -> None:
    look = Recipe(job="ping-pong", workers=2, model="threads", seconds=0.6)
    made = [ended(), ended(look)]
    window.side.tabs.choose("look")
    rest(window, qtbot)
    groups = [window.stage.groups[run.number] for run in made]
    held = [
        weakref.ref(one)
        for run in made
        for one in (run, run.reading.lanes, run.reading.holders, run.rings, run.reading.owners)
    ]
    held += [weakref.ref(one) for group in groups for one in (group, group.plot, group.lens)]
    numbers = [run.number for run in made]
    del made, groups
    for number in numbers:
        window.past_runs.dismiss(number)
    qtbot.waitUntil(lambda: all(window.past_runs._album.has(number) for number in numbers), timeout=LIMIT_MS)
    rest(window, qtbot)
    for _ in range(3):
        qtbot.wait(1)
        gc.collect()
    left = [one() for one in held if one() is not None]
    assert not left, [(type(one), gc.get_referrers(one)[:3]) for one in left]
    assert len(window.runs_panel.runs()) == 2
    assert all(run.statistics.workers[1].ops for run in window.runs_panel.runs())


def test_an_ended_run_has_no_files_in_memory(window: Window, qtbot: QtBot, ended: Ended) -> None:
    run = ended()
    qtbot.waitUntil(lambda: not run.directory.path.exists(), timeout=LIMIT_MS)
    maps = Path("/proc/self/maps")
    if maps.exists():
        assert run.directory.path.name not in maps.read_text()


def test_on_a_full_disk_the_row_says_so_and_the_figures_come_back(
    window: Window, qtbot: QtBot, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(albums.np.lib.format, "write_array", full)  # type: ignore[attr-defined]
    window.runs_panel.set_open(True)
    number = ended().number
    window.past_runs.dismiss(number)
    row = window.runs_panel.finished
    qtbot.waitUntil(lambda: bool(row(number) and row(number).no_picture), timeout=LIMIT_MS)
    said = "its picture could not be kept: the disk is full"
    finished = row(number)
    assert finished is not None
    assert said in window.runs_panel.model.words(finished, RunColumn.RECIPE)
    click(window, number)
    qtbot.waitUntil(lambda: number in window.stage.groups, timeout=LIMIT_MS)
    header = window.stage.groups[number].header
    assert (said, "warn") in header.words.tags()
    assert window.teller.chosen == number
    assert finished.statistics.throughput > 0


def test_a_run_removed_for_good_takes_its_picture_with_it(window: Window, qtbot: QtBot, ended: Ended) -> None:
    number = ended().number
    window.past_runs.dismiss(number)
    album: Album = window.past_runs._album
    qtbot.waitUntil(lambda: album.has(number), timeout=LIMIT_MS)
    window.runs_panel.remove(number)
    window.runs_panel.forget(number)
    qtbot.waitUntil(lambda: not album.has(number), timeout=LIMIT_MS)
    assert list(album._path.iterdir()) == []


def test_the_app_takes_its_album_with_it(make: Callable[[], Window], qtbot: QtBot) -> None:
    window = make()
    run = window.run(BRIEF)
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    window.past_runs.dismiss(run.number)
    place = window.past_runs._album._path
    qtbot.waitUntil(lambda: window.past_runs._album.has(run.number), timeout=LIMIT_MS)
    assert place.parent == run_folder.albums()
    window.close()
    assert not place.exists()


def test_the_next_run_goes_live_and_sends_away_what_was_shown_again(
    window: Window, qtbot: QtBot, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.runs_panel.set_open(True)
    first = ended().number
    window.past_runs.dismiss(first)
    click(window, first)
    qtbot.waitUntil(lambda: first in window.stage.groups, timeout=LIMIT_MS)
    assert window.runs.is_past(first)
    second = ended(Recipe(job="primes", workers=1, model="threads", seconds=0.5))
    assert first in window.stage.groups, "it is no more than two minutes old"
    window.stage.live()
    window.stage.window_of_time.tick(window.stage.window_of_time.now + REACH)
    window.past_runs._look()
    assert list(window.stage.groups) == [second.number]
    assert window.runs.shown(first) is None
