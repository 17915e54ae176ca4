"""The runs of a window, without the window: numbers, colours, refusals, hosts, ends, and that nothing leaks."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.figures.records import RunStatistics
from playground.lab.jobs import primes
from playground.lab.wire import ring
from playground.reading import states
from playground.recipe.recipe import Recipe
from playground.run import run_folder
from playground.run.lab_session import Session
from playground.run.run import Run
from playground.run.way_out_process import WayOut
from ui.runs import live_runs
from ui.runs.live_runs import LiveRuns
from ui.workers import in_app
from ui.workers.lab_worker import LabWorker

LIMIT_MS = 60_000
LINUX = sys.platform.startswith("linux")
MOON = "this app failed at starting it: RuntimeError: the moon is in the way"
SHORT = Recipe(job="sleep", workers=2, amount=1)


class Watched:
    """LiveRuns, pulled as a window would, and all that it told."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.worker = LabWorker()
        self.runs = LiveRuns(self.worker)
        self.added: list[tuple[Run, int]] = []
        self.ended: list[RunStatistics] = []
        self.refused: list[tuple[str, str]] = []
        self.failed: list[tuple[int, str]] = []
        self.runs.added.connect(lambda run, slot: self.added.append((run, slot)))
        self.runs.ended.connect(lambda run: self.ended.append(run.statistics()))
        self.runs.refused.connect(lambda field, words: self.refused.append((field, words)))
        self.runs.failed.connect(lambda number, words: self.failed.append((number, words)))

    def until(self, holds: Callable[[], object]) -> None:
        def look() -> bool:
            self.runs.pull()
            return bool(holds())

        self._qtbot.waitUntil(look, timeout=LIMIT_MS)

    def start(self, recipe: Recipe) -> Run:
        run = self.runs.start(recipe)
        assert run is not None, self.refused
        return run

    def to_the_end(self, *runs: Run) -> None:
        self.until(lambda: all(run.ended for run in runs))

    def works(self, run: Run) -> None:
        self.until(lambda: run.phase == "running" and all(worker.ops for worker in run.statistics().workers))


@pytest.fixture
def watched(qtbot: QtBot) -> Iterator[Watched]:
    made = Watched(qtbot)
    yield made
    made.runs.shut_down()


def test_a_run_goes_from_start_to_its_end_and_is_told_once(watched: Watched) -> None:
    run = watched.start(SHORT)
    assert watched.added == [(run, 0)]
    watched.to_the_end(run)
    watched.runs.pull()
    assert [(one.number, one.outcome, one.phase) for one in watched.ended] == [(1, "finished", "ended")]
    assert [worker.ops for worker in watched.ended[0].workers] == [1, 1]
    watched.until(lambda: not run.directory.path.exists())
    assert run.statistics().workers == watched.ended[0].workers  # what was read stays when the files are gone


def test_numbers_go_on_when_runs_are_forgotten(watched: Watched) -> None:
    first = watched.start(SHORT)
    watched.runs.forget(first.number)
    assert watched.runs.run(1) is first  # it is live: not forgotten
    watched.to_the_end(first)
    watched.runs.forget(first.number)
    assert watched.runs.all == []
    assert watched.start(SHORT).number == 2


def test_live_runs_share_out_the_colours(watched: Watched) -> None:
    runs = [watched.start(Recipe(job="sleep", workers=workers)) for workers in (4, 4, 2)]
    assert [watched.runs.slot(run.number) for run in runs] == [0, 4, 0]
    watched.runs.stop(runs[0].number)
    watched.to_the_end(runs[0])
    assert watched.runs.slot(watched.start(Recipe(job="sleep", workers=1)).number) == 2
    watched.runs.stop_all()
    watched.to_the_end(*watched.runs.all)
    assert watched.runs.slot(watched.start(Recipe(job="sleep", workers=64, amount=1)).number) == 0
    watched.to_the_end(*watched.runs.all)


@pytest.mark.parametrize(
    ("recipe", "field", "words"),
    [
        (Recipe(workers=0), "workers", "The number of workers must be 1 to 100 000, not 0."),
        (Recipe(model="fibres"), "model", "There is no model “fibres”. There are: serial"),
        (Recipe(host="ui", model="serial", seconds=60.0), "seconds", "On the UI thread a run may take 5 s at most"),
        (Recipe(host="app", model="processes", seconds=1.0), "host", "Processes cannot run in this app."),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_field(watched: Watched, recipe: Recipe, field: str, words: str) -> None:
    assert watched.runs.start(recipe) is None
    assert [refusal[0] for refusal in watched.refused] == [field]
    assert watched.refused[0][1].startswith(words)
    assert not watched.added


def test_no_more_live_runs_than_anyone_can_look_at(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_runs, "MOST_LIVE", 1)
    run = watched.start(Recipe(job="sleep"))
    assert watched.runs.start(SHORT) is None
    assert "1 runs are live already" in watched.refused[0][1]
    watched.runs.stop(run.number)
    watched.to_the_end(run)
    watched.to_the_end(watched.start(SHORT))


def test_no_room_for_the_rings(watched: Watched, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setattr(run_folder, "home", lambda: file)
    assert watched.runs.start(SHORT) is None
    ((field, words),) = watched.refused
    assert field == ""
    assert str(file) in words
    monkeypatch.undo()
    assert watched.start(SHORT).number == 1
    watched.to_the_end(*watched.runs.all)


def test_a_run_that_cannot_start_fails_and_ends(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: Session) -> None:
        raise RuntimeError("the moon is in the way")

    monkeypatch.setattr(Session, "start", broken)
    run = watched.start(SHORT)
    watched.to_the_end(run)
    assert [(one.outcome, one.error) for one in watched.ended] == [("failed", MOON)]
    watched.until(lambda: watched.failed)
    assert watched.failed == [(1, MOON)]
    caplog.clear()


def test_a_job_that_cannot_be_prepared_in_this_app_fails_and_ends(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError("no primes today")

    torn = primes.JOB._replace(prepare=broken)
    monkeypatch.setattr(in_app, "catalogue", SimpleNamespace(job=lambda _: torn))
    run = watched.start(Recipe(host="app", workers=1, seconds=5.0))
    watched.to_the_end(run)
    assert (watched.ended[0].outcome, watched.ended[0].error) == (
        "failed",
        "this app failed at starting it: ValueError: no primes today",
    )
    caplog.clear()


def test_pause_and_knobs_reach_live_runs_only(watched: Watched) -> None:
    run = watched.start(Recipe(workers=2))
    watched.works(run)
    watched.runs.pause(run.number, True)
    watched.until(lambda: run.phase == "paused")
    watched.runs.pause(run.number, False)
    watched.until(lambda: run.phase == "running")
    watched.runs.set_knob("switch_interval", 0.0005)
    watched.runs.stop(run.number)
    watched.to_the_end(run)
    watched.runs.pause(run.number, True)
    watched.runs.set_knob("switch_interval", 0.005)  # its control block is gone: nobody may write to it
    watched.runs.stop(run.number)
    watched.runs.stop(99)
    watched.runs.pause(99, True)
    assert watched.runs.run(99) is None


def test_one_worker_becomes_the_baseline_of_many(watched: Watched) -> None:
    alone = watched.start(Recipe(job="sleep", workers=1, seconds=0.7))
    watched.to_the_end(alone)
    many = watched.start(Recipe(job="sleep", workers=3, seconds=0.5))
    watched.to_the_end(many)
    assert watched.ended[1].speedup_basis == "1 worker, run before"
    assert watched.ended[1].speedup == pytest.approx(watched.ended[1].throughput / watched.ended[0].throughput)


def test_a_baseline_is_in_work_as_each_lab_sizes_its_pieces_anew(watched: Watched) -> None:
    alone = watched.start(Recipe(workers=1, seconds=0.7))
    watched.to_the_end(alone)
    many = watched.start(Recipe(workers=2, seconds=0.5))
    watched.to_the_end(many)
    before, after = watched.ended
    assert before.speedup is None
    assert before.work_per_s
    assert after.work_per_s
    assert after.work_per_s != after.throughput
    assert after.speedup == pytest.approx(after.work_per_s / before.work_per_s)


@pytest.mark.parametrize("model", in_app.OF_MODEL)
@pytest.mark.parametrize("workers", [1, 4])
def test_threads_in_this_app(watched: Watched, workers: int, model: str) -> None:
    interval = sys.getswitchinterval()
    recipe = Recipe(host="app", model=model, workers=workers, seconds=0.6, knobs={"switch_interval": 0.002})
    run = watched.start(recipe)
    watched.to_the_end(run)
    figures = watched.ended[0]
    assert (figures.outcome, figures.pid) == ("finished", psutil.Process().pid)
    assert all(worker.ops for worker in figures.workers)
    assert len({worker.tid for worker in figures.workers}) == workers
    assert all(worker.share.total() == pytest.approx(1) for worker in figures.workers)
    assert sys.getswitchinterval() == interval


def test_every_model_of_this_app_can_be_carried_out() -> None:
    assert {entry.name for entry in catalogue.models() if "app" in entry.hosts} == set(in_app.OF_MODEL)


@pytest.mark.parametrize("model", in_app.OF_MODEL)
def test_each_model_of_this_app_has_threads_of_its_own_kind(watched: Watched, model: str) -> None:
    run = watched.start(Recipe(job="sleep", host="app", model=model, workers=2, seconds=10.0))
    watched.works(run)
    names = [thread.name for thread in threading.enumerate()]
    assert ("worker A" in names) == (model == "threads")
    watched.runs.stop(run.number)
    watched.to_the_end(run)
    assert watched.ended[0].outcome == "stopped"


@pytest.mark.parametrize("model", in_app.OF_MODEL)
def test_a_stop_bit_that_the_way_out_has_set_counts_as_the_users(watched: Watched, model: str) -> None:
    run = watched.start(Recipe(job="sleep", host="app", model=model, workers=2, seconds=10.0, knobs={"nap": 0.01}))
    watched.works(run)
    block, words = ring.map_words(str(run.directory.path / "control"))
    words[ring.C_STOP_OUT] = 1
    ring.ring_bell(words, ring.OUT)
    watched.to_the_end(run)
    assert watched.ended[0].outcome == "stopped"
    words.release()
    block.close()


class DeafWayOut(WayOut):
    wanted = True

    def start(self) -> None:
        self.answer = "the display is gone"


@pytest.mark.parametrize(("seconds", "outcome"), [(5.0, "finished"), (5.1, "failed")])
def test_what_nothing_can_stop_is_short(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, seconds: float, outcome: str
) -> None:
    monkeypatch.setattr(in_app, "WayOut", DeafWayOut)
    run = watched.start(Recipe(job="sleep", host="app", workers=1, amount=1, seconds=seconds, knobs={"nap": 0.01}))
    watched.to_the_end(run)
    figures = watched.ended[0]
    assert figures.outcome == outcome
    assert ("would not be heard (the display is gone)" in (figures.error or "")) == (outcome == "failed")
    caplog.clear()


def test_tasks_wait_for_a_thread_of_qts_pool(watched: Watched) -> None:
    knobs = {"pool_size": 2, "nap": 0.3}
    recipe = Recipe(job="sleep", host="app", model="qthreadpool", workers=5, amount=1, seconds=10.0, knobs=knobs)
    run = watched.start(recipe)
    seen = ["queued"] * 3 + ["sleeping"] * 2
    watched.until(lambda: sorted(worker.state for worker in run.statistics().workers) == seen)
    watched.to_the_end(run)
    assert watched.ended[0].outcome == "finished"
    assert [worker.ops for worker in watched.ended[0].workers] == [1] * 5
    assert len({worker.tid for worker in watched.ended[0].workers}) == 2
    assert sum(run.reading.lanes.spent[:, states.TURN] > 0.29e9) == 3


def test_the_switch_interval_is_restored_when_runs_in_this_app_overlap(watched: Watched) -> None:
    interval = sys.getswitchinterval()
    first = watched.start(Recipe(host="app", workers=1, seconds=10.0, knobs={"switch_interval": 0.002}))
    watched.works(first)
    second = watched.start(Recipe(host="app", workers=1, seconds=10.0, knobs={"switch_interval": 0.001}))
    watched.works(second)
    watched.runs.stop(first.number)
    watched.to_the_end(first)
    watched.runs.stop(second.number)
    watched.to_the_end(second)
    assert sys.getswitchinterval() == interval


def test_the_ui_thread_works_and_gets_free_again(watched: Watched) -> None:
    run = watched.start(Recipe(host="ui", model="serial", workers=1, seconds=0.3))
    watched.to_the_end(run)
    assert watched.ended[0].outcome == "finished"
    assert watched.ended[0].workers[0].ops > 0


def test_the_ui_thread_waits_for_the_windows_gil_not_for_a_lock(watched: Watched) -> None:
    run = watched.start(Recipe(host="ui", model="serial", workers=1, seconds=1.0))
    watched.to_the_end(run)
    assert watched.ended[0].share.blocked == 0
    assert watched.ended[0].share.total() == pytest.approx(1)


def test_shutting_down_ends_everything_at_once(qtbot: QtBot) -> None:
    watched = Watched(qtbot)
    lab = watched.start(Recipe(workers=2))
    processes = watched.start(Recipe(workers=2, model="processes"))
    here = watched.start(Recipe(host="app", model="qthread", workers=1, seconds=10.0))
    watched.works(lab)
    watched.works(processes)
    watched.works(here)
    watched.runs.shut_down()
    assert psutil.Process().children(recursive=True) == []
    assert not any(run.directory.path.exists() for run in (lab, processes, here))


def test_shutting_down_before_anything_has_begun(qtbot: QtBot) -> None:
    watched = Watched(qtbot)
    runs = [watched.start(Recipe(workers=2)) for _ in range(3)]
    watched.runs.shut_down()
    assert psutil.Process().children(recursive=True) == []
    assert not any(run.directory.path.exists() for run in runs)


def held() -> dict[str, Any]:
    """What this process holds."""
    gc.collect()
    found: dict[str, Any] = {
        # A dummy is only a name that Python gave a QThread it once met, and keeps until the next one with its number.
        "threads": sorted(t.name for t in threading.enumerate() if not isinstance(t, threading._DummyThread)),
        "system threads": psutil.Process().num_threads(),
        "children": psutil.Process().children(recursive=True),
        "directories": [path.name for path in run_folder.home().glob(f"{psutil.Process().pid}-*")],
    }
    if LINUX:
        found["descriptors"] = len(list(Path("/proc/self/fd").iterdir()))
        found["rings mapped"] = Path("/proc/self/maps").read_text().count("concurrency-playground")
        found["shared memory"] = [path.name for path in Path("/dev/shm").glob(f"sem.mp-{psutil.Process().pid}-*")]
    return found


def grown(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is held now and was not before. There may be less: Qt's own pool lets idle threads go after a while."""
    more: dict[str, Any] = {}
    for name, now in after.items():
        then = before[name]
        if isinstance(now, list):
            new = [one for one in now if one not in then]
            more.update({name: new} if new or len(now) > len(then) else {})
        elif now > then:
            more[name] = (then, now)
    return more


@pytest.mark.parametrize("times", [12, pytest.param(40, marks=pytest.mark.matrix)])
def test_many_starts_and_stops_leak_nothing(watched: Watched, times: int) -> None:
    recipes = [
        Recipe(job="sleep", workers=1, amount=1),
        Recipe(workers=2),
        Recipe(workers=1, model="processes", knobs={"start_method": "fork"} if LINUX else {}),
        Recipe(workers=2, host="app", seconds=10.0),
        Recipe(workers=1, interpreter="/nonexistent/python"),
    ]

    def once() -> None:
        started = [watched.start(recipe) for recipe in recipes]
        watched.runs.stop_all()
        watched.to_the_end(*started)
        for run in started:
            watched.runs.forget(run.number)
        watched.until(lambda: not any(run.directory.path.exists() for run in started))

    for _ in range(2):  # what is made once, at the first use, is no leak
        once()
    before = held()
    for _ in range(times):
        once()
    assert grown(before, held()) == {}
    assert len(watched.ended) == (times + 2) * len(recipes)
