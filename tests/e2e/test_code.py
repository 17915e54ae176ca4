"""Code by mouse and keyboard: a function is typed, mended and run; code from elsewhere waits for the user's word; the
line of the worker under the mouse is marked."""

from __future__ import annotations

from pathlib import Path

from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from tests.e2e.conftest import Start
from tests.e2e.driver import App, record
from ui.kit.theme import DARK

THEIRS = "def job(i, n):\n    return 'theirs'\n"


def choose_own_code(app: App) -> None:
    app.click("chip_job")
    app.shows("menu_job")
    app.type("your own")
    app.key("Return")
    app.until("own code", lambda state: state["recipe"]["job"] == "own")
    app.shows("code_editor")


def write(app: App, *lines: str) -> None:
    """Instead of what is there. The editor indents by itself."""
    app.click("code_editor")
    app.key("ctrl+a")
    for number, line in enumerate(lines):
        if number:
            app.key("Return")
        app.type(line)


def results(app: App, number: int) -> list[object]:
    """What the workers of a run returned, once that has been read."""
    has = app.until("results", lambda state: all(one["result"] is not None for one in record(state, number)["workers"]))
    return [worker["result"] for worker in record(has, number)["workers"]]


def test_a_function_is_typed_and_mended_and_run(start: Start) -> None:
    app = start("--theme", "dark")
    choose_own_code(app)
    write(app, "def job(i, n)", "return i * 2")
    state = app.until("what is wrong", lambda state: state["problem"].startswith("Line 1: "))
    assert not state["widgets"]["run"]["enabled"]
    app.shows("code_problem")
    app.until_drawn("code_editor", DARK.bad_soft)
    app.key("ctrl+Return")
    assert app.now()["runs"] == []
    write(app, "def job(i, n):", "return i * 2")
    app.until("mended", lambda state: not state["problem"] and state["recipe"]["code"].endswith("    return i * 2"))
    app.key("ctrl+Return")
    run = app.run(1, "ended")
    assert run["outcome"] == "finished"
    assert results(app, 1) == [0, 2, 4, 6]
    write(app, "def job(i, n):", "return 1 / (i - 1)")
    app.key("ctrl+Return")
    assert app.run(2, "ended")["outcome"] == "failed"
    app.until_drawn("code_editor", DARK.bad_soft, DARK.bad)


def test_code_from_elsewhere_waits_for_the_users_word(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "colleague.toml"
    recipe.write_text(to_toml(Recipe(job="own", workers=2, code=THEIRS)))
    app = start("--recipe", str(recipe))
    app.shows("code_editor")
    app.key("ctrl+Return")
    app.shows("code_run_it")
    app.click("run")
    assert app.now()["runs"] == []
    app.until_alone()
    app.click("code_not_now")
    app.hides("code_run_it")
    assert app.now()["runs"] == []
    app.click("run")
    app.click("code_run_it")
    app.run(1, "ended")
    assert results(app, 1) == ["theirs", "theirs"]
    app.key("ctrl+Return")
    app.run(2, "ended")  # asked once


def test_the_line_of_the_worker_under_the_mouse(start: Start) -> None:
    app = start("--theme", "dark")
    app.key("ctrl+e")
    app.shows("code_source")
    app.click("run")
    app.works(1)
    app.until_drawn("code_source", *(DARK.worker(worker) for worker in range(4)))
    app.screen.do("mousemove", *app.point("run_1_lanes", across=0.5, down=0.1))
    app.until_drawn("code_source", DARK.accent_soft, DARK.worker(0))
    app.screen.do("mousemove", *app.point("verdict"))
    app.until_drawn("code_source", *(DARK.worker(worker) for worker in range(4)))
    app.key("ctrl+period")
    app.run(1, "ended")
