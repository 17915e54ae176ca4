"""Safe mode: the app as it is on its first start, whatever its settings, its last recipe, or what is installed beside
it may do to it. Settings are neither read nor written, nothing is restored, no other Python is looked for, no package
is brought, and Qt starts without the desktop's own theme and without OpenGL."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcess

from ui.settings.settings_file import SettingsFile

OPTION = "--safe-mode"
OFFERED_AFTER, AFTER = 2, 3  # starts in a row that ended right away: it is offered, and then not waited for
HELP = (
    "start with default settings and leave the file alone: no recipe or code is restored, "
    "no other Python is looked for, no package is fetched"
)
NOWHERE = Path(os.devnull) / "safe-mode"  # a folder that cannot be
PLAIN_QT = {"QT_QPA_PLATFORMTHEME": "generic", "QT_XCB_GL_INTEGRATION": "none", "QT_STYLE_OVERRIDE": ""}


def prepare() -> None:
    """Before Qt starts."""
    if sys.platform.startswith("linux"):
        os.environ.update(PLAIN_QT)


def settings() -> SettingsFile:
    return SettingsFile(NOWHERE, kept=False, safe=True)


def start_again(safe: bool) -> bool:
    """Starts the app anew, with or without safe mode; this one may then end. False: it could not be started."""
    if not safe:
        for name in PLAIN_QT:
            os.environ.pop(name, None)
    return bool(QProcess.startDetached(sys.executable, command(safe))[0])


def command(safe: bool) -> list[str]:
    """The words behind the program: as this app was started, but for the option."""
    options = [one for one in sys.argv[1:] if one != OPTION]
    before = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv[1:])]
    return [*before, *options, *([OPTION] if safe else [])]
