"""The stage paints a run that is replayed as it painted it when it went on, pixel by pixel."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.reading.file_source import FileSource, Recording
from playground.reading.reading import Reading
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import LIMIT_S
from tests.core.test_file_source import RECIPES
from ui.kit.theme import DARK
from ui.stage.stage import Stage


def shown(qtbot: QtBot, read: Reading) -> Stage:
    stage = Stage(DARK)
    qtbot.addWidget(stage)
    stage.resize(1100, 800)
    stage.show()
    stage.add_run(read, 0)
    return stage


def picture(stage: Stage, now: int) -> QImage:
    stage.tick(now)
    QApplication.processEvents()
    group = next(iter(stage.groups.values()))
    return group.plot.grab().toImage()


@pytest.mark.parametrize("which", ["threads", "processes with threads", "a loop", "own code"])
def test_a_replayed_run_is_painted_as_it_was(which: str, qtbot: QtBot, tmp_path: Path) -> None:
    run, painted = Run(1, checked(RECIPES[which])), []
    recording = run.reading.source = Recording(tmp_path / "run", run.reading.beginning, run.source)
    stage, until = shown(qtbot, run.reading), time.monotonic() + LIMIT_S
    try:
        run.start()
        while not run.ended:
            assert time.monotonic() < until
            run.poll()
            now = time.perf_counter_ns()
            run.pull(now)
            painted.append((now, picture(stage, now)))
            time.sleep(0.03)
    finally:
        recording.close()
        run.abandon()
    with closing(FileSource(tmp_path / "run")) as source:
        again = Reading(source.beginning, source)
        replay = shown(qtbot, again)
        for now, before in painted:
            again.pull(now)
            assert picture(replay, now) == before
    assert len({image.cacheKey() for _, image in painted}) > 3


def test_another_run_is_painted_otherwise(qtbot: QtBot, tmp_path: Path) -> None:
    """So pictures that are alike say something."""
    images = []
    for job in ("primes", "sleep"):
        run = Run(1, checked(Recipe(job=job, model="threads", workers=4, seconds=0.3)))
        stage = shown(qtbot, run.reading)
        try:
            run.start()
            while not run.ended:
                run.poll()
                run.pull()
                time.sleep(0.02)
            images.append(picture(stage, run.reading.ended_ns or 0))
        finally:
            run.abandon()
    assert images[0] != images[1]
