"""Very many workers, by mouse and keyboard: one band, and the lanes that are opened around one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.e2e.driver import App

RECIPE = 'job = "sleep"\nworkers = 1500\nmodel = "asyncio"\n[knobs]\nnap = 0.2\n'


@pytest.fixture
def app(start: Start, tmp_path: Path) -> App:
    """With so many sleepers to look at."""
    recipe = tmp_path / "many.toml"
    recipe.write_text(RECIPE)
    app = start("--theme", "dark", "--recipe", str(recipe))
    app.click("run")
    app.works(1)
    app.until("its verdict", lambda state: "1 500 coroutines" in state["verdict"])  # which makes its card taller
    return app


def worker(app: App, name: str) -> None:
    app.until(f"lanes around {name}", lambda state: state["widgets"].get("near_1_worker", {}).get("text") == name)


def test_lanes_are_opened_around_a_worker_and_folded(app: App) -> None:
    """From the tasks, and by a double click on the band: of one run, as to start it takes most of the time."""
    app.shows("run_1_heat")
    chosen_in_the_tasks(app)
    chosen_on_the_band(app)


def chosen_in_the_tasks(app: App) -> None:
    app.click("task_table", down=0.7)  # far below its header: a verdict that grows just then moves it down
    app.shows("near_1_lanes")
    app.click("near_1_worker")
    app.key("ctrl+a")
    app.type("1500")
    app.key("Return")
    worker(app, "BER")
    app.key("Up", "Up")
    worker(app, "BEP")
    app.click("near_1_next")
    worker(app, "BEQ")
    app.click("near_1_fold")
    app.hides("near_1")


def chosen_on_the_band(app: App) -> None:
    app.click("run_1_heat", 0.6, 0.6, times=2)
    app.shows("near_1_lanes")
    app.type("700")
    app.key("Return")
    worker(app, "ZX")
    app.key("Escape")
    app.hides("near_1")
    app.key("Return")  # the group keeps the keys
    worker(app, "ZX")
    app.run(1, "running")
