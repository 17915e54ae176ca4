"""Runs by mouse and keyboard: the count, Run, pause, stop, several at once, again, dismissed."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Start
from tests.e2e.driver import App, State, ops, record

DARK_SECOND_FOUR = ("#3A78D0", "#A8602C", "#E6DF6E", "#8F5FA6")


def type_count(app: App, words: str) -> None:
    app.click("chip_workers", across=0.3, times=3)
    app.type(words)


def stands_still(app: App, number: int, states: int = 4) -> bool:
    """No op is finished from one look to the next."""
    seen: list[int] = []

    def look(state: State) -> bool:
        seen.append(ops(record(state, number)))
        return len(seen) > states

    app.until("some looks", look)
    return len(set(seen[1:])) == 1


def test_pause_resume_and_stop_by_mouse(start: Start) -> None:
    app = start()
    app.click("run")
    app.works(1)
    app.click("run_1_pause")
    app.run(1, "paused")
    assert stands_still(app, 1)
    app.click("run_1_pause")
    before = ops(app.run(1, "running"))
    app.until("work again", lambda state: ops(record(state, 1)) > before)
    app.click("run_1_stop")
    assert app.run(1, "ended")["outcome"] == "stopped"
    assert app.shows("run_1_again")["finished"] == [1]
    app.click("run_1_again")
    app.works(2)
    app.click("run_1_dismiss")
    app.hides("run_1")
    app.key("ctrl+period")
    app.run(2, "ended")
    app.key("ctrl+l")
    app.shows("starters")


def test_a_typed_count_and_the_keyboard(start: Start) -> None:
    app = start()
    type_count(app, "7")
    app.key("Return")
    app.until("7 workers", lambda state: state["recipe"]["workers"] == 7)
    app.key("ctrl+Return")
    assert len(app.works(1)["workers"]) == 7
    app.key("p")
    app.run(1, "paused")
    app.key("p")
    app.run(1, "running")
    app.key("ctrl+period")
    app.run(1, "ended")


def test_a_count_that_cannot_be_run_starts_nothing(start: Start) -> None:
    app = start()
    for words in ("0", "abc", "100001"):
        type_count(app, words)
        app.key("Return")
        state = app.until("what is wrong", lambda state: "must be 1 to" in state["problem"])
        assert not state["widgets"]["run"]["enabled"]
        app.key("ctrl+Return")
        app.click("run")
        assert app.now()["runs"] == []
        type_count(app, "2")
        app.until("all well", lambda state: not state["problem"] and state["widgets"]["run"]["enabled"])
    app.key("ctrl+Return")
    assert len(app.works(1)["workers"]) == 2


def test_two_runs_at_once(start: Start) -> None:
    app = start("--theme", "dark")
    app.click("run")
    app.works(1)
    app.click("chip_model")
    app.shows("menu_model")
    app.type("proc")
    app.key("Return")
    app.until("processes", lambda state: state["recipe"]["model"] == "processes")
    app.key("ctrl+Return")
    app.works(2)
    app.until_drawn("run_2", *DARK_SECOND_FOUR)  # not the colours of the first run
    assert app.shows("verdict")["runs"][0]["phase"] == "running"
    app.click("run_1_stop")
    app.run(1, "ended")
    assert record(app.now(), 2)["phase"] == "running"
    app.click("stop_all")
    app.run(2, "ended")
    app.until("both in the list", lambda state: state["finished"] == [2, 1])


def test_a_run_with_an_end_ends_by_itself(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "short.toml"
    recipe.write_text("workers = 2\namount = 50\n")
    app = start("--recipe", str(recipe))
    app.key("ctrl+r")
    run = app.run(1, "ended")
    assert (run["outcome"], [worker["ops"] for worker in run["workers"]], run["progress"]) == (
        "finished",
        [50, 50],
        1.0,
    )


def test_keys_are_the_windows_after_a_press_by_mouse(start: Start) -> None:
    """A button or the count, once pressed, must not keep Space for itself."""
    app = start()
    app.key("space")
    app.until("frozen from the start", lambda state: state["frozen"])
    app.key("space")
    app.click("run")
    app.works(1)
    app.key("space")
    assert len(app.until("frozen", lambda state: state["frozen"])["runs"]) == 1
    type_count(app, "3")
    app.key("Return", "space")
    app.until("live", lambda state: not state["frozen"])
    app.click("chip_job")
    app.key("Escape", "space")
    app.until("frozen again", lambda state: state["frozen"])
