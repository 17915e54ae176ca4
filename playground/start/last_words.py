"""What is said when there is no window to say it in: before the first one, or where Qt itself cannot start. On a
terminal it is text; somebody who has double-clicked an icon has none, so a box of the system says it too."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

TITLE = "Concurrency Playground"
BY_ICON = ("GIO_LAUNCHED_DESKTOP_FILE", "DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN")  # a desktop has started us
BOXES = (
    ("zenity", "--error", "--no-markup", "--title", TITLE, "--text"),
    ("kdialog", "--title", TITLE, "--error"),
    ("xmessage", "-center"),
)


def say(words: str) -> None:
    if sys.stderr is not None:  # a windowed program on Windows has none
        with contextlib.suppress(OSError, ValueError):
            print(words, file=sys.stderr, flush=True)


def tell(words: str) -> None:
    say(words)
    if sys.platform == "win32":
        if sys.__stderr__ is None:  # `streams` has put something in its place
            import ctypes

            ctypes.windll.user32.MessageBoxW(None, words, TITLE, 0x10)
    elif box := command_of_box(os.environ, words):
        with contextlib.suppress(OSError):  # the box outlives us: nobody waits for it
            subprocess.Popen(box, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def tell_raised(problem: BaseException) -> int:
    """An exception that nobody expected, or Ctrl+C, before anybody else listens for it. Returns the exit code."""
    if isinstance(problem, KeyboardInterrupt):
        say("stopped")
        return 130
    import traceback

    tell("".join(traceback.format_exception(type(problem), problem, problem.__traceback__)))
    return 1


def command_of_box(variables: Mapping[str, str], words: str) -> list[str]:
    """The program that shows a box here; empty where a terminal has the words, or no such program is installed."""
    if sys.platform == "darwin":
        by_icon = variables.get("XPC_SERVICE_NAME", "0").startswith("application.")
        quoted = words.replace("\\", "\\\\").replace('"', '\\"')
        script = f'display alert "{TITLE}" message "{quoted}" as critical'
        return ["osascript", "-e", script] if by_icon else []
    if not any(variables.get(name) for name in BY_ICON):
        return []
    return next(([*box, words] for box in BOXES if shutil.which(box[0])), [])
