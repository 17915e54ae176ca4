"""Inside this app: the jobs that need something beside their workers get it there too, and it ends with the run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil
import pytest

pytest.importorskip("PySide6", reason="Qt is not installed here")

from playground.lab.recording import stamps
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import to_the_end, until
from ui.workers import in_app

SERVER = "playground.lab.server"
KNOBS: dict[str, dict[str, float | int | str]] = {
    "fetch": {"latency": 2.0},
    "read-files": {"files": 3},
    "write-log": {},
    "say-number": {"pause": 0.01},
    "allocate": {"hold": 1},
    "mix": {"before": 0.2, "wait": 1.0, "after": 0.2},
}


def servers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        try:
            if SERVER in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Iterator[Run]:
    recipe: Recipe = request.param
    run = Run(1, checked(recipe), in_app.OF_MODEL[recipe.model])
    try:
        run.start()
        yield run
    finally:
        run.abandon()
    assert not run.directory.files.exists()


def recipes(amount: int | None) -> list[Recipe]:
    return [
        Recipe(job=job, host="app", model=model, workers=3, amount=amount, seconds=10.0, knobs=knobs)
        for model in in_app.OF_MODEL
        for job, knobs in KNOBS.items()
        if amount or (job == "fetch")
    ]


def name_of(recipe: Recipe) -> str:
    return f"{recipe.job} as {recipe.model}"


@pytest.mark.parametrize("started", recipes(4), ids=name_of, indirect=True)
def test_a_job_of_this_app_has_what_it_needs(started: Run, capsys: pytest.CaptureFixture[str]) -> None:
    to_the_end(started)
    assert (started.engine.outcome, started.engine.error) == ("finished", None)
    assert started.reading.answer is not None
    assert started.statistics().progress == 1
    assert not servers()


def test_a_run_of_this_app_that_cannot_start_leaves_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(directory: str) -> float:
        assert servers()
        raise OSError("no more threads")

    monkeypatch.setattr(stamps, "measure_stamp_ns", cannot)
    run = Run(1, checked(Recipe(job="fetch", host="app", seconds=1.0)), in_app.ThreadsInApp)
    try:
        run.start()
        assert servers()
        run.poll()  # as LabWorker does
        assert run.engine.outcome == "failed"
        assert "no more threads" in (run.engine.error or "")
        assert not servers()
    finally:
        run.abandon()


@pytest.mark.parametrize("started", recipes(None), ids=name_of, indirect=True)
def test_the_server_of_a_run_of_this_app_ends_when_that_is_stopped(started: Run) -> None:
    until(started, lambda: started.statistics().throughput > 0)
    assert [process.ppid() for process in servers()] == [os.getpid()]
    started.stop()
    to_the_end(started)
    assert started.engine.outcome == "stopped"
    assert not servers()
