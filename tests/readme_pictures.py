"""Makes the README's pictures from the real window, on a quiet computer: `python -m tests.readme_pictures [NAME…]`. It
needs a display; `xvfb-run -s "-screen 0 1600x1000x24"` before it is one.

`race-light` needs a free-threaded Python. The recording is tests/bench/recording.py's."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QSize

from playground.recipe.recipe import Recipe
from tests.guide_pictures import cleared
from ui.application import make_application, make_window, run_script
from ui.help.pages import ROOT
from ui.loop.steps import Steps
from ui.recipe.races import OTHER_GIL
from ui.settings.settings_file import SettingsFile
from ui.window import Window

SIZE = QSize(1440, 900)
QUIET_S = 12  # until the Pythons are found, and the pulse has forgotten how the window, or the picture before, was made

Scene = Callable[[Window], Steps]


def main(names: list[str]) -> int:
    application = make_application()
    window = make_window(application, SettingsFile(kept=False), "dark")
    window.resize(SIZE)
    window.show()
    return run_script(application, window, _all(window, names or list(SCENES)), "no pictures")


def _all(window: Window, names: list[str]) -> Steps:
    yield lambda: window.painted
    yield lambda: len(window.interpreters.all()) > 2
    yield QUIET_S
    for name in names:
        window.themes.choose(name.rpartition("-")[2])
        yield from SCENES[name](window)
        window.grab().save(str(ROOT / "docs" / f"{name}.png"))
        yield from cleared(window)
        yield QUIET_S


def one_core_and_two(window: Window) -> Steps:
    window.runs_panel.set_open(False)
    window.run(Recipe(job="primes", workers=4, seconds=4.0))
    yield lambda: not window.runs.live
    second = Recipe(job="primes", workers=2, model="processes", seconds=60.0)
    window.show_recipe(second)
    window.run(second)
    yield 5.0


def picture_that_grows(window: Window) -> Steps:
    recipe = Recipe(job="mandelbrot", workers=4, model="processes", seconds=60.0)
    window.show_recipe(recipe)
    window.run(recipe)
    window.side.open_tab("look")
    yield 5.0


def race(window: Window) -> Steps:
    free = next(one for one in window.interpreters.all() if one.available and one.facts.free_threaded)
    recipe = Recipe(job="primes", workers=4, seconds=3.0, interpreter=free.path)
    window.show_recipe(recipe)
    over: list[int] = []
    window.races.finished.connect(lambda first, second: over.extend((first, second)))
    window.races.start(recipe, f"{OTHER_GIL}on", at_once=False)
    yield lambda: bool(over)
    yield 2.0


def very_many(window: Window) -> Steps:
    recipe = Recipe(job="sleep", workers=10_000, model="asyncio", seconds=60.0)
    window.show_recipe(recipe)
    window.run(recipe)
    yield 9.0


SCENES: dict[str, Scene] = {
    "window-dark": one_core_and_two,
    "look-dark": picture_that_grows,
    "race-light": race,
    "many-dark": very_many,
}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
