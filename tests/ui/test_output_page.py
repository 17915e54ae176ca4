"""The output tab: lines of a run in rows, following the newest, selecting and copying; and when the tab is offered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from playground.lab.wire import current_worker
from playground.lab.wire import output_rings as layout
from playground.reading.printed import MOST_KEPT
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from tests.core.labs import finished, forget_added, made_of
from ui.kit.theme import DARK, LIGHT, Theme, ThemeSource
from ui.runs.output.output_list import OutputList
from ui.runs.output.output_page import EVERY_NS, OutputPage
from ui.runs.output.output_paint import ROW
from ui.runs.output.output_rows import MOST_TRACEBACKS
from ui.settings.settings_file import SettingsFile
from ui.window import Window
from ui.workers.printing import Divided

LIMIT_MS = 60_000
JOBS = {
    "talking": """
solo = False

def say(worker, number):
    print("worker", worker, "says", number)

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(say, worker, number)
""",
    "raising": """
def fail(worker):
    raise ValueError("worker %d has had enough" % worker)

solo = False

def ops(worker, amount):
    yield Call(print, "about to fail")
    yield Call(fail, worker)
""",
    "failing": """
solo = False

def ops(worker, amount):
    yield Call(int, "not a number")
""",
    "silent": """
def ops(worker, amount):
    yield Sleep(0.001)
""",
}


@pytest.fixture
def own_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made_of(tmp_path / "sources", monkeypatch, **JOBS)
    yield
    monkeypatch.undo()
    forget_added()


class Talk:
    """A run that has not been started, and this test in the place of its workers."""

    def __init__(self) -> None:
        self.run = Run(7, Recipe(workers=4))
        path = str(self.run.directory.path / "output")
        layout.create(path, 4)
        self._output = layout.Output(path, home=0)

    def say(self, *lines: str, worker: int = 0) -> None:
        self._output.put(worker, list(lines))

    def number(self, first: int, last: int, worker: int = 0) -> None:
        self.say(*map(str, range(first, last)), worker=worker)


@pytest.fixture
def talk() -> Iterator[Talk]:
    made = Talk()
    yield made
    made.run.close()


class Shown:
    """The page, in a window of its own, and a clock for it."""

    def __init__(self, home: QWidget, page: OutputPage) -> None:
        self.home = home
        self.page, self.rows, self.list = page, page.rows, page.list
        self.now = 0

    def tick(self) -> None:
        self.now += EVERY_NS
        self.page.tick(self.now)

    def catch_up(self, run: Run) -> None:
        self.tick()
        while run.output.behind:
            self.tick()
        self.tick()

    def texts(self) -> list[str]:
        return [self.rows.row(serial).text for serial in range(self.rows.first, self.rows.end)]

    def seen(self, serial: int) -> int:
        """Where a row is, in the viewport."""
        return row_centre(self.list, serial).y()


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    home = QWidget()
    home.resize(320, 240)
    page = OutputPage(DARK)
    page.setParent(home)
    page.resize(320, 240)
    qtbot.addWidget(home)
    home.show()
    qtbot.waitExposed(home)
    return Shown(home, page)


# --- rows


def test_lines_come_while_it_is_looked_at(shown: Shown, talk: Talk) -> None:
    talk.say("first")
    shown.page.show_run(talk.run, 0)
    assert shown.texts() == ["first"]
    talk.say("second", worker=3)
    talk.say("nobody's", worker=-1)
    shown.tick()
    assert shown.texts() == ["first", "second", "nobody's"]


def test_it_looks_ten_times_a_second_at_most(shown: Shown, talk: Talk) -> None:
    shown.page.show_run(talk.run, 0)
    shown.tick()
    talk.say("new")
    for later in range(0, EVERY_NS, EVERY_NS // 10):
        shown.page.tick(shown.now + later)
    assert shown.texts() == []
    shown.page.tick(shown.now + EVERY_NS)
    assert shown.texts() == ["new"]


def test_one_worker_is_shown_alone(shown: Shown, talk: Talk) -> None:
    for number in range(3):
        talk.number(number, number + 1, worker=number)
    shown.page.show_run(talk.run, 0)
    shown.page.filter.click()
    assert [(choice.title, choice.note) for choice in shown.page.menu.rows()] == [
        ("All", "3 lines"),
        ("A", "1 line"),
        ("B", "1 line"),
        ("C", "1 line"),
    ]
    shown.page.menu.close_popover()
    shown.page.menu.chosen.emit("1")
    assert (shown.texts(), shown.page.filter.words()) == (["1"], "B")
    talk.say("more of A")
    talk.say("more of B", worker=1)
    shown.tick()
    assert shown.texts() == ["1", "more of B"]
    shown.page.menu.chosen.emit("all")
    assert len(shown.texts()) == 5


def test_what_was_missed_is_told_where_it_is_missing(shown: Shown, talk: Talk) -> None:
    talk.say("seen")
    shown.page.show_run(talk.run, 0)
    long = "x" * (layout.MOST_BYTES - 10)
    talk.say(*[f"{number} {long}" for number in range(900)])
    talk.say("one of B", worker=1)
    shown.catch_up(talk.run)
    gap = talk.run.output.missed
    assert 600 < gap < 900
    assert (shown.rows.earlier, shown.texts()[:2]) == (0, ["seen", f"{gap} lines not shown"])
    assert shown.texts()[2:-1] == [f"{number} {long}" for number in range(gap, 900)]
    shown.page.menu.chosen.emit("1")
    assert shown.texts() == [f"{gap} lines of all workers not shown", "one of B"]


def test_what_falls_off_is_counted(shown: Shown, talk: Talk) -> None:
    shown.page.show_run(talk.run, 0)
    for first in range(0, MOST_KEPT + 700, 300):
        talk.number(first, first + 300)
        shown.catch_up(talk.run)
    assert len(shown.rows) == MOST_KEPT
    assert shown.texts()[0] == str(shown.rows.earlier)
    assert shown.rows.earlier_words() == f"{shown.rows.earlier} earlier lines not shown"
    before = shown.rows.earlier
    shown.page.show_run(None, 0)
    assert len(shown.rows) == 0
    shown.page.show_run(talk.run, 0)
    assert (len(shown.rows), shown.rows.earlier) == (MOST_KEPT, before)


@pytest.mark.usefixtures("own_jobs")
def test_what_a_worker_raised_stands_at_the_end_of_its_lines(shown: Shown) -> None:
    with finished(Recipe(job="raising", model="threads", workers=2, amount=1)) as run:
        run.let_go()
        shown.page.show_run(run, 0)
        shown.catch_up(run)
        rows = [shown.rows.row(serial) for serial in range(shown.rows.first, shown.rows.end)]
        assert [row.kind for row in rows[:3]] == ["line", "line", "error"]
        assert {row.worker for row in rows if row.kind == "error"} == {0, 1}
        assert rows[-1].text == "ValueError: worker 1 has had enough"
        count = len(rows)
        shown.catch_up(run)
        assert len(shown.rows) == count, "once"
        shown.page.menu.chosen.emit("0")
        assert shown.texts()[-1] == "ValueError: worker 0 has had enough"


@pytest.mark.usefixtures("own_jobs")
def test_of_many_that_raised_the_first_are_told(shown: Shown) -> None:
    with finished(Recipe(job="raising", model="serial", workers=30, amount=1)) as run:
        shown.page.show_run(run, 0)
        shown.catch_up(run)
        assert shown.texts()[-1] == f"{30 - MOST_TRACEBACKS} more workers raised"
        assert sum(text.startswith("ValueError") for text in shown.texts()) == MOST_TRACEBACKS


# --- the list


def test_it_follows_the_newest_line_until_it_is_scrolled_up(shown: Shown, talk: Talk, qtbot: QtBot) -> None:
    talk.number(0, 100)
    shown.page.show_run(talk.run, 0)
    bar = shown.list.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert bar.isVisible()
    assert shown.list.newest.isHidden()
    talk.number(100, 120)
    shown.tick()
    assert bar.value() == bar.maximum()
    bar.setValue(bar.maximum() - 10 * ROW)
    assert not shown.list.newest.isHidden()
    place = shown.seen(100)
    talk.number(120, 200)
    shown.tick()
    assert shown.seen(100) == place
    qtbot.mouseClick(shown.list.newest, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()
    assert shown.list.newest.isHidden()
    QTest.keyClick(shown.list, Qt.Key.Key_Home)
    assert (bar.value(), shown.list.following) == (0, False)
    QTest.keyClick(shown.list, Qt.Key.Key_End)
    assert (bar.value(), shown.list.following) == (bar.maximum(), True)


def test_what_is_read_stays_where_it_is_while_older_lines_fall_off(shown: Shown, talk: Talk) -> None:
    talk.number(0, MOST_KEPT)
    shown.page.show_run(talk.run, 0)
    shown.catch_up(talk.run)
    shown.list.verticalScrollBar().setValue(2000 * ROW)
    serial = shown.rows.first + 2003
    text, place = shown.rows.row(serial).text, shown.seen(serial)
    for first in range(MOST_KEPT, MOST_KEPT + 900, 300):
        talk.number(first, first + 300)
        shown.catch_up(talk.run)
    assert shown.rows.first > 0
    assert shown.rows.row(serial).text == text
    assert abs(shown.seen(serial) - place) <= ROW, "but for the row that tells of those that fell off"


def test_only_rows_in_sight_are_asked_for(shown: Shown, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.number(0, 4000)
    shown.page.show_run(talk.run, 0)
    shown.catch_up(talk.run)
    asked: list[int] = []
    original = shown.rows.row
    monkeypatch.setattr(shown.rows, "row", lambda serial: (asked.append(serial), original(serial))[1])
    shown.list.grab()
    assert 0 < len(asked) <= 240 // ROW + 3


def row_centre(output: OutputList, serial: int) -> QPoint:
    """The middle of a row, in the viewport."""
    height = output.px(ROW)
    y = output._top() + (serial - output.rows.first) * height - output.verticalScrollBar().value() + height / 2
    return QPointF(output.viewport().width() / 2, y).toPoint()


def press(shown: Shown, serial: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = row_centre(shown.list, serial)
    QTest.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def copied(shown: Shown) -> str:
    QGuiApplication.clipboard().clear()
    QTest.keyClick(shown.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def test_lines_are_selected_and_copied(shown: Shown, talk: Talk) -> None:
    for number in range(10):
        talk.number(number, number + 1, worker=number % 2)
    shown.page.show_run(talk.run, 0)
    first = shown.rows.first
    assert copied(shown) == ""
    press(shown, first + 2)
    assert copied(shown) == "A: 2\n"
    press(shown, first + 4, Qt.KeyboardModifier.ShiftModifier)
    assert copied(shown) == "A: 2\nB: 3\nA: 4\n"
    view = shown.list.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=row_centre(shown.list, first + 6))
    QTest.mouseMove(view, row_centre(shown.list, first + 5))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=row_centre(shown.list, first + 5))
    assert copied(shown) == "B: 5\nA: 6\n"
    talk.say("one more")
    shown.tick()
    assert copied(shown) == "B: 5\nA: 6\n"
    QTest.keyClick(shown.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert copied(shown).splitlines()[-1] == "A: one more"
    QTest.keyClick(shown.list, Qt.Key.Key_Escape)
    assert copied(shown) == ""
    shown.page.menu.chosen.emit("1")
    QTest.keyClick(shown.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert copied(shown) == "1\n3\n5\n7\n9\n", "whose they are is clear"


def test_all_is_copied_by_a_button_and_told(shown: Shown, talk: Talk, qtbot: QtBot) -> None:
    talk.say("a", worker=-1)
    talk.say("\x1b[31mb\x1b[0m")
    shown.page.show_run(talk.run, 0)
    with qtbot.waitSignal(shown.page.list.copied, timeout=LIMIT_MS):
        qtbot.mouseClick(shown.page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "a\nA: b\n"


def test_a_drag_beyond_the_edge_scrolls(shown: Shown, talk: Talk, qtbot: QtBot) -> None:
    talk.number(0, 200)
    shown.page.show_run(talk.run, 0)
    bar, view = shown.list.verticalScrollBar(), shown.list.viewport()
    before = bar.value()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=row_centre(shown.list, shown.rows.end - 2))
    QTest.mouseMove(view, QPoint(50, -40))
    qtbot.waitUntil(lambda: bar.value() < before - 10 * ROW, timeout=LIMIT_MS)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(50, -40))
    assert len(shown.list.selected()) > 10


def tool_tip(shown: Shown, serial: int) -> str:
    place = row_centre(shown.list, serial)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, shown.list.viewport().mapToGlobal(place))
    QApplication.sendEvent(shown.list.viewport(), event)
    return QToolTip.text()


@pytest.mark.qt_log_ignore("does not support raise", extend=True)  # a tool tip is a window of its own
def test_a_line_that_does_not_fit_is_told_whole(shown: Shown, talk: Talk, qtbot: QtBot) -> None:
    talk.say("many words " * 30, "few words")
    shown.page.show_run(talk.run, 0)
    first = shown.rows.first
    assert tool_tip(shown, first).replace("\n", "") == "many words " * 30
    tool_tip(shown, first + 1)
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=LIMIT_MS)


def has(image: QImage, color: str) -> bool:
    wanted = QColor(color).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_workers_and_errors_have_their_colours(shown: Shown, theme: Theme) -> None:
    with finished(Recipe(job="raising", model="threads", workers=1, amount=1)) as run:
        shown.page.show_run(run, 2)
        shown.catch_up(run)
        shown.page.set_theme(theme)
        shown.list.grab()
        image = shown.list.grab().toImage()
        assert has(image, theme.worker(2))
        assert has(image, theme.bad)
        assert not has(image, theme.worker(3))


# --- the tab


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, own_jobs: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(known, "candidates", list)
    made = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


@pytest.fixture
def ended(qtbot: QtBot, window: Window) -> Callable[[Recipe], Run]:
    def run(recipe: Recipe) -> Run:
        started = window.run(recipe)
        assert started is not None
        qtbot.waitUntil(lambda: started.ended, timeout=LIMIT_MS)
        return started

    return run


@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
def test_the_tab_is_offered_when_a_run_has_printed(
    qtbot: QtBot, window: Window, ended: Callable[[Recipe], Run]
) -> None:
    tabs, page = window.side.tabs, window.side.output
    ended(Recipe(job="silent", workers=1, amount=1))
    assert not tabs.offered("output")
    ended(Recipe(job="talking", workers=2, amount=50))
    qtbot.waitUntil(lambda: tabs.offered("output"), timeout=LIMIT_MS)
    assert tabs.chosen != "output"
    tabs.choose("output")
    qtbot.waitUntil(lambda: len(page.rows) == 100, timeout=LIMIT_MS)
    ended(Recipe(job="silent", workers=1, amount=1))
    assert tabs.chosen == "output", "whoever has it open keeps it"
    qtbot.waitUntil(lambda: len(page.rows) == 0, timeout=LIMIT_MS)
    window.teller.choose(2)
    qtbot.waitUntil(lambda: len(page.rows) == 100, timeout=LIMIT_MS)


@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
def test_the_tab_is_offered_for_what_was_raised(qtbot: QtBot, window: Window, ended: Callable[[Recipe], Run]) -> None:
    run = ended(Recipe(job="failing", workers=1, amount=1, model="processes"))
    qtbot.waitUntil(lambda: window.side.tabs.offered("output"), timeout=LIMIT_MS)
    window.side.tabs.choose("output")
    rows = window.side.output.rows
    qtbot.waitUntil(lambda: len(rows) > 2 and rows.row(rows.end - 1).kind == "error", timeout=LIMIT_MS)
    assert run.output.total == 0


# --- inside the app


@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
@pytest.mark.parametrize(
    ("model", "host"), [("threads", "app"), ("qthread", "app"), ("qthreadpool", "app"), ("serial", "ui")]
)
def test_workers_inside_the_app_print_to_their_run(
    qtbot: QtBot, window: Window, capsys: pytest.CaptureFixture[str], model: str, host: str
) -> None:
    window.settings.change(freeze_allowed=True)
    current_worker.worker.set(current_worker.NOBODY)  # tests before this one may have been workers in this thread
    runs = [
        window.run(Recipe(job="talking", model=model, host=host, workers=3, amount=amount, seconds=5))
        for amount in (20, 30)
    ]
    qtbot.waitUntil(lambda: all(run is not None and run.ended for run in runs), timeout=LIMIT_MS)
    print("of the app itself")
    for run, amount in zip(runs, (20, 30), strict=True):
        assert run is not None
        assert run.engine.outcome == "finished"
        assert [run.output.lines_of(worker) for worker in (-1, 0, 1, 2)] == [0, amount, amount, amount]
        texts = [line.text for line in run.output.pull() if line.worker == 1]
        assert texts == [f"worker 1 says {number}" for number in range(amount)]
    assert capsys.readouterr().out == "of the app itself\n"
    assert not isinstance(sys.stdout, Divided)
    assert current_worker.worker.get() == current_worker.NOBODY
