"""Starters, notices, the palette, the status bar, and what all controls share."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import checked
from ui.kit import keys, quantities
from ui.kit.button import Button
from ui.kit.choosing import Segments
from ui.kit.labels import Label
from ui.kit.notices import Notices
from ui.kit.theme import DARK, LIGHT
from ui.recipe.palette import Palette, rank
from ui.recipe.starters import STARTERS, Starters
from ui.runs.status_bar import CostFigures, StatusBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 600)
    QVBoxLayout(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def put(window: QWidget, *widgets: QWidget) -> None:
    layout = window.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
        widget.show()
    QApplication.processEvents()


def press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


# --- starters


@pytest.fixture
def starters(window: QWidget) -> Starters:
    starters = Starters(DARK)
    put(window, starters)
    return starters


def test_every_starter_can_be_run() -> None:
    for starter in STARTERS:
        checked(starter.recipe)


@pytest.mark.parametrize("place", [0, 1])
def test_one_press_starts(starters: Starters, qtbot: QtBot, place: int) -> None:
    with qtbot.waitSignal(starters.start_requested, timeout=1000) as recipe:
        qtbot.mouseClick(starters.cards[place].start, Qt.MouseButton.LeftButton)
    assert recipe.args == [STARTERS[place].recipe]


def test_freezing_asks_in_its_card_the_first_time(starters: Starters, qtbot: QtBot) -> None:
    card = starters.cards[2]
    told: list[object] = []
    starters.freeze_allowed.connect(lambda: told.append("allowed"))
    starters.start_requested.connect(told.append)
    qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert card.asking()
    qtbot.mouseClick(card.no, Qt.MouseButton.LeftButton)
    assert not card.asking()
    assert told == []
    qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.yes, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert told == ["allowed", STARTERS[2].recipe, STARTERS[2].recipe]


def test_a_press_anywhere_on_a_card_starts_it(qtbot: QtBot, window: QWidget) -> None:
    starters = Starters(DARK)
    starters.setParent(window)
    starters.resize(1000, 500)
    starters.show()
    told: list[object] = []
    starters.start_requested.connect(told.append)
    first, freeze = starters.cards[0], starters.cards[2]
    for place in (QPoint(20, 20), QPoint(first.width() // 2, first.height() // 2), QPoint(first.width() - 9, 9)):
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton, pos=place)
    assert told == [STARTERS[0].recipe] * 3
    qtbot.mouseClick(first, Qt.MouseButton.RightButton, pos=QPoint(20, 20))
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(-20, 20))
    assert len(told) == 3, "left before it was let go"
    qtbot.mouseClick(freeze, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert freeze.asking()
    qtbot.mouseClick(freeze, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert (len(told), freeze.asking()) == (3, True), "it asked: only the answers count"


def test_who_has_said_yes_is_not_asked(qtbot: QtBot, window: QWidget) -> None:
    starters = Starters(LIGHT, freeze_allowed=True)
    put(window, starters)
    with qtbot.waitSignal(starters.start_requested, timeout=1000) as recipe:
        qtbot.mouseClick(starters.cards[2].start, Qt.MouseButton.LeftButton)
    assert recipe.args[0].host == "ui"


def test_starters_shrink_with_the_window(starters: Starters, window: QWidget) -> None:
    window.resize(720, 360)
    QApplication.processEvents()
    for card in starters.cards:
        assert starters.rect().contains(card.geometry())
        assert card.rect().contains(card.start.mapTo(card, QPoint(0, 0)))
    starters.set_theme(LIGHT)
    starters.grab()


@pytest.mark.parametrize("height", [119, 150, 172, 200, 215, 243, 260, 320, 400])
@pytest.mark.parametrize("asks", [False, True])
def test_however_low_it_is_there_is_a_button_and_nothing_is_cut(
    qtbot: QtBot, window: QWidget, height: int, asks: bool
) -> None:
    starters = Starters(DARK)
    starters.setParent(window)
    starters.resize(832, height)
    starters.show()
    freeze = starters.cards[2]
    if asks:
        freeze.start.click()

    def wrong() -> list[str]:
        found = []
        for card in starters.cards:
            widgets = [one for one in card.findChildren(QWidget) if one.isVisible() and not one.layout()]
            rows = [QRect(one.mapTo(starters, QPoint(0, 0)), one.size()) for one in widgets]
            for widget, row in zip(widgets, rows, strict=True):
                if not QRect(card.pos(), card.size()).intersected(starters.rect()).contains(row):
                    found.append(f"{card.objectName()}: {widget.accessibleName() or widget.objectName()} is cut")
                if isinstance(widget, Label) and widget.height() < widget.heightForWidth(widget.width()):
                    found.append(f"{widget.words()} is squeezed")
            found += [
                f"{card.objectName()} overlaps"
                for one in rows
                for other in rows
                if one != other and one.intersects(other)
            ]
            found += [] if card.asking() or card.start.isVisible() else ["no button"]
        return found

    qtbot.waitUntil(lambda: not wrong(), timeout=5000)
    assert freeze.asking() is asks
    assert starters.cards[0]._picture.isVisible() is (height >= 212)


# --- notices


def seen(notices: Notices) -> list[str]:
    return [notice.words for notice in notices.notices() if notice.isVisible()]


def lying(window: QWidget) -> Notices:
    notices = Notices(DARK)
    notices.setParent(window)
    notices.lie_over(window.rect())
    return notices


def test_two_notices_are_seen_and_the_others_asked_for(qtbot: QtBot, window: QWidget) -> None:
    notices = lying(window)
    for number in range(5):
        notices.add(f"Notice {number}")
    assert seen(notices) == ["Notice 3", "Notice 4"]
    assert notices.more.words() == "and 3 more"
    notices.add("Notice 2")
    assert notices.words() == ["Notice 0", "Notice 1", "Notice 3", "Notice 4", "Notice 2"]
    qtbot.mouseClick(notices.more, Qt.MouseButton.LeftButton)
    assert (seen(notices), notices.more.words()) == (notices.words(), "Show fewer")
    qtbot.mouseClick(notices.more, Qt.MouseButton.LeftButton)
    assert seen(notices) == ["Notice 4", "Notice 2"]
    for left in (4, 3, 2, 1, 0):
        close = notices.notices()[-1].findChild(Button, "notice_close")
        assert close is not None
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
        assert len(seen(notices)) == min(2, left)
        assert notices.more.isVisible() is (left > 2)
    assert not notices.isVisible()


def test_notices_do_not_grow_without_end_and_what_asks_stays(window: QWidget) -> None:
    notices = lying(window)
    notices.add("A question", [("a", "A")])
    for number in range(100):
        notices.add(f"Notice {number}")
    assert len(notices.words()) == 20
    assert notices.words()[0] == "A question"


def test_what_is_merely_told_goes_by_itself(qtbot: QtBot, window: QWidget) -> None:
    notices = lying(window)
    told, question, wrong = notices.add("told"), notices.add("ask", [("a", "A")]), notices.add("wrong", trouble=True)
    assert [notice._timer.isActive() for notice in (told, question, wrong)] == [True, False, False]
    told.enterEvent(None)  # under the mouse
    assert not told._timer.isActive()
    told._timer.setInterval(1)
    told.leaveEvent(None)
    qtbot.waitUntil(lambda: notices.words() == ["ask", "wrong"])


def test_a_notice_goes_with_its_cause(window: QWidget) -> None:
    notices = lying(window)
    notices.add("Run 1 failed", trouble=True, about="run 1")
    notices.add("Run 1 froze", [("a", "A")], about="run 1")
    notices.add("Run 11 failed", trouble=True, about="run 11")
    notices.add("The disk is full", trouble=True)
    notices.forget("run 1")
    assert notices.words() == ["Run 11 failed", "The disk is full"]
    notices.forget("")


def test_an_action_is_told_and_ends_its_notice(qtbot: QtBot, window: QWidget) -> None:
    notices = Notices(DARK)
    put(window, notices)
    notice = notices.add("This window froze for 1.8 s.", [("lab", "Run in a lab process"), ("b", "B"), ("c", "C")])
    assert {button.objectName() for button in notice.findChildren(Button)} == {"notice_lab", "notice_b", "notice_close"}
    button = notice.findChild(Button, "notice_lab")
    assert button is not None
    with qtbot.waitSignal(notices.action, timeout=1000) as action:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert action.args == ["lab"]
    assert notices.words() == []


@pytest.mark.parametrize("width", [420, 1000])
def test_all_words_of_a_notice_are_seen_or_a_sign_that_there_are_more(window: QWidget, width: int) -> None:
    window.resize(width, 700)
    notices = lying(window)
    notices.add("words that are read " * 12)
    notices.add("word " * 300, [("lab", "Run in a lab process")])
    QApplication.processEvents()
    assert window.width() == width
    assert window.rect().contains(notices.geometry())
    assert notices.geometry().bottom() > window.height() - 20
    for notice, cut in zip(notices.notices(), (False, True), strict=True):
        (label,) = notice.findChildren(Label)
        assert label.height() >= label.heightForWidth(label.width())
        assert label.words().endswith("word…") is cut
        assert label.toolTip() == notice.words


# --- palette


@pytest.mark.parametrize(
    ("shortcut", "words"), [("Ctrl+K", "Ctrl K"), ("+", "+"), ("Ctrl++", "Ctrl +"), ("-", "-"), ("F11", "F11")]
)
def test_a_shortcut_keeps_a_plus_that_is_a_key(shortcut: str, words: str) -> None:
    assert keys.badge(shortcut) == words


@pytest.fixture
def actions(window: QWidget) -> list[QAction]:
    made = [QAction(words, window) for words in ("&Run", "Stop all", "Freeze the picture", "Run again", "Hidden")]
    made[1].setShortcut(QKeySequence("Ctrl+."))
    made[3].setEnabled(False)
    made[4].setVisible(False)
    return made


@pytest.fixture
def palette(window: QWidget, actions: list[QAction]) -> Palette:
    anchor = Button(DARK, "search", "Search")
    put(window, anchor)
    palette = Palette(DARK)
    palette.open_with(actions, anchor)
    return palette


def test_it_lists_what_can_be_seen(palette: Palette) -> None:
    assert palette.titles() == ["Run", "Stop all", "Freeze the picture", "Run again"]
    palette.grab()


def test_typing_filters_and_enter_does_it(palette: Palette, actions: list[QAction], qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "pic fr")
    assert palette.titles() == ["Freeze the picture"]
    with qtbot.waitSignal(actions[2].triggered, timeout=1000):
        press(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_arrow_keys_go_round(palette: Palette, actions: list[QAction], qtbot: QtBot) -> None:
    press(palette.field, Qt.Key.Key_Down)
    assert palette.current_row() == 1
    for _ in range(2):
        press(palette.field, Qt.Key.Key_Up)
    assert palette.current_row() == 3
    press(palette.field, Qt.Key.Key_Return)  # switched off: nothing happens
    assert palette.isVisible()
    press(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_nothing_found_is_no_trouble(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "zzz")
    assert palette.titles() == []
    press(palette.field, Qt.Key.Key_Return)
    press(palette.field, Qt.Key.Key_Down)
    palette.grab()


def test_beginnings_rank_first() -> None:
    assert rank("Run again", "run") == 0
    assert rank("Stop the run", "run") == 1
    assert rank("Prune", "run") == 2
    assert rank("Stop", "run") is None


# --- status bar


def test_costs_are_said_with_how_they_were_measured(qtbot: QtBot, window: QWidget) -> None:
    status = StatusBar(DARK)
    put(window, status)
    status.show_costs(CostFigures(0.021, 0.0042, 0.0934, 0, "measured", None, 1000.0, 5, "CPython 3.11"))
    assert status.facts() == {
        "status_gil": "GIL measured at 1 kHz",
        "status_probe": "probe 2.1 % of a core",
        "status_recorder": "recorder 0.4 %",
        "status_app": "this window 9.3 % of a core",
        "status_lost": "0 records lost",
        "status_nice": "labs nice +5",
        "status_interpreter": "CPython 3.11",
    }
    for name in status.facts():
        assert status._facts[name].toolTip()


def test_what_is_not_measured_is_not_shown_and_why_is_told(qtbot: QtBot, window: QWidget) -> None:
    status = StatusBar(DARK)
    put(window, status)
    status.show_costs(CostFigures(gil_source="estimated", gil_why="ptrace is not permitted", lost_records=1))
    assert status.facts() == {"status_gil": "GIL estimated", "status_lost": "1 record lost"}
    assert status._facts["status_gil"].toolTip() == "ptrace is not permitted"


def test_a_message_goes_by_itself(qtbot: QtBot, window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.runs.status_bar.MESSAGE_MS", 1)
    status = StatusBar(DARK)
    put(window, status)
    status.show_message("Saved")
    qtbot.waitUntil(lambda: status.message.words() == "")
    status.show_message("Lasting", lasting=True)
    assert status.message.words() == "Lasting"


# --- controls


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_press_a_button_even_where_the_window_uses_them(qtbot: QtBot, window: QWidget, key: Qt.Key) -> None:
    button = Button(DARK, "button", "Press")
    put(window, button)
    window.addAction(QAction("Freeze", window, shortcut=QKeySequence(key)))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    override.ignore()
    QApplication.sendEvent(button, override)
    assert override.isAccepted()
    with qtbot.waitSignal(button.clicked, timeout=1000):
        press(button, key)


def test_the_focus_ring_is_for_the_keyboard(qtbot: QtBot, window: QWidget) -> None:
    button, other = Button(DARK, "button", "Press"), Button(DARK, "other", "Other")
    put(window, button, other)
    window.activateWindow()
    plain = button.grab().toImage()
    other.setFocus(Qt.FocusReason.TabFocusReason)
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert button.grab().toImage() == plain
    other.setFocus(Qt.FocusReason.TabFocusReason)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.grab().toImage() != plain


def test_segments_keep_their_widgets_while_the_choices_stay(qtbot: QtBot, window: QWidget) -> None:
    segments = Segments(DARK, "segments", "Which")
    put(window, segments)
    segments.set_choices(["7", "8"], "8")
    kept = segments.segment("8")
    segments.set_choices(["7", "8"], "7")
    assert segments.segment("8") is kept
    assert segments.taken() == "7"
    segments.set_choices(["8", "9"], "9")
    assert (segments.choices(), segments.taken()) == (["8", "9"], "9")


# --- numbers as people read them


def test_numbers_are_written_as_people_read_them() -> None:
    assert quantities.whole(12000) == "12\u2009000"
    assert quantities.figure(37.149) == "37.1"
    assert quantities.figure(146.2) == "146"
    assert quantities.figure(0) == "0"
    assert quantities.figure(-3.14159) == "\u22123.14"
    assert [quantities.seconds(s) for s in (2, 0.005, 0.0005, 0.00001)] == ["2 s", "5 ms", "500 µs", "10 µs"]
    assert quantities.quantity(1000, "Hz") == "1 kHz"
    assert quantities.quantity("spawn", "") == "spawn"
    assert [quantities.percent(part) for part in (0, 0.001, 0.244, 1)] == ["0 %", "< 1 %", "24 %", "100 %"]
    assert [quantities.times(ratio) for ratio in (0.5, 3.94, 57.2, 4321)] == ["0.50 ×", "3.9 ×", "57 ×", "4\u2009321 ×"]
    assert [quantities.milliseconds(late) for late in (3.94, 16.2, 2327)] == ["3.9 ms", "16 ms", "2.3 s"]
    assert [quantities.megabytes(size) for size in (0.0031, 0.02, 0.3, 11.4)] == [
        "3.1 KB", "20 KB", "0.3 MB", "11.4 MB",
    ]  # fmt: skip
