"""The end: however the app goes, nothing of it is left, and what it kept is there at the next start."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from playground.run import run_folder
from tests.e2e.conftest import Start
from tests.e2e.driver import App, ops, record
from tests.e2e.sources import sources

KINDS = {
    "threads": 'model = "threads"',
    "spawn": 'model = "processes"\nknobs.start_method = "spawn"',
    "fork": 'model = "processes"\nknobs.start_method = "fork"',
    "forkserver": 'model = "processes"\nknobs.start_method = "forkserver"',
    "tight C loop": 'job = "stuck"\nmodel = "threads"',
    "tight C loops": 'job = "stuck"\nmodel = "processes"',
}

STUCK = """
from ..wire.declaration import Job
from ..wire.ops import Call, Sleep



def prepare(calibrate, knobs):
    return {}


def ops(worker, amount):
    yield Sleep(0.01)
    yield Call(sum, range(10**18))


JOB = Job("stuck", "Never let go", "One C call that keeps the GIL for ever", unit="calls", prepare=prepare, ops=ops)
"""

UNREADY = STUCK.replace('"stuck"', '"unready"').replace("return {}", "return sum(range(10**18))")


def run_directories(pid: int) -> list[Path]:
    return list(run_folder.home().glob(f"{pid}-*")) if run_folder.home().is_dir() else []


@pytest.fixture(scope="module")
def with_stuck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("sources"), {"stuck": STUCK, "unready": UNREADY})


@pytest.fixture
def busy(start: Start, with_stuck: Path, tmp_path: Path, request: pytest.FixtureRequest) -> App:
    """The app with a live run of the kind that the test asks for."""
    recipe = tmp_path / "kind.toml"
    recipe.write_text("workers = 2\n" + KINDS[request.param])
    app = start("--recipe", str(recipe), root=with_stuck)
    app.click("run")
    app.until("work", lambda state: (run := record(state, 1)) and run["phase"] == "running" and ops(run))
    return app


def killed(app: App) -> list[Path]:
    """No process is left of it; gives what is left on the disk."""
    assert len(app.processes()) >= 3  # the app, the lab, the probe
    stale = run_directories(app.process.pid)
    assert stale
    app.kill()
    app.until_gone()
    return stale


@pytest.mark.parametrize("busy", [kind for kind in KINDS if kind != "threads"], indirect=True)
def test_a_killed_app_leaves_no_process(busy: App) -> None:
    stale = killed(busy)
    run_folder.sweep()  # as each start does
    assert not any(path.exists() for path in stale)


@pytest.mark.parametrize("busy", ["threads"], indirect=True)
def test_the_next_start_sweeps_what_a_killed_app_left(busy: App, start: Start) -> None:
    stale = killed(busy)
    start()
    assert not any(path.exists() for path in stale)


@pytest.mark.parametrize("busy", ["threads", "forkserver", "tight C loop"], indirect=True)
def test_closed_by_the_window_manager(busy: App) -> None:
    busy.key("alt+F4")
    assert busy.ended() == 0
    busy.until_gone()
    assert run_directories(busy.process.pid) == []


@pytest.mark.parametrize(("busy", "number"), [("threads", signal.SIGTERM), ("spawn", signal.SIGINT)], indirect=["busy"])
def test_closed_by_a_signal(busy: App, number: int) -> None:
    while busy.process.poll() is None:  # somebody is impatient, until the last moment
        busy.process.send_signal(number)
        time.sleep(0.002)
    assert busy.ended() == 0
    busy.until_gone()
    assert run_directories(busy.process.pid) == []


@pytest.mark.parametrize("busy", ["tight C loop", "tight C loops"], indirect=True)
def test_stop_ends_a_tight_c_loop(busy: App) -> None:
    busy.click("run_1_stop")
    assert busy.run(1, "ended")["outcome"] == "stopped"
    busy.until_alone()
    busy.until("the row of the run", lambda state: state["finished"] == [1])


def test_stop_ends_a_lab_that_is_stuck_before_it_starts(start: Start, with_stuck: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "unready.toml"
    recipe.write_text('job = "unready"\n')
    app = start("--recipe", str(recipe), root=with_stuck)
    app.click("run")
    app.run(1, "starting")
    app.click("run_1_stop")
    assert app.run(1, "ended")["outcome"] == "stopped"
    app.until_alone()


def test_quit_by_key_while_starting(start: Start) -> None:
    app = start()
    for _ in range(3):
        app.key("ctrl+Return")
    app.key("ctrl+q")
    assert app.ended() == 0
    app.until_gone()


def test_the_next_start_has_the_size_and_the_sentence(start: Start) -> None:
    app = start()
    app.resize(1300, 820)
    app.wheel("chip_workers", 2)
    app.until("6 workers", lambda state: state["recipe"]["workers"] == 6)
    app.click("lens")
    app.until("no lens", lambda state: not state["widgets"]["lens"]["checked"])
    app.key("ctrl+q")
    assert app.ended() == 0
    state = start().now()
    assert state["widgets"]["whole"]["place"][2:] == [1300, 820]
    assert state["recipe"]["workers"] == 6
    assert not state["widgets"]["lens"]["checked"]
