"""Starting the app with a window: the application object, the theme, the window, and an orderly end.

Three ways in: the window itself, `--screenshot`, and `bench`. All use the same window; the last two drive it."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication

from playground.cli.commands import bad_recipe
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.recipe.recipe_file import load
from playground.run import run_folder
from playground.start.logbook.logbook import Logbook
from ui.afterwards import Afterwards
from ui.application import Application, make_application, make_window, run_script
from ui.loop.defects import Defects
from ui.loop.qt_messages import QtMessages
from ui.loop.steps import Steps
from ui.settings.settings_file import SettingsFile
from ui.shell import first_trouble, safe_mode
from ui.window import Window

DEFAULT_SIZE = QSize(1440, 900)
SMALLEST_SIZE = QSize(1024, 640)
LARGEST_SIZE = QSize(7680, 4320)
DEFAULT_AFTER = 3.0

log = logging.getLogger(__name__)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(2)


def main(argv: Sequence[str]) -> int:
    _log_to_stderr()
    try:
        parser = _parser()
        options = parser.parse_args(list(argv))
        if "bench" in options.files and len(options.files) > 1:
            parser.error("bench opens no file; allowed: bench, bench --json")
        recipe = checked(load(Path(options.recipe))) if options.recipe else None
    except BadRecipe as problem:
        print(bad_recipe(problem), file=sys.stderr)
        return 2
    logbook = None if options.files == ["bench"] or options.screenshot or options.first_paint else Logbook()
    if logbook is not None and logbook.ended is not None and logbook.ended.early >= safe_mode.AFTER:
        options.safe_mode = True
    if options.safe_mode:
        safe_mode.prepare()
    return _kept_in(logbook, lambda: _start(options, recipe, logbook))


def _kept_in(logbook: Logbook | None, start: Callable[[], int]) -> int:
    """The app with its logbook. What goes wrong before there is a window, or after it, is said without one."""
    if logbook is None:
        return start()
    messages = QtMessages(logbook.wait)
    try:
        return start()
    except Exception as problem:
        log.critical("the app ended", exc_info=problem)
        first_trouble.tell(
            problem, shown=any(isinstance(one, Window) and one.painted for one in QApplication.topLevelWidgets())
        )
        return 1
    finally:
        messages.end()
        logbook.end()


def _start(options: argparse.Namespace, recipe: Recipe | None, logbook: Logbook | None) -> int:
    application = make_application()
    if options.files == ["bench"]:
        from ui.dev import bench

        return bench.main(application, options.json)
    return _show(application, options, recipe, logbook)


def _log_to_stderr() -> None:
    """Warnings are for a terminal too; the log has more."""
    if sys.stderr is not None and not logging.getLogger().handlers:  # a packaged app on Windows has no stderr
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(shown)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="main.py", description="See how Python runs things at once. Without arguments: the window.")
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="open this recipe or code; or `bench`: measure the window itself here"
    )
    parser.add_argument("--json", action="store_true", help="bench: one JSON object on stdout")
    parser.add_argument("--screenshot", metavar="OUT.png", help="start, show, grab, end")
    parser.add_argument("--size", type=_size, metavar="WxH")
    parser.add_argument("--theme", choices=["dark", "light", "system"])
    parser.add_argument("--recipe", metavar="FILE", help="open this recipe; with --screenshot it is run too")
    parser.add_argument("--after", type=_seconds, metavar="SECONDS", default=DEFAULT_AFTER)
    parser.add_argument("--safe-mode", action="store_true", help=safe_mode.HELP)
    parser.add_argument("--first-paint", action="store_true", help=argparse.SUPPRESS)  # used by bench
    return parser


def _size(text: str) -> QSize:
    match = re.fullmatch(r"(\d{2,5})[x×](\d{2,5})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; allowed: WxH, like 1440x900")
    size = QSize(int(match[1]), int(match[2]))
    if size != size.expandedTo(SMALLEST_SIZE).boundedTo(LARGEST_SIZE):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; allowed: 1024x640 to 7680x4320")
    return size


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds <= 600.0:
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; allowed: 0 to 600")
    return seconds


def _show(application: Application, options: argparse.Namespace, recipe: Recipe | None, logbook: Logbook | None) -> int:
    run_folder.sweep()
    # A screenshot or a measurement leaves no trace in the user's settings.
    kept = not (options.screenshot or options.first_paint)
    settings = safe_mode.settings() if options.safe_mode else SettingsFile(kept=kept)
    defects = Defects(application)  # before the window: what goes wrong while it is made is told in it
    defects.install()
    window = make_window(application, settings, options.theme)
    _end_orderly(application, window, defects)
    if recipe is not None:
        window.files.open_recipe(Path(options.recipe))  # as if chosen in the window: its code is not run unseen
    window.files.open_given(options.files)
    application.hand_files_to(window.files.open_given)
    window.show_at(options.size or (DEFAULT_SIZE if options.screenshot else None))
    if place := os.environ.get("CONCURRENCY_PLAYGROUND_STATE"):
        from ui.dev.witness import Witness

        Witness(window, Path(place))
    gc.collect()
    gc.freeze()  # what exists now stays: the collector need not walk through it during a frame
    if logbook is not None:
        Afterwards(window, logbook)
        application.commitDataRequest.connect(lambda _: logbook.life.end())  # the user logs out: that is no crash
    if options.first_paint:
        return run_script(application, window, _first_paint(window), "no first paint")
    if options.screenshot:
        return run_script(application, window, _screenshot(window, options, recipe), "no screenshot")
    code = application.exec()
    _hear_no_more()
    window.shut_down()
    return code


def _screenshot(window: Window, options: argparse.Namespace, recipe: Recipe | None) -> Steps:
    yield lambda: window.painted and not window.interpreters.still_looking_for(window.recipe_bar.recipe())
    if recipe is not None:
        window.run()
    yield float(options.after)
    path = Path(options.screenshot)
    if not window.grab().save(str(path), "PNG"):
        raise OSError(f"{path} cannot be written")


def _first_paint(window: Window) -> Steps:
    yield lambda: window.painted
    import psutil

    print(f"{(time.time() - psutil.Process().create_time()) * 1000:.1f}")


def _hear_no_more() -> None:
    """The app is ending. A signal now would leave work for an event loop that has ended, or kill the app in the middle
    of tidying up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _heard(*_: object) -> None:
    """The window is about to close. Not SIG_IGN yet: a signal already on its way would then be reported as an error."""


def _end_orderly(application: QApplication, window: Window, defects: Defects) -> None:
    """Ctrl-C and SIGTERM close the window as a click does; a defect is reported in the window and on stderr."""

    def close_soon(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _heard)
        QTimer.singleShot(0, window.close)  # not at once: a signal can arrive in the middle of anything

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close_soon)  # the clock lets Python look at signals 60 times a second

    defects.told.connect(window.tell_defect)
    defects.of_picture.connect(window.tell_unpainted)
    application.lastWindowClosed.connect(application.quit)
