"""Work inside this app, on purpose: the pulse feels it, and the window recovers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.lab.wire import ring
from playground.run import run_folder
from tests.e2e.conftest import Start
from tests.e2e.driver import LIMIT_S, App


def test_qthreads_in_this_app_make_the_window_late(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "app.toml"
    recipe.write_text('model = "qthread"\nhost = "app"\nworkers = 4\nseconds = 4.0\n[knobs]\nswitch_interval = 0.02\n')
    app = start("--recipe", str(recipe))
    quiet = app.until("a quiet second", lambda state: state["lateness_ms"])["lateness_ms"][1]
    app.click("run")
    run = app.run(1, "ended")
    assert run["outcome"] == "finished"
    assert {worker["pid"] for worker in run["workers"]} == {app.process.pid}
    late = app.until("a late pulse", lambda state: state["lateness_ms"][1] > max(16, 2 * quiet))
    longest = late["lateness_ms"][2]
    app.until("what it did to the window", lambda state: state["notices"])
    app.until("recovered", lambda state: state["lateness_ms"][2] < longest, 60)
    app.click("run_1_dismiss")
    app.shows("starters")


def test_a_thread_in_this_app_can_be_paused_and_stopped(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "app.toml"
    recipe.write_text("workers = 1\nseconds = 10.0\n")
    app = start("--recipe", str(recipe))
    app.click("chip_host")
    app.shows("menu_host")
    app.type("this app")
    app.key("Return")
    app.until("in this app", lambda state: state["recipe"]["host"] == "app")
    app.click("run")
    app.works(1)
    app.click("run_1_pause")
    app.run(1, "paused")
    app.click("run_1_stop")
    assert app.run(1, "ended")["outcome"] == "stopped"


def test_closing_while_threads_work_in_this_app(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "app.toml"
    recipe.write_text('host = "app"\nworkers = 2\nseconds = 10.0\n')
    app = start("--recipe", str(recipe))
    app.click("run")
    app.works(1)
    app.key("alt+F4")
    assert app.ended() == 0


def until_frozen(app: App) -> None:
    """Waits until its worker has begun: on the UI thread, which hears nothing from then on."""
    deadline = time.monotonic() + LIMIT_S
    while not any(begun(control) for control in run_folder.home().glob(f"{app.process.pid}-*/control")):
        assert time.monotonic() < deadline, "nothing has begun"
        time.sleep(0.02)


def begun(control: Path) -> int:
    block, words = ring.map_words(str(control), writable=False)
    with block, words:
        return words[ring.C_BEGUN]


def frozen(start: Start, tmp_path: Path) -> App:
    recipe = tmp_path / "freeze.toml"
    recipe.write_text('model = "serial"\nworkers = 1\nhost = "ui"\nseconds = 5.0\n')
    app = start("--recipe", str(recipe))
    app.click("run")
    app.click("notice_freeze")
    until_frozen(app)
    return app


def press_escape(app: App, _place: tuple[int, int]) -> None:
    app.screen.do("key", "Escape")


def click_stop_all(app: App, place: tuple[int, int]) -> None:
    app.screen.do("mousemove", *place, "click", 1)


@pytest.mark.parametrize("do", [press_escape, click_stop_all])
def test_a_frozen_window_can_be_left(start: Start, tmp_path: Path, do: Callable[[App, tuple[int, int]], None]) -> None:
    """Its own thread is at work and hears nothing: only the run's end would let it."""
    app = frozen(start, tmp_path)
    x, y, width, height = app.state()["widgets"]["stop_all"]["place"]
    do(app, (x + width // 2, y + height // 2))
    run = app.run(1, "ended")
    assert run["outcome"] == "stopped"
    assert run["seconds"] < 5.0
    app.until_alone()  # what heard it has gone with the run


def test_other_keys_and_clicks_elsewhere_leave_a_freeze_alone(start: Start, tmp_path: Path) -> None:
    app = frozen(start, tmp_path)
    x, y, _, height = app.state()["widgets"]["stop_all"]["place"]
    app.screen.do(
        "key", "x", "mousemove", x - 5, y + height // 2, "click", 1, "mousemove", x + 5, y + height // 2, "click", 3
    )
    assert app.run(1, "ended")["outcome"] == "finished"
    app.until_alone()


def test_killing_the_app_in_a_freeze_leaves_nothing(start: Start, tmp_path: Path) -> None:
    app = frozen(start, tmp_path)
    assert len(app.processes()) > 1
    app.kill()
    app.until_gone()
