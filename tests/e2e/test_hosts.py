"""Work inside this app, on purpose: the pulse feels it, and the window recovers."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Start


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
