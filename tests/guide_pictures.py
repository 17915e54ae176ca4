"""Makes the pictures of the guide from the real window, dark and light: `python -m tests.guide_pictures [NAME…]`.

Each scene sets the window up, says which part of it to take, and is taken in both themes at one moment. ImageMagick,
where it is installed, makes the files smaller."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from playground.recipe import own_code
from playground.recipe.recipe import Recipe
from ui.application import make_application, make_window, run_script
from ui.help.pages import GUIDE
from ui.loop.steps import Step, Steps
from ui.settings.settings_file import SettingsFile
from ui.window import Window

SIZE = QSize(1280, 860)
COLOURS = 160
SHRINK = ("-colors", str(COLOURS), "+dither", "-strip")
DEFECT = "ZeroDivisionError: division by zero"

Scene = Callable[[Window], Iterator[Step | QRect]]  # steps to wait for; a rectangle is taken


def main(names: list[str]) -> int:
    application = make_application()
    window = make_window(application, SettingsFile(kept=False), "dark")
    window.resize(SIZE)
    window.show()
    return run_script(application, window, _all(window, names or list(SCENES)), "no pictures")


def _all(window: Window, names: list[str]) -> Steps:
    yield lambda: window.painted
    yield lambda: len(window.interpreters.all()) > 2
    for name in names:
        for step in SCENES[name](window):
            if isinstance(step, QRect):
                yield from _taken(window, name, step)
            else:
                yield step
        yield from cleared(window)


def _taken(window: Window, name: str, part: QRect) -> Steps:
    window.stage.freeze(True)
    for theme in ("dark", "light"):
        window.themes.choose(theme)
        yield 0.6
        path = GUIDE / f"{name}-{theme}.png"
        window.grab(part).save(str(path))
        if shutil.which("convert"):
            subprocess.run(["convert", str(path), *SHRINK, f"PNG8:{path}"], check=True)
    window.themes.choose("dark")
    window.stage.freeze(False)


def cleared(window: Window) -> Steps:
    window.runs.stop_all()
    yield lambda: not window.runs.live
    window.past_runs.dismiss_all()
    for notice in window.notices.notices():  # of what was cleared
        window.notices.remove(notice)
    yield 0.5


def _place(window: Window, widget: QWidget, height: int = 0) -> QRect:
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    if height:
        place.setHeight(height)
    return place


def _group(window: Window, place: int = -1) -> QWidget:
    groups = window.stage.groups
    return groups[sorted(groups)[place]]


# --- the scenes


def first_run(window: Window) -> Iterator[Step | QRect]:
    window.show_recipe(Recipe(job="primes", workers=4, seconds=20.0))
    window.run()
    yield 6.0
    bottom = _place(window, _group(window)).bottom()
    right = _place(window, window.recipe_bar.chip_length).right()
    yield QRect(0, 0, max(right, window.stage.width()) + 12, bottom + 8)


def reading(window: Window) -> Iterator[Step | QRect]:
    window.stage.show_lens(False)
    window.run(Recipe(job="primes", workers=4, seconds=4.0))
    yield lambda: not window.runs.live
    window.run(Recipe(job="primes", workers=2, model="processes", seconds=20.0))
    yield 3.5
    yield _place(window, window.stage)
    window.stage.show_lens(True)


def ribbon(window: Window) -> Iterator[Step | QRect]:
    window.stage.show_lens(False)
    window.stage.window_of_time.set_span(1_000_000_000)
    window.run(Recipe(job="primes", workers=4, seconds=20.0))
    yield 4.0
    yield _place(window, _group(window))
    window.stage.window_of_time.set_span(10_000_000_000)
    window.stage.show_lens(True)


def lens(window: Window) -> Iterator[Step | QRect]:
    window.run(Recipe(job="mix", workers=4, seconds=20.0))
    yield 6.0
    yield _place(window, _group(window))


def races(window: Window) -> Iterator[Step | QRect]:
    other = next(one for one in window.interpreters.all() if one.path and one.available)
    for path in ("", other.path):
        window.run(Recipe(job="primes", workers=2, seconds=3.0, interpreter=path))
    yield lambda: not window.runs.live
    yield 0.5
    window.runs_panel.set_open(True)
    window.runs_panel.compare(*window.runs.numbers[-2:])
    yield 1.0
    yield _place(window, window.runs_panel)


def own_code_scene(window: Window) -> Iterator[Step | QRect]:
    example = own_code.examples()[0]
    window.side.open_tab("code")
    window.run(Recipe(job="own", code=example.text, workers=3, seconds=20.0))
    yield 3.0
    yield _place(window, window.side.tabs)
    window.side.open_tab("tasks")


def measured(window: Window) -> Iterator[Step | QRect]:
    window.run(Recipe(job="primes", workers=4, seconds=20.0))
    yield 4.0
    place = _place(window, window.status)
    place.setLeft(_place(window, window.status.message).right())
    yield place


def something_wrong(window: Window) -> Iterator[Step | QRect]:
    window.run(Recipe(job="sleep", workers=2, seconds=20.0))
    yield 1.0
    window.tell_defect(DEFECT, 1, f"Traceback (most recent call last):\n{DEFECT}")
    yield 0.5
    yield _place(window, window.notices).adjusted(-12, -12, 24, 12)
    window.notices.forget(f"defect {DEFECT}")


SCENES: dict[str, Scene] = {
    "first-run": first_run,
    "reading": reading,
    "ribbon": ribbon,
    "lens": lens,
    "races": races,
    "own-code": own_code_scene,
    "measured": measured,
    "something-wrong": something_wrong,
}


def made() -> list[Path]:
    """The files that there should be."""
    return [GUIDE / f"{name}-{theme}.png" for name in SCENES for theme in ("dark", "light")]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
