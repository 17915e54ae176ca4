"""Live runs in a real window, with real labs, and something of this app goes wrong with one of them: that one has
failed, once, with the reason; the others come to their own ends, and the window goes on. They are as many as there can
be when a picture goes wrong, and else a few: what starts them takes most of the time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.runs.live_runs import MOST_LIVE
from ui.stage.run_group import NO_PICTURE
from ui.window import Window

LIMIT_MS = 120_000
FEW = 5
pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


class Broken(Exception):
    pass


def fail(*_: object, **__: object) -> Any:
    raise Broken("it is torn")


def break_poll(window: Window, run: Run) -> None:
    run.engine.poll = fail


def break_pull(window: Window, run: Run) -> None:
    run.rings.pull = fail


def break_statistics(window: Window, run: Run) -> None:
    run.reading.lanes.spent_by_all = fail


def break_draw(window: Window, run: Run) -> None:
    window.stage.groups[run.number].refresh = fail


def break_stop(window: Window, run: Run) -> None:
    run.engine.stop = fail
    window.runs.stop(run.number)


def break_pause(window: Window, run: Run) -> None:
    run.engine.pause = fail
    window.runs.pause(run.number, True)


def break_remove(window: Window, run: Run) -> None:
    run.directory.remove = fail


PLACES: dict[str, tuple[Callable[[Window, Run], None], str]] = {
    "poll": (break_poll, "looking after it"),
    "pull": (break_pull, "reading what it wrote"),
    "statistics": (break_statistics, "adding up its figures"),
    "draw": (break_draw, "drawing it"),
    "stop": (break_stop, "stopping it"),
    "pause": (break_pause, "pausing it"),
    "remove": (break_remove, "removing its files"),
}


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The traceback in the log is meant."""
    with caplog.at_level(logging.CRITICAL):
        yield
    caplog.clear()


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("place", PLACES)
def test_a_fault_of_one_run_is_nobody_elses(qtbot: QtBot, window: Window, place: str) -> None:
    beats: list[float] = []
    many, naps = (MOST_LIVE, 200) if place == "draw" else (FEW, 40)  # they have to outlast the fault
    middle = many // 2  # some are looked after before it, some after it
    recipes = [Recipe(job="sleep", workers=2, amount=naps, knobs={"nap": 0.1}) for _ in range(many)]
    if place != "remove":  # else it goes on until then
        recipes[middle] = Recipe(job="sleep", workers=2)
    runs = [run for run in map(window.run, recipes) if run is not None]
    assert len(runs) == many
    broken = runs[middle]
    remove, processes = broken.directory.remove, list[psutil.Process]()
    if place != "remove":
        qtbot.waitUntil(lambda: bool(broken.started_ns), timeout=LIMIT_MS)
        lab = psutil.Process(broken.engine.pid)
        processes = [lab, *lab.children(recursive=True)]
    window.clock.beat.connect(lambda _, late: beats.append(late))
    do, doing = PLACES[place]
    do(window, broken)

    def shown_failed() -> bool:
        return any(run.statistics.outcome == "failed" for run in window.runs_panel.runs())

    qtbot.waitUntil(shown_failed, timeout=LIMIT_MS)
    group = window.stage.groups.get(broken.number)  # which leaves when enough others have ended
    if place != "remove":
        assert group is not None
        assert group.broken == (place == "draw")
        assert (group.accessibleDescription() == NO_PICTURE) == (place == "draw")
    qtbot.waitUntil(lambda: len(window.runs_panel.runs()) == many, timeout=LIMIT_MS)
    qtbot.wait(300)  # nothing more comes
    shown = {run.number: run.statistics for run in window.runs_panel.runs()}
    assert len(window.runs_panel.runs()) == len(shown) == many, "each once"
    why = f"this app failed at {doing}: Broken: it is torn"
    assert (shown[broken.number].outcome, shown[broken.number].error) == ("failed", why)
    del shown[broken.number]
    assert {figures.outcome for figures in shown.values()} == {"finished"}
    assert all(worker.ops == naps for figures in shown.values() for worker in figures.workers)
    assert [words for words in window.notices.words() if "torn" in words] == [f"Run {broken.number}: {why}"]
    assert not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    window.runs_panel.remove(broken.number)
    assert not [words for words in window.notices.words() if "torn" in words]
    beats.sort()
    p50, p99 = beats[len(beats) // 2], beats[-len(beats) // 100 - 1]
    print(f"{place}: {len(beats)} beats, p50 {p50:.1f} ms, p99 {p99:.1f} ms late")
    assert len(beats) > 3, "they go on; how late they are is a matter of this machine"
    remove()
