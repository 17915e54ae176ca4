"""Starting and ending the app: its options, its window, signals and defects. What needs a real window: tests/e2e."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import QSize, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from ui import app
from ui import application as start
from ui.application import Application
from ui.loop.defects import Defects
from ui.loop.steps import Script, Steps
from ui.settings.settings_file import FILE, SettingsFile
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

LIMIT_MS = 60_000
ROOT = Path(__file__).resolve().parents[2]


# -- options


@pytest.mark.parametrize("text", ["1024x640", "1440x900", "1440×900", "7680x4320"])
def test_sizes(text: str) -> None:
    width, height = (int(part) for part in text.replace("×", "x").split("x"))
    assert app._parser().parse_args(["--size", text]).size == QSize(width, height)


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ["--size", size]
            for size in ("", "12", "0x0", "1023x640", "1024x639", "1440", "1440x", "8000x900", "x", "9x9x9")
        ),
        *(["--size", size] for size in ("-5x900", "1440 x 900", "1440x4321", "99999999x1")),
        *(["--after", after] for after in ("-1", "soon", "nan", "inf", "601", "")),
        *(["--theme", theme] for theme in ("blue", "", "Dark")),
        ["bench", "a.toml"],
        ["--dance"],
        ["--screenshot"],
    ],
)
def test_bad_options_end_with_2_and_say_what_is_allowed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        app.main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert any(word in said for word in ("allowed", "choose from", "unrecognized", "expected one argument"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('model = "fibres"', "There is no model “fibres”."),
        ("workers = 0", "The number of workers must be"),
        ("workers = true", "workers must be a whole number, not true."),
        ('host = "ui"', "Threads cannot run on the UI thread."),
        ("speed = 3", "There is no field “speed” in a recipe."),
        ("= nonsense", "This is not TOML"),
        ("[knobs]\nswitch_interval = 99", "Switch interval (switch_interval) must be"),
    ],
)
def test_bad_recipes_end_with_2_and_name_the_field(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert app.main(["--recipe", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"bad recipe: {says}")


# -- files from outside


@pytest.mark.parametrize("early", [True, False])
def test_files_that_the_system_hands_over_are_opened_whenever_they_come(qtbot: QtBot, early: bool) -> None:
    """macOS does so. There is one application in a process, so this one borrows the methods of ours."""
    opened: list[list[str]] = []
    waiting: list[str] = []
    ours = SimpleNamespace(_waiting=waiting, _open=waiting.extend)
    event = QFileOpenEvent(QUrl.fromLocalFile("/a folder/näps.recipe.toml"))
    if early:
        assert Application.event(cast(Application, ours), event)
    Application.hand_files_to(cast(Application, ours), opened.append)
    if not early:
        assert Application.event(cast(Application, ours), event)
    assert [file for files in opened for file in files] == ["/a folder/näps.recipe.toml"]


# -- the window


@pytest.fixture
def hooks() -> Iterator[None]:
    """As they were before."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    hook, of_threads, ignored = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hook, of_threads, ignored
    for number, handler in handlers.items():
        signal.signal(number, handler)


class StandIn(QWidget):
    """Only what the app's end needs of a window."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.times: list[int] = []
        self.closed_within: list[bool] = []
        self.inside = False

    def tell_defect(self, words: str, times: int = 1) -> None:
        self.told.append(words)
        self.times.append(times)

    def tell_unpainted(self, number: int, problem: Exception) -> None: ...

    def closeEvent(self, event: object) -> None:
        self.closed_within.append(self.inside)


def listening() -> Defects:
    defects = Defects(QApplication.instance())
    defects.install()
    return defects


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_but_not_in_the_middle_of_something(qtbot: QtBot, hooks: None, number: int) -> None:
    window = StandIn()
    qtbot.addWidget(window)
    window.show()
    app._end_orderly(QApplication.instance(), window, listening())

    def work() -> None:
        window.inside = True
        for _ in range(3):  # somebody is impatient
            signal.raise_signal(number)
        window.inside = False

    QTimer.singleShot(0, work)
    qtbot.waitUntil(lambda: bool(window.closed_within), timeout=LIMIT_MS)
    assert window.closed_within == [False]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system cannot hold signals back")
def test_signals_that_come_at_once_are_one(qtbot: QtBot, hooks: None) -> None:
    """A second one that was on its way while the first was heard is no error (pytest would tell of it)."""
    window = StandIn()
    qtbot.addWidget(window)
    window.show()
    app._end_orderly(QApplication.instance(), window, listening())
    both = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, both)
    for number in both:
        signal.pthread_kill(threading.get_ident(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
    qtbot.waitUntil(lambda: bool(window.closed_within), timeout=LIMIT_MS)
    assert len(window.closed_within) == 1


def test_a_defect_in_a_slot_is_told_in_the_window_and_in_the_log(
    qtbot: QtBot, hooks: None, caplog: pytest.LogCaptureFixture
) -> None:
    window = StandIn()
    qtbot.addWidget(window)
    app._end_orderly(QApplication.instance(), window, listening())
    with caplog.at_level(logging.ERROR):
        try:
            raise KeyError("x")
        except KeyError:
            sys.excepthook(*sys.exc_info())
    assert not window.told, "not in the middle of whatever went wrong"
    qtbot.waitUntil(lambda: window.told == ["KeyError: 'x'"], timeout=LIMIT_MS)
    assert "KeyError" in caplog.text
    caplog.clear()


def test_the_window_follows_the_theme_that_is_asked_for(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "candidates", list)
    application = QApplication.instance()
    before = application.styleSheet()
    collected_meanwhile: list[bool] = []
    monkeypatch.setattr(start, "Window", lambda *given: collected_meanwhile.append(gc.isenabled()) or Window(*given))
    window = app.make_window(application, SettingsFile(tmp_path), "light")  # type: ignore[attr-defined]
    qtbot.addWidget(window)
    light = application.styleSheet()
    window.themes.choose("dark")
    assert window.themes.theme.name == "dark"
    assert application.styleSheet() != light
    assert not gc.isenabled() | any(collected_meanwhile), "a thread that collects would end widgets"
    window.close()
    application.setStyleSheet(before)


# -- scripts


def test_a_script_waits_for_conditions_and_times(qtbot: QtBot) -> None:
    order: list[str] = []
    door = {"open": False}

    def steps() -> Steps:
        order.append("knocks")
        QTimer.singleShot(20, lambda: door.update(open=True))
        yield lambda: door["open"]
        order.append("goes in")
        yield 0.01
        order.append("sits down")

    script = Script(steps())
    with qtbot.waitSignal(script.finished, timeout=LIMIT_MS) as finished:
        script.start()
    assert finished.args == [None]
    assert order == ["knocks", "goes in", "sits down"]


def test_a_script_that_fails_tells_why(qtbot: QtBot) -> None:
    def steps() -> Steps:
        yield 0.0
        raise OSError("no picture")

    script = Script(steps())
    with qtbot.waitSignal(script.finished, timeout=LIMIT_MS) as finished:
        script.start()
    assert str(finished.args[0]) == "no picture"


def test_a_script_does_not_wait_for_ever(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.loop.steps.LIMIT_S", 0.05)

    def steps() -> Steps:
        yield lambda: False

    script = Script(steps())
    with qtbot.waitSignal(script.finished, timeout=LIMIT_MS) as finished:
        script.start()
    assert isinstance(finished.args[0], TimeoutError)


# -- the user's settings are not those of a picture or a measurement

USERS = 'theme = "light"\nwindow_width = 1111\nrecent = ["/mine.toml"]\n\n[recipe]\njob = "hash"\nworkers = 7\n'


def started(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The app as a process of its own, whose settings are in `home`."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    command = [sys.executable, str(ROOT / "main.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="settings elsewhere")
@pytest.mark.parametrize("users", [USERS, "theme = ", None])
def test_a_screenshot_leaves_the_settings_alone(tmp_path: Path, users: str | None) -> None:
    file = tmp_path / "concurrency-playground" / FILE
    if users is not None:
        file.parent.mkdir()
        file.write_text(users)
    recipe, picture = tmp_path / "r.toml", tmp_path / "out.png"
    recipe.write_text('job = "own"\nworkers = 1\nseconds = 0.1\ncode = "def job(i, n):\\n    return i\\n"\n')
    words = ("--screenshot", str(picture), "--recipe", str(recipe), "--size", "1024x640", "--after", "1")
    done = started(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    written = {path.name: path.read_text() for path in file.parent.glob("*")}
    assert written == ({} if users is None else {FILE: users})
    ground = QImage(str(picture)).pixelColor(5, 600).lightness()
    assert (ground > 200) == (users == USERS), "the user's theme is that of the picture"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="settings elsewhere")
def test_the_start_that_bench_measures_leaves_them_alone(tmp_path: Path) -> None:
    file = tmp_path / "concurrency-playground" / FILE
    file.parent.mkdir()
    file.write_text(USERS)
    done = started(tmp_path, "--first-paint", "--size", "1024x640")
    assert float(done.stdout) > 0
    assert {path.name: path.read_text() for path in file.parent.glob("*")} == {FILE: USERS}
