"""The first start: an empty window that is alive, and three starters to press."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.e2e.driver import App, record

DARK_BASE = "#0D0F12"
DARK_WORKERS = ("#58C4F2", "#F2B347", "#27A36C", "#D483B6")
STARTERS = {"start_threads": "threads", "start_processes": "processes"}


def settings_of(home: Path) -> dict[str, object]:
    return tomllib.loads((home / "xdg_config_home" / "concurrency-playground" / "settings.toml").read_text())


def test_the_first_window_is_empty_and_alive(start: Start) -> None:
    app = start("--theme", "dark")
    state = app.shows("starters")
    assert state["runs"] == []
    assert state["verdict"] == "Nothing is running."
    assert not state["notices"]
    assert {"start_threads", "start_processes", "start_freeze", "how_to_read", "pulse", "cores"} <= set(
        state["widgets"]
    )
    assert not state["widgets"]["stop_all"]["enabled"]
    app.until_drawn("starters", DARK_BASE, least=0.3)
    app.until("heartbeats in the pulse", lambda state: state["lateness_ms"] is not None)


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_starts_its_run(start: Start, starter: str) -> None:
    app = start("--theme", "dark")
    app.click(starter)
    run = app.works(1)
    assert (run["recipe"]["workers"], run["recipe"]["model"], run["recipe"]["seconds"]) == (4, STARTERS[starter], 20)
    app.click("stop_all")
    assert app.run(1, "ended")["outcome"] == "stopped"
    state = app.hides("starters")
    assert state["recipe"] == run["recipe"]  # the sentence at the top is the starter's
    app.until("a verdict", lambda state: state["verdict"] != "Nothing is running.")
    app.until_drawn("run_1", *DARK_WORKERS)  # a lane for each
    app.until("it in the list of runs", lambda state: state["finished"] == [1])
    app.until_alone()


def test_freezing_asks_first(start: Start, fresh_settings: Path) -> None:
    app = start()
    app.click("start_freeze")
    app.click("decline_freeze")
    assert app.shows("start_freeze")["runs"] == []
    app.click("start_freeze")
    app.click("confirm_freeze")
    run = app.run(1, "ended")
    assert (run["recipe"]["host"], run["outcome"]) == ("ui", "finished")
    state = app.until("the notice", lambda state: state["notices"])
    assert "froze" in state["notices"][0]
    assert state["lateness_ms"][2] > 1000  # the hole it made
    assert settings_of(fresh_settings)["freeze_allowed"] is True
    app.click("notice_lab 1")
    run = app.works(2)
    assert (run["recipe"]["host"], run["recipe"]["model"]) == ("lab", "threads")


def test_freezing_by_recipe_asks_too(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "freeze.toml"
    recipe.write_text('model = "serial"\nworkers = 1\nhost = "ui"\nseconds = 1.0\n')
    app = start("--recipe", str(recipe))
    app.click("run")
    app.click("notice_not now")
    assert app.hides("notice")["runs"] == []
    app.click("run")
    app.click("notice_freeze")
    assert app.run(1, "ended")["outcome"] == "finished"


def test_the_next_start_knows_the_recipe_and_does_not_ask_again(start: Start) -> None:
    app = start()
    app.click("start_freeze")
    app.click("confirm_freeze")
    before = record(app.until("the end", lambda state: record(state, 1).get("phase") == "ended"), 1)
    app.close()
    again: App = start()
    assert again.state()["recipe"] == before["recipe"]
    again.click("start_freeze")
    again.run(1, "ended")
