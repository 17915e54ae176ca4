"""Defects of this app reach the window from any thread, by way of the UI thread, and do not flood it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer, qInstallMessageHandler, qWarning
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.figures.core_threads import CoreThreads
from playground.interpreters import known
from playground.recipe.recipe import Recipe
from playground.start.logbook.life import ended_badly
from playground.start.logbook.logbook import Logbook
from ui import app
from ui.loop import defects
from ui.loop.apart import apart
from ui.loop.defects import Defects
from ui.loop.qt_messages import MOST_SAME, QtMessages
from ui.settings.settings_file import SettingsFile
from ui.shell import first_trouble
from ui.stage.run_group import NO_PICTURE
from ui.window import Window
from ui.workers import core_sampler
from ui.workers.core_sampler import CoreSampler
from ui.workers.interpreter_finder import InterpreterFinder

LIMIT_MS = 60_000
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


class Heard:
    def __init__(self, made: Defects) -> None:
        self.words: list[tuple[str, int]] = []
        self.threads: list[QThread] = []
        made.told.connect(self.hear)

    def hear(self, words: str, times: int) -> None:
        self.words.append((words, times))
        self.threads.append(QThread.currentThread())


@pytest.fixture
def installed(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> Iterator[Defects]:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = Defects()
    made.install()
    with caplog.at_level(logging.CRITICAL):
        yield made
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


@pytest.fixture
def heard(installed: Defects) -> Heard:
    return Heard(installed)


class Failing(QThread):
    def run(self) -> None:
        raise LookupError("nobody there")


def fail() -> None:
    raise ValueError("no")


def test_what_a_qthread_raises_is_told_in_the_ui_thread(qtbot: QtBot, heard: Heard) -> None:
    thread = Failing()
    thread.start()
    assert thread.wait(LIMIT_MS)
    assert heard.words == [], "nothing is told in that thread"
    qtbot.waitUntil(lambda: heard.words == [("LookupError: nobody there", 1)], timeout=LIMIT_MS)
    assert heard.threads == [QThread.currentThread()]


def test_what_a_thread_raises_is_told_in_the_ui_thread(qtbot: QtBot, heard: Heard) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert heard.words == []
    qtbot.waitUntil(lambda: heard.words == [("ValueError: no", 1)], timeout=LIMIT_MS)
    assert heard.threads == [QThread.currentThread()]


def test_a_thread_that_ends_itself_has_no_defect(qtbot: QtBot, heard: Heard) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    qtbot.wait(20)
    assert heard.words == []


def test_one_that_comes_with_each_frame_is_told_once_and_then_counted(
    qtbot: QtBot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(500):
        apart(fail)
    qtbot.waitUntil(lambda: bool(heard.words), timeout=LIMIT_MS)
    assert heard.words == [("ValueError: no", 500)]
    for _ in range(60):
        apart(fail)
    qtbot.wait(20)
    assert len(heard.words) == 1, "not before a second is over"
    qtbot.waitUntil(lambda: len(heard.words) == 2, timeout=LIMIT_MS)
    assert heard.words[1] == ("ValueError: no", 560)


def test_words_with_another_number_each_time_are_one_defect(qtbot: QtBot, heard: Heard) -> None:
    for number in range(100):
        apart({}.__getitem__, number)
    qtbot.waitUntil(lambda: bool(heard.words), timeout=LIMIT_MS)
    assert heard.words == [("KeyError: 0", 100)]


def test_there_is_an_end_to_different_ones(qtbot: QtBot, heard: Heard) -> None:
    for number in range(defects.MOST + 20):
        exec("\n" * number + "def fail():\n    raise OSError(1)\napart(fail)", {"apart": apart})
    qtbot.waitUntil(lambda: bool(heard.words), timeout=LIMIT_MS)
    assert len(heard.words) == defects.MOST


def test_a_part_that_fails_does_not_keep_the_next(heard: Heard) -> None:
    done: list[int] = []
    for part in (fail, lambda: done.append(1)):
        apart(part)
    assert done == [1]


# --- the threads of this app


def test_the_sampler_goes_on_after_a_sample_that_failed(qtbot: QtBot, heard: Heard) -> None:
    sampler = CoreSampler()
    real, failed = sampler._take, [False]

    def take(*given: object) -> None:
        if not failed[0]:
            failed[0] = True
            raise OSError(24, "Too many open files")
        real(*given)

    sampler._take = take
    sampler.start()
    qtbot.waitUntil(lambda: bool(sampler.take()), timeout=LIMIT_MS)
    sampler.shut_down()
    assert [words for words, _ in heard.words] == ["OSError: [Errno 24] Too many open files"]


def test_away_from_linux_the_sampler_asks_nothing_of_its_files(
    qtbot: QtBot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wine shows /proc where somebody is on drive Z:, and Windows has no os.pread."""

    def look(*_: object) -> dict[int, int]:
        raise AttributeError("module 'os' has no attribute 'pread'")

    monkeypatch.setattr(core_sampler, "LINUX", False)
    monkeypatch.setattr(CoreThreads, "look", look)
    sampler = CoreSampler()
    sampler.start()
    qtbot.waitUntil(lambda: bool(sampler.take()), timeout=LIMIT_MS)
    sampler.shut_down()
    assert heard.words == []


def test_nobody_waits_for_ever_for_a_search_that_failed(
    qtbot: QtBot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(*_: object) -> Iterator[object]:
        raise RuntimeError("lost")
        yield

    monkeypatch.setattr(known, "answers", answers)
    finder = InterpreterFinder("finder", lambda path: True)
    with qtbot.waitSignal(finder.searched, timeout=LIMIT_MS) as searched:
        finder.search()
    assert searched.args == [[]]
    qtbot.waitUntil(lambda: bool(heard.words), timeout=LIMIT_MS)
    finder.shut_down()


# --- the window


def test_a_defect_that_was_closed_does_not_come_back(window: Window) -> None:
    window.tell_defect("KeyError: 'x'")
    window.tell_defect("KeyError: 'x'", 12)
    assert [words for words in window.notices.words() if "KeyError" in words] == [
        "Something in this window went wrong: KeyError: 'x' (12 times). Runs go on."
    ]
    window.notices.remove(window.notices.notices()[-1])
    window.tell_defect("KeyError: 'x'", 13)
    assert not [words for words in window.notices.words() if "KeyError" in words]


def test_a_part_of_the_window_that_fails_leaves_the_others(qtbot: QtBot, window: Window, heard: Heard) -> None:
    ticks: list[int] = []
    window.frames._followers = (lambda now: fail(), ticks.append)
    qtbot.waitUntil(lambda: len(ticks) > 3, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: bool(heard.words), timeout=LIMIT_MS)


def test_what_cannot_be_painted_is_given_up_and_its_run_fails(
    qtbot: QtBot, window: Window, installed: Defects, heard: Heard
) -> None:
    installed.of_picture.connect(window.tell_unpainted)
    run = window.run(Recipe(job="sleep", workers=2))
    assert run is not None
    group = window.stage.groups[run.number]
    block = type(group.block)

    class Torn(block):  # type: ignore[valid-type]
        def paintEvent(self, event: object) -> None:
            raise ZeroDivisionError("no width")

    QTimer.singleShot(0, lambda: setattr(group.block, "__class__", Torn))
    qtbot.waitUntil(lambda: group.broken, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    figures = run.statistics()
    assert figures.outcome == "failed"
    assert figures.error == "this app failed at drawing it: ZeroDivisionError: no width"
    assert group.accessibleDescription() == NO_PICTURE
    assert group.block.isHidden()


def test_the_thread_that_writes_settings_outlives_its_defects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would ever be kept again."""
    file = SettingsFile(tmp_path / "settings")
    real, failed = file._bring_together, [False]

    def write(*given: object) -> object:
        if not failed[0]:
            failed[0] = True
            raise RuntimeError("lost")
        return real(*given)

    monkeypatch.setattr(file, "_bring_together", write)
    file.change(frame_rate=30)
    file.wait_until_written()
    assert "RuntimeError: lost" in (file.message or "")
    file.change(lens_open=True)
    file.wait_until_written()
    assert "frame_rate = 30" in file.path.read_text()


# --- what the user can do with it


def test_many_at_once_are_told_though_they_came_before_the_first_was(window: Window) -> None:
    window.tell_defect("RuntimeError: all threads", 300)
    assert any("RuntimeError: all threads (300 times)" in words for words in window.notices.words())


def raised(words: str) -> BaseException:
    try:
        raise OSError(words)
    except OSError as problem:
        return problem


def test_its_details_can_be_read_and_copied(qtbot: QtBot, window: Window, installed: Defects) -> None:
    installed.told.connect(window.tell_defect)
    problem = raised("the first")
    sys.excepthook(type(problem), problem, problem.__traceback__)
    qtbot.waitUntil(lambda: any("the first" in words for words in window.notices.words()), timeout=LIMIT_MS)
    window.notices.notices()[-1].acted.emit("show defect 0")
    assert window.help._window is not None
    text = window.help._window.text.toPlainText()
    assert "Traceback (most recent call last)" in text
    assert "raise OSError(words)" in text
    assert "PySide6-Essentials: " in text, "what it was raised in"
    sys.excepthook(type(problem), problem, problem.__traceback__)
    window.tell_defect("OSError: another", 1, "its trace")
    window.notices.notices()[-1].acted.emit("copy defect 1")
    assert QApplication.clipboard().text().startswith("its trace\n\nConcurrency Playground: ")


def test_a_painter_that_was_left_open_is_ended(qtbot: QtBot, installed: Defects) -> None:
    """Else nothing could be painted on its widget any more, as Python keeps the frame with the painter."""
    painters: list[QPainter] = []
    images = [QImage(10, 10, QImage.Format.Format_RGB32) for _ in range(2)]

    class Torn:
        def paintEvent(self, event: object) -> None:
            painter = QPainter(images[0])
            painters.append(painter)
            raise ValueError("torn")

    class Item:
        def paint(self, painter: QPainter) -> None:
            raise ValueError("torn")

    qts_own = QPainter(images[1])
    for paint, given in ((Torn().paintEvent, None), (Item().paint, qts_own)):
        try:
            paint(given)
        except ValueError as problem:
            sys.excepthook(ValueError, problem, problem.__traceback__)
    assert [painter.isActive() for painter in painters] == [False]
    assert qts_own.isActive(), "Qt goes on with it"
    qts_own.end()


def test_what_python_only_mentions_is_in_the_log(qtbot: QtBot, heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    class Hard:
        def __del__(self) -> None:
            raise LookupError("in a destructor")

    with caplog.at_level(logging.WARNING):
        Hard()
    assert "in a destructor" in caplog.text
    qtbot.wait(20)
    assert heard.words == []


# --- Qt's messages


def test_what_qt_says_is_in_the_log_a_few_times_and_whoever_listened_still_hears_it(
    qtlog: object, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _context, words: heard.append(words))
    waited: list[bool] = []
    messages = QtMessages(lambda: waited.append(True))
    with caplog.at_level(logging.DEBUG):
        for _ in range(MOST_SAME + 5):
            qWarning("the same again")
        qWarning("another")
    messages.end()
    qWarning("afterwards")
    qInstallMessageHandler(before)
    assert caplog.messages == ["the same again"] * MOST_SAME + ["another"]
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert heard == ["the same again"] * (MOST_SAME + 5) + ["another", "afterwards"]
    assert not waited, "only a fatal one waits for the disk"


def test_a_fatal_message_is_written_down_before_qt_ends_the_process(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import qFatal
from playground.start.logbook.logbook import Logbook
from ui.loop.qt_messages import QtMessages
book = Logbook(Path(sys.argv[1]))
messages = QtMessages(book.wait)
qFatal("no screen")
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True)
    assert done.returncode != 0
    log = next(tmp_path.glob("*app.log")).read_text()
    assert "CRITICAL qt" in log
    assert "no screen" in log
    assert "Aborted" in next(tmp_path.glob("*crash.log")).read_text()


# --- before there is a window


def test_a_box_says_why_the_app_cannot_start(qtbot: QtBot) -> None:
    box = first_trouble.box("It could not start: OSError", "Traceback: all of it")
    qtbot.addWidget(box)
    box.show()
    copy = next(one for one in box.buttons() if one.text() == "Copy details")
    copy.click()
    assert box.isVisible(), "a press copies, and the box stays"
    assert QApplication.clipboard().text() == "It could not start: OSError\n\nTraceback: all of it"
    assert {one.text() for one in box.buttons()} >= {"Start in safe mode", "Copy details"}
    assert box.detailedText() == "Traceback: all of it"


def test_what_is_raised_at_the_start_is_said_and_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Logbook(tmp_path)

    def fails() -> int:
        raise ValueError("no window today")

    assert app._kept_in(book, fails) == 1
    said = capsys.readouterr().err
    assert "could not start: ValueError: no window today" in said
    assert "Traceback" in said
    assert "no window today" in next(tmp_path.glob("*app.log")).read_text()
    assert ended_badly(tmp_path) is None, "it was told: no crash"
