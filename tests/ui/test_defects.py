"""Defects of this app reach the window from any thread, by way of the UI thread, and do not flood it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from playground.recipe.recipe import Recipe
from ui.loop import defects
from ui.loop.apart import apart
from ui.loop.defects import Defects
from ui.settings.settings_file import SettingsFile
from ui.stage.run_group import NO_PICTURE
from ui.window import Window
from ui.workers.core_sampler import CoreSampler
from ui.workers.interpreter_finder import InterpreterFinder

LIMIT_MS = 60_000
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
    before = sys.excepthook, threading.excepthook
    made = Defects()
    made.install()
    with caplog.at_level(logging.CRITICAL):
        yield made
    sys.excepthook, threading.excepthook = before


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
