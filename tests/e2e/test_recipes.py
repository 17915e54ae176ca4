"""Recipes as people type, paste and open them, by keyboard and mouse in a real window."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Start
from tests.e2e.driver import App, State


def says(app: App, words: str) -> State:
    return app.until(f"“{words}” below the bar", lambda state: words in state["problem"])


def has_line(app: App, words: str) -> State:
    return app.until(f"the line {words}", lambda state: state["widgets"]["recipe_line"]["text"] == words)


def test_a_line_is_typed_mended_and_run(start: Start) -> None:
    app = start()
    app.key("F2")
    app.shows("recipe_line")
    app.until("the keyboard in the line", lambda state: state["focus"] == "recipe_line")
    has_line(app, "4 x primes as threads")  # selected: what is typed takes its place
    app.type("3 x sleep as thraeds for 60 s")
    state = says(app, "Did you mean threads?")
    assert not state["widgets"]["run"]["enabled"]
    app.key("Return")
    assert app.now()["recipe"]["job"] == "primes"
    app.key("ctrl+a")
    app.type("3 x sleep as thread for 60 s with nap=0.01")
    app.until("nothing wrong", lambda state: state["problem"] == "")
    app.key("ctrl+Return")  # runs what is typed, without an Enter first
    assert len(app.works(1)["workers"]) == 3
    state = app.hides("recipe_line")
    recipe = state["recipe"]
    assert (recipe["job"], recipe["model"], recipe["seconds"], recipe["knobs"]) == (
        "sleep",
        "threads",
        60,
        {"nap": 0.01},
    )
    app.key("ctrl+period")
    app.run(1, "ended")


def test_a_press_on_run_types_and_esc_leaves(start: Start) -> None:
    app = start()
    app.click("type_recipe")
    app.until("the keyboard in the line", lambda state: state["focus"] == "recipe_line")
    app.type("9 x hash as processes")
    has_line(app, "9 x hash as processes")
    app.key("Escape")
    state = app.hides("recipe_line")
    assert (state["recipe"]["job"], state["recipe"]["workers"]) == ("primes", 4)
    assert "chip_job" in state["widgets"]


def test_a_recipe_is_copied_and_pasted_by_keyboard_and_from_the_menu(start: Start) -> None:
    app = start()
    app.key("ctrl+shift+x")
    app.until("the line copied", lambda state: state["clipboard"] == "4 x primes as threads")
    app.click("chip_workers", across=0.3, times=3)
    app.type("7")
    app.until("7 workers", lambda state: state["recipe"]["workers"] == 7)
    app.key("ctrl+v")  # in the field of the number: a whole recipe is understood there too
    app.until("4 workers again", lambda state: state["recipe"]["workers"] == 4)
    app.key("Return", "ctrl+shift+c")
    told = app.until("the sentence copied", lambda state: " × Count primes as threads on " in state["clipboard"])
    assert told["clipboard"].endswith(" in a lab process")
    app.click("more")
    app.shows("recipe_menu")
    app.type("one line")  # typing searches the menu
    app.key("Return")
    app.hides("recipe_menu")
    app.until("the line copied", lambda state: state["clipboard"] == "4 x primes as threads")
    assert app.now()["notices"] == []


def test_the_palette_runs_a_typed_line(start: Start) -> None:
    app = start()
    app.key("ctrl+k")
    app.shows("palette_field")
    app.type("2 x sleep as threads 1 each")
    app.key("Return")
    assert len(app.run(1, "ended")["workers"]) == 2


def test_what_was_opened_is_offered_again(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "naps.toml"
    recipe.write_text('job = "sleep"\nworkers = 5\n')
    app = start("--recipe", str(recipe))
    app.until("the recipe", lambda state: state["recipe"]["workers"] == 5)
    app.key("F2")
    app.shows("recipe_line")
    app.type("1 x primes as serial")
    app.key("Return")
    app.until("another recipe", lambda state: state["recipe"]["job"] == "primes")
    app.click("more")
    app.shows("recipe_menu")
    app.type("again")
    app.key("Return")
    app.shows("recent_menu")
    app.type("naps")
    app.key("Return")
    app.until("the recipe again", lambda state: state["recipe"]["workers"] == 5)
