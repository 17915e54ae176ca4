"""The window comes back as it was left, and all of it is on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.kit.tabs import TabCard
from ui.kit.theme import DARK, ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.settings.window_place import least_on, within
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]

LIMIT_MS = 60_000
Start = Callable[[], Window]
SCREEN = QRect(0, 30, 1440, 870)  # what a panel at the top leaves


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    """Starts the app, one time after the other, as the user does."""
    made: list[Window] = []

    def begin() -> Window:
        for old in made:
            old.close()
        window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
        made.append(window)
        qtbot.addWidget(window)
        window.show_at(None)
        qtbot.waitExposed(window)
        return window

    yield begin
    for window in made:
        window.close()


def resized(window: Window, width: int, height: int) -> None:
    """Beyond the screen that there is here, from which it would be brought back a moment after it was shown."""
    window.place._timer.stop()
    window.resize(width, height)
    QApplication.processEvents()


# -- sums


@pytest.mark.parametrize(
    ("frame", "wanted"),
    [
        (QRect(100, 60, 800, 600), QRect(100, 60, 800, 600)),  # as it was
        (QRect(0, 0, 1440, 925), QRect(0, 30, 1440, 870)),  # as high as the screen, and a title bar
        (QRect(-50, 700, 800, 600), QRect(0, 300, 800, 600)),
        (QRect(5000, -900, 800, 600), QRect(640, 30, 800, 600)),  # that screen is gone
        (QRect(0, 30, 3000, 400), QRect(0, 30, 1440, 400)),
    ],
)
def test_all_of_it_is_on_the_screen(frame: QRect, wanted: QRect) -> None:
    assert within(frame, SCREEN) == wanted
    assert SCREEN.contains(within(frame, SCREEN))


def test_the_least_size_is_that_in_which_all_is_seen_or_the_screen() -> None:
    assert least_on(QSize(1920, 1080), 1.0) == QSize(1024, 640)
    assert least_on(QSize(1024, 640), 1.0) == QSize(1008, 600)
    assert least_on(QSize(800, 480), 1.0) == QSize(784, 440)


# -- windows


def test_the_first_start_leaves_room_for_a_title_bar(start: Start) -> None:
    window, screen = start(), QApplication.primaryScreen().availableGeometry()
    assert window.height() <= screen.height() - 30
    assert window.minimumSize() == least_on(screen.size(), 1.0)


def test_place_and_size_come_back(start: Start) -> None:
    window = start()
    window.setGeometry(5, 50, 786, 690)
    again = start()
    assert (again.pos(), again.size()) == (window.pos(), QSize(786, 690))


def test_maximised_comes_back_with_its_normal_size(qtbot: QtBot, start: Start) -> None:
    window = start()
    window.setGeometry(5, 50, 786, 690)
    window.showMaximized()
    qtbot.waitUntil(window.isMaximized, timeout=LIMIT_MS)
    again = start()
    qtbot.waitUntil(again.isMaximized, timeout=LIMIT_MS)
    assert again.normalGeometry().size() == QSize(786, 690)


def test_full_screen_goes_back_to_what_it_was(qtbot: QtBot, start: Start) -> None:
    window = start()
    for maximised in (False, True):
        if maximised:
            window.showMaximized()
        window.appearance.toggle_full_screen()
        qtbot.waitUntil(window.isFullScreen, timeout=LIMIT_MS)
        window.appearance.toggle_full_screen()
        qtbot.waitUntil(lambda: not window.isFullScreen(), timeout=LIMIT_MS)
        assert window.isMaximized() is maximised


def test_nobody_starts_in_full_screen(qtbot: QtBot, start: Start) -> None:
    window = start()
    window.showMaximized()
    window.appearance.toggle_full_screen()
    qtbot.waitUntil(window.isFullScreen, timeout=LIMIT_MS)
    again = start()
    assert not again.isFullScreen()
    assert again.isMaximized()


@pytest.mark.parametrize("text", ["rubbish", "AAAA", "é", "A" * 4000])
def test_a_place_that_is_none_is_no_trouble(start: Start, tmp_path: Path, text: str) -> None:
    SettingsFile(tmp_path).change(window_place=text)
    window = start()
    assert window.isVisible()
    assert window.windowState() == Qt.WindowState.WindowNoState
    assert not window.notices.words()


def test_what_lies_beyond_the_screen_is_brought_back(qtbot: QtBot, start: Start) -> None:
    window, screen = start(), QApplication.primaryScreen().availableGeometry()
    window.move(screen.right() - 60, screen.bottom() - 60)
    window.place.bring_back()
    assert screen.contains(window.frameGeometry())
    size = window.size()
    window.move(-5000, -5000)
    again = start()
    qtbot.waitUntil(lambda: screen.contains(again.frameGeometry()), timeout=LIMIT_MS)
    assert again.size() == size


def test_column_tab_and_length_of_the_time_window_come_back(qtbot: QtBot, start: Start) -> None:
    window = start()
    resized(window, 1440, 900)
    window.side.tabs.choose("code")
    window.side.set_tall(True)
    window._middle.toggle_side()
    window.stage.window_of_time.set_span(30 * 10**9)
    again = start()
    resized(again, 1440, 900)
    assert not again.side.isVisible()
    assert again.strip.isVisible()  # the verdict is always somewhere
    assert again.stage.window_of_time.span == 30 * 10**9
    assert (again.side.tabs.chosen, again.side.is_tall) == ("code", True)
    again._middle.toggle_side()
    assert (again.side.isVisible(), again.strip.isVisible()) == (True, False)
    assert start().settings.settings.right_open


def test_a_drawer_that_is_closed_says_nothing_of_the_column(start: Start) -> None:
    window = start()
    resized(window, 1100, 700)
    window._middle.toggle_side()
    window._middle.toggle_side()
    assert not window.side.isVisible()
    again = start()
    resized(again, 1440, 900)
    assert again.side.isVisible()


def test_a_tab_comes_back_once_it_is_offered(qtbot: QtBot, start: Start) -> None:
    window = start()
    window.side.tabs.set_offered("output", True)
    window.side.tabs.choose("output")
    again = start()
    assert again.side.tabs.chosen == "tasks"
    again.side.tabs.set_offered("output", True)
    assert again.side.tabs.chosen == "output"


def test_a_tab_that_was_pressed_counts_more_than_the_one_of_last_time(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    tabs = TabCard(DARK, "tabs", "Tabs")
    qtbot.addWidget(tabs)
    for name in ("one", "two", "three"):
        tabs.add(name, name, QWidget())
    tabs.set_offered("three", False)
    tabs.wish("three")
    assert (tabs.chosen, tabs.wished) == ("one", "three")
    tabs._tabs["two"].click()
    tabs.set_offered("three", True)
    assert (tabs.chosen, tabs.wished) == ("two", "two")


def test_pictures_have_the_size_that_was_asked_for(start: Start) -> None:
    window = start()
    window.show_at(QSize(1500, 800))
    assert window.size() == QSize(1500, 800)
