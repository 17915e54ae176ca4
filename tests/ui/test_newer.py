"""A newer version is told once, quietly, and nobody is asked unless the user wants that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from playground.start import newer_version
from tests.core.test_newer_version import Server, named, server
from ui.shell.newer import OPEN, Newer
from ui.window import Window

__all__ = ["server"]  # a fixture
# offscreen no window manager is told
pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]
LIMIT_MS = 60_000


@pytest.fixture
def newer(window: Window, server: str) -> Newer:
    window.newer.asker.address = f"{server}/"
    Server.answers["/"] = 200, named("99.0")
    return window.newer


def test_it_is_off_unless_switched_on(window: Window, newer: Newer) -> None:
    assert not window.settings.settings.look_for_updates
    assert not newer.look()
    assert Server.heard == []


def test_it_is_told_once_and_asked_once_a_day(qtbot: QtBot, window: Window, newer: Newer) -> None:
    window.settings.change(look_for_updates=True)
    with qtbot.waitSignal(newer.asker.told, timeout=LIMIT_MS):
        assert newer.look()
    (words,) = window.notices.words()
    assert words.startswith("Version 99.0 is there; this is 0.")
    assert not newer.look(), "not twice a day"
    window.notices.forget(OPEN)
    window.settings.change(updates_looked="2020-01-01")
    with qtbot.waitSignal(newer.asker.told, timeout=LIMIT_MS):
        assert newer.look()
    assert window.notices.words() == [], "each version is told once"
    assert len(Server.heard) == 2


def test_the_notice_opens_a_page_and_nothing_else(qtbot: QtBot, window: Window, newer: Newer) -> None:
    opened: list[QUrl] = []
    newer.open_page = opened.append
    window.settings.change(look_for_updates=True)
    newer.asker.told.emit("99.0")
    window.notices.notices()[0].acted.emit(OPEN)
    assert opened == [QUrl(newer_version.PAGE)]
    assert window.notices.words() == []


@pytest.mark.parametrize("version", ["0.0.1", newer_version.is_news.__doc__ or "", "99.0rc1"])
def test_what_is_no_news_is_not_told(window: Window, newer: Newer, version: str) -> None:
    window.settings.change(look_for_updates=True)
    newer.asker.told.emit(version)
    assert window.notices.words() == []


def test_no_answer_is_for_the_log(window: Window, newer: Newer, caplog: pytest.LogCaptureFixture) -> None:
    Server.answers["/"] = 500, b""
    with caplog.at_level("INFO"):
        newer.asker.ask().join()
    assert "no newer version is known" in caplog.text
    assert window.notices.words() == []


def test_a_window_that_has_gone_hears_nothing(make: Callable[[], Window], server: str) -> None:
    window = make()
    window.settings.change(look_for_updates=True)
    window.newer.asker.address = f"{server}/"
    Server.answers["/"] = 200, named("99.0")
    told: list[str] = []
    window.newer.asker.told.connect(told.append)
    window.close()
    window.newer.asker.ask().join()
    assert told == []
