"""Themes, sizes and scales: all of the window is on the screen and can be pressed, whatever its size."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest

from tests.e2e.conftest import Start
from tests.e2e.driver import App, State, share_of

BASE = {"dark": "#0D0F12", "light": "#F3F4F6"}
SIZES = ((1024, 640), (1280, 800), (1440, 900), (1920, 1080), (3780, 2080))
ALWAYS = {"recipe_bar", "chip_workers", "chip_job", "chip_model", "chip_host", "run", "stop_all", "knobs", "theme"}
ALWAYS |= {"search", "stage", "pulse", "cores", "legend", "live", "lens", "runs", "status_bar"}
WITH_WORDS = 60  # px: no chip may be narrower


def inside(state: State, names: set[str]) -> list[str]:
    """Those that stick out of the window."""
    left, top, width, height = state["widgets"]["whole"]["place"]
    out = []
    for name in names:
        x, y, wide, high = state["widgets"][name]["place"]
        if x < left or y < top or x + wide > left + width or y + high > top + height:
            out.append(name)
    return out


def overlapping(state: State, names: list[str]) -> list[str]:
    """Pairs of neighbours that lie over one another."""
    places = sorted((state["widgets"][name]["place"], name) for name in names)
    return [
        f"{first}, {second}"
        for (place, first), (following, second) in pairwise(places)
        if place[0] + place[2] > following[0] + 8  # focus rings may touch
    ]


def check(app: App, state: State) -> None:
    assert set(state["widgets"]) >= ALWAYS
    assert inside(state, set(state["widgets"]) & ALWAYS) == []
    chips = [name for name in state["widgets"] if name.startswith("chip_")]
    buttons = ["run", "stop_all", "knobs", "theme", "search"]
    assert overlapping(state, [*chips, *buttons]) == []
    assert all(state["widgets"][chip]["place"][2] >= WITH_WORDS for chip in chips)
    app.until_drawn("whole", BASE[state["theme"]], least=0.02)
    assert share_of(app.picture("whole"), "#000000") < 0.01  # nothing was left unpainted


@pytest.mark.parametrize(("theme", "sizes"), [("dark", SIZES), ("light", (SIZES[0], SIZES[-1]))], ids=["dark", "light"])
def test_every_size_shows_everything(start: Start, theme: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """Room is shared out alike in both themes."""
    app = start("--theme", theme)
    for size in sizes:
        check(app, app.resize(*size))
    app.key("ctrl+Return")
    app.works(1)
    for size in reversed(sizes):
        check(app, app.resize(*size))
    assert "run_1" in app.state()["widgets"]


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_scaled(start: Start, scale: str) -> None:
    app = start("--size", "1024x640", QT_SCALE_FACTOR=scale)
    state = app.now()
    assert state["scale"] == float(scale)
    check(app, state)
    app.click("start_threads")
    app.works(1)
    check(app, app.now())
    app.click("run_1_stop")
    app.run(1, "ended")


def test_narrow_windows_have_a_drawer(start: Start) -> None:
    app = start("--size", "1024x640")
    assert "verdict" not in app.now()["widgets"]
    app.key("ctrl+d")
    state = app.shows("verdict")
    assert inside(state, {"verdict", "side"}) == []
    app.key("ctrl+d")
    app.hides("verdict")
    app.resize(1440, 900)
    app.shows("verdict")


def test_the_theme_switches_while_a_run_is_live(start: Start) -> None:
    app = start("--theme", "dark")
    app.click("run")
    app.works(1)
    app.click("theme")
    app.until("light", lambda state: state["theme"] == "light")
    app.until_drawn("whole", BASE["light"], least=0.02)
    assert share_of(app.picture("whole"), BASE["dark"]) < 0.01
    app.key("ctrl+t")
    app.until("dark", lambda state: state["theme"] == "dark")
    app.until_drawn("whole", BASE["dark"], least=0.02)
    assert share_of(app.picture("whole"), BASE["light"]) < 0.01
    assert app.state()["runs"][0]["phase"] == "running"


def test_the_palette_finds_and_does(start: Start) -> None:
    app = start()
    app.key("ctrl+k")
    app.shows("palette")
    app.type("sentence")
    app.key("Return")
    state = app.until("copied", lambda state: state["clipboard"])
    python = f"CPython {sys.version_info[0]}.{sys.version_info[1]}"
    assert state["clipboard"] == f"4 × Count primes as threads on {python} in a lab process"
    assert "palette" not in state["widgets"]
    app.click("search")
    app.shows("palette")
    app.key("Escape")
    app.hides("palette")


def test_the_runs_panel_opens_and_shuts(start: Start) -> None:
    app = start()
    app.click("run")
    app.works(1)
    app.click("stop_all")
    app.run(1, "ended")
    state = app.shows("run_table")
    high = state["widgets"]["runs"]["place"][3]
    app.click("runs_toggle")
    assert app.hides("run_table")["widgets"]["runs"]["place"][3] < high
    app.key("ctrl+b")
    app.shows("run_table")


def test_full_screen_and_back(start: Start) -> None:
    app = start()
    before = app.now()["widgets"]["whole"]["place"]
    app.key("F11")
    app.until("the whole screen", lambda state: state["widgets"]["whole"]["place"] == [0, 0, 3840, 2160])
    app.key("F11")
    app.until("as before", lambda state: state["widgets"]["whole"]["place"][2:] == before[2:])
