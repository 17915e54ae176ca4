"""What every way of starting with a window shares: the application object, the window, and running a script in it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QToolTip

from playground.start import heap
from playground.start.bootstrap import is_frozen
from playground.start.own_environment import NAME
from ui.kit import icons
from ui.kit.fonts import load_fonts
from ui.kit.style_sheet import palette, style_sheet
from ui.kit.theme import Theme, ThemeSource
from ui.loop.collector import Collector
from ui.loop.steps import Script, Steps
from ui.settings.settings_file import SettingsFile
from ui.window import Window


class Application(QApplication):
    """Hears of files that macOS hands over: by a double click, or dropped on the icon. They may come before there is
    a window."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        self._waiting: list[str] = []
        self._open: Callable[[list[str]], object] = self._waiting.extend

    def hand_files_to(self, opener: Callable[[list[str]], object]) -> None:
        self._open, waiting, self._waiting = opener, self._waiting, []
        opener(waiting)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self._open([event.file()])
            return True
        return super().event(event)


def make_application() -> Application:
    heap.keep_together()
    _be_no_python_exe()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = Application([NAME])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName(NAME)
    application.setDesktopFileName("concurrency-playground")
    application.setStyle("Fusion")
    application.setWindowIcon(icons.app_icon())
    load_fonts()
    return application


def _be_no_python_exe() -> None:
    """Windows groups windows in its taskbar by program: started from its sources the app would be one more Python. The
    packaged app has programs of its own, and there such a name would part its windows from a pinned shortcut."""
    if sys.platform == "win32" and not is_frozen():
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(NAME.replace(" ", ""))


def make_window(application: QApplication, settings: SettingsFile, theme_choice: str | None = None) -> Window:
    kept = settings.settings
    source = ThemeSource(theme_choice or kept.theme, application, kept.zoom)
    source.changed.connect(lambda theme: dress(application, theme))
    dress(application, source.theme)
    gc.disable()  # before the Collector exists: the window's threads start while the window is made
    window = Window(source, settings)
    Collector(window, lambda: not window.runs.live)
    return window


def dress(application: QApplication, theme: Theme) -> None:
    """Applies the theme to the standard widgets too: dialogs, their headers, tool tips and context menus."""
    if application.font().pixelSize() != theme.font(13).pixelSize():
        application.setFont(theme.font(13))
        QToolTip.setFont(theme.font(12))
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))


def run_script(application: QApplication, window: Window, steps: Steps, name: str) -> int:
    """Runs the event loop until the script has ended and the window is closed. If it failed: 1, and why, on stderr."""
    problems: list[object] = []
    script = Script(steps)

    def on_finished(problem: object) -> None:
        problems.append(problem)
        window.close()

    script.finished.connect(on_finished)
    script.start()
    code = application.exec()
    window.shut_down()
    problem = problems[0] if problems else "the window was closed before it was done"
    if problem is None:
        return code
    print(f"{name}: {problem}", file=sys.stderr)
    return 1
