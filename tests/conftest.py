"""What every test gets: settings of its own, no QThread or QTimer left running, no process left behind.

Works with and without Qt installed: tests/core also runs where there is none."""

from __future__ import annotations

import faulthandler
import itertools
import os
import shutil
import signal
import sys
import time
import traceback
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings

from playground.interpreters import cache
from tests import matrix
from tests.core import pythons
from tests.kept import Kept
from tests.limit import TimeLimit

ROOT = Path(__file__).resolve().parent.parent
SESSION = "PLAYGROUND_TEST_SESSION"  # in the environment of every process that a test starts, directly or not
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ[SESSION] = uuid.uuid4().hex

# A machine that is busy with something else makes nothing of ours wrong. Where CI is set, Hypothesis would try the same
# examples for ever; ours are new ones each time, and a failure prints the line that repeats it.
settings.register_profile(
    "patient",
    settings.get_profile("default"),
    derandomize=False,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("patient"), max_examples=25)
settings.load_profile("patient")


def pytest_report_header() -> list[str]:
    return pythons.report()


# --- a crash says where ------------------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The app's log, once closed, leaves nobody who writes down where Python crashed."""
    stderr = item.config.stash.get(fault_handler_stderr_fd_key, None)
    if stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable(stderr)


# --- settings of its own ------------------------------------------------------------------------------------------

ANSWERS = cache.usual_path()  # of the Pythons that the report has just asked, or an earlier session

HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
WINDOWS_HOMES = ("WIN_PD_OVERRIDE_LOCAL_APPDATA", "WIN_PD_OVERRIDE_APPDATA") if sys.platform == "win32" else ()
NUMBERS = itertools.count()  # pytest's own way to number folders looks at all that there are, for each of thousands


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the settings, history or recipes of another, nor those of the person who runs it."""
    home = tmp_path_factory.mktemp(f"home{next(NUMBERS)}", numbered=False)
    for name in HOMES + WINDOWS_HOMES:
        place = home / name.lower()
        place.mkdir()
        monkeypatch.setenv(name, str(place))
    if sys.platform == "darwin":  # platformdirs has no variable of its own there
        monkeypatch.setenv("HOME", str(home))
    if ANSWERS.exists():
        cache.usual_path().parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ANSWERS, cache.usual_path())
    return home


@pytest.fixture
def nobody_asked(fresh_settings: Path) -> None:
    """Other tests know what this computer's Pythons have answered: to ask all of them again takes seconds."""
    shutil.rmtree(cache.usual_path().parent, ignore_errors=True)


@pytest.fixture
def closed(tmp_path: Path, fresh_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that this process may not enter, though something is in it. All of the app's own folders are there."""
    folder = tmp_path / "closed"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python3").touch(0o755)
    for name in (*HOMES, "HOME"):
        monkeypatch.setenv(name, str(folder))
    folder.chmod(0)
    root = os.geteuid() == 0  # who may go everywhere
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionError):
            (folder / "bin").stat()
        yield folder
    finally:  # or all later tests would be nobody's
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


# --- no QThread or QTimer left running ----------------------------------------------------------------------------


class Started:
    """Every QThread and QTimer that was started while a test ran, with the line that started it."""

    def __init__(self) -> None:
        self.lines: list[tuple[weakref.ref[object], str]] = []

    def note(self, started: object) -> None:
        frames = [frame for frame in traceback.extract_stack()[:-2] if "site-packages" not in frame.filename]
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
        frame = own[-1] if own else frames[-1]
        self.lines.append((weakref.ref(started), f"{frame.filename}:{frame.lineno}: {frame.line}"))

    def still_running(self) -> list[str]:
        found = ((reference(), line) for reference, line in self.lines)
        return [f"{type(thing).__name__} started at {line}" for thing, line in found if is_running(thing)]


def is_running(thing: object) -> bool:
    from PySide6.QtCore import QThread
    from shiboken6 import isValid

    if thing is None or not isValid(thing):
        return False
    return thing.isRunning() if isinstance(thing, QThread) else thing.isActive() and not thing.isSingleShot()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that leaves a QThread or a repeating QTimer running, and names the line that started it."""
    if "PySide6.QtCore" not in sys.modules and "qtbot" not in request.fixturenames:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer

    if "qtbot" in request.fixturenames:
        request.getfixturevalue("qtbot")  # set up first, so that its windows are closed before we look
    started = Started()
    for kind in (QThread, QTimer):
        watch_start(kind, started, monkeypatch)
    yield
    deadline = time.monotonic() + 20  # where waiting is given up, on a computer that others use too
    while (left := started.still_running()) and time.monotonic() < deadline:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        time.sleep(0.01)
    if left:
        pytest.fail("left running: " + "; ".join(left), pytrace=False)


def watch_start(kind: type, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    original = kind.start  # type: ignore[attr-defined]

    def start(self: object, *arguments: object) -> None:
        started.note(self)
        original(self, *arguments)

    monkeypatch.setattr(kind, "start", start)


# --- no process left behind ---------------------------------------------------------------------------------------


def started_here() -> list[psutil.Process]:
    """Processes of this session, found by the mark in their environment: also those whose parent has ended."""
    marked = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(SESSION) == os.environ[SESSION]:
                marked.append(process)
        except (psutil.Error, OSError):  # of another user, or gone since
            continue
    return [process for process in marked if not is_exempt(process)]


def is_exempt(process: psutil.Process) -> bool:
    """multiprocessing keeps one resource tracker until its process ends; a zombie is no process any more. Wine's
    desktop is started by whichever program comes first."""
    try:
        ended = process.status() == psutil.STATUS_ZOMBIE
        command = process.cmdline()
        return ended or any("resource_tracker" in word for word in command) or command[1:] == ["/desktop"]
    except psutil.Error:
        return True


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(matrix.OPTION, action="store_true", help="all of each product of which otherwise a part is run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    matrix.leave_out(config, items)


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # started in the background: apps of tests would not hear it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(TimeLimit())
    config.pluginmanager.register(Kept())
    end_when_asked()


def end_when_asked() -> None:
    """Asked to end, the tests put away what they have started, as after Ctrl+C."""
    ours = os.getpid()

    def end(number: int, _frame: object) -> None:
        if os.getpid() != ours:  # a fork of ours has nothing to put away
            os._exit(128 + number)
        signal.signal(number, signal.SIG_IGN)  # once is enough
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    deadline = time.monotonic() + GONE_S
    while (left := started_here()) and time.monotonic() < deadline:
        time.sleep(0.05)
    session.config.stash[LEFT] = [described(process) for process in left]
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


LEFT: pytest.StashKey[list[str]] = pytest.StashKey()
GONE_S = 20  # what has been ended needs some seconds on a computer that other rows of tests keep busy


def described(process: psutil.Process) -> str:
    """pytest notes its test in the environment, which whoever is started then inherits."""
    try:
        test = process.environ().get("PYTEST_CURRENT_TEST", "no test")
        return f"{process.pid} {' '.join(process.cmdline())} (started in {test})"
    except psutil.Error:
        return f"{process.pid} {process.name()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in terminalreporter.config.stash.get(LEFT, []):
        terminalreporter.write_line(f"process left behind: {line}", red=True)
