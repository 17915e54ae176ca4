"""The window by keyboard alone: Tab reaches everything and shows where it is, keys go to the widget that needs them,
and all that a mouse can do has its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.code.code_editor import CodeEditor
from ui.code.code_marks import Mark
from ui.kit import tab_order
from ui.kit.popover import Popover
from ui.kit.theme import ThemeSource
from ui.runs.output.output_list import OutputList
from ui.runs.run_rows import RunColumn
from ui.settings.settings_file import SettingsFile
from ui.stage.stage import Stage
from ui.window import Window

pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

LIMIT_MS = 60_000
SHORT = Recipe(job="sleep", workers=2, amount=1)
BROKEN = Recipe(job="own", code="def job(i, n):\n    retrun 1\n")
INTERACTIVE = (QAbstractButton, QLineEdit, QAbstractSlider, QAbstractItemView, QPlainTextEdit, OutputList, Stage)
TAB = Qt.FocusReason.TabFocusReason


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    window.close()


@pytest.fixture
def ended(qtbot: QtBot, window: Window) -> Callable[..., Run]:
    def run(recipe: Recipe = SHORT) -> Run:
        started = window.run(recipe)
        assert started is not None
        qtbot.waitUntil(lambda: started.ended, timeout=LIMIT_MS)
        qtbot.waitUntil(lambda: bool(window.runs_panel.runs()), timeout=LIMIT_MS)
        return started

    return run


def press(
    qtbot: QtBot, window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    qtbot.keyClick(window.focusWidget() or window, key, held)


def tab(qtbot: QtBot, window: Window) -> QWidget:
    focused = window.focusWidget()
    held = Qt.KeyboardModifier.ControlModifier if isinstance(focused, CodeEditor) else Qt.KeyboardModifier.NoModifier
    press(qtbot, window, Qt.Key.Key_Tab, held)
    reached = window.focusWidget()
    assert reached is not None
    return reached


# --- Tab reaches everything


def named(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__


def used(window: Window) -> set[QWidget]:
    """All that a mouse can use, but for the unchecked of a group, to which arrow keys go."""
    inside = [one for area in window.keyboard.areas for one in (area, *area.findChildren(QWidget))]
    return {
        one
        for one in inside
        if isinstance(one, INTERACTIVE) or one.objectName() in ("verdict", "code_problem", "legend")
        if not isinstance(one, (QHeaderView, QScrollBar))
        if one.isVisible() and one.isEnabled() and not one.visibleRegion().isEmpty() and not tab_order._is_covered(one)
        if not any(isinstance(parent, Popover) for parent in parents(one))
        if not isinstance(one, QAbstractButton) or one.group() is None or one.isChecked()
        if not (isinstance(one, QAbstractButton) and isinstance(one.parent(), QAbstractItemView))  # a table's corner
    }


def parents(widget: QWidget) -> Iterator[QWidget]:
    while (above := widget.parentWidget()) is not None:
        yield above
        widget = above


def picture(window: Window, widget: QWidget) -> QImage:
    corner = widget.mapTo(window, QPoint(0, 0))
    return window.grab(QRect(corner, widget.size()).adjusted(-4, -4, 4, 4)).toImage()


def make_empty(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    pass


def make_runs(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    ended()
    ended(Recipe(job="sleep", workers=3, amount=1, model="serial"))
    window.runs_panel.set_open(True)
    window.notices.add("Something was found.", [("what", "Do it")])


def make_code(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    window.show_recipe(BROKEN)
    window.code_tab.go_to()
    qtbot.waitUntil(window.side.code.problem.isVisible, timeout=LIMIT_MS)


def make_source(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    ended()
    window.side.open_tab("code")


def make_many(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    run = ended(Recipe(job="sleep", workers=150, amount=1, model="asyncio"))
    window.stage.open_worker(run.number, 7)


def make_narrow(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    window.resize(1024, 640)
    ended()
    window.strip.details.click()


def make_line(window: Window, qtbot: QtBot, ended: Callable[..., Run]) -> None:
    window.recipe_bar.type_line()
    window.stage.setFocus()
    window.recipe_bar.type_line()


STATES = (make_empty, make_runs, make_code, make_source, make_many, make_narrow, make_line)


@pytest.mark.parametrize("make_state", STATES, ids=lambda make: make.__name__.removeprefix("make_"))
def test_tab_reaches_everything_and_shows_where_it_is(
    qtbot: QtBot, window: Window, ended: Callable[..., Run], make_state: Callable[..., None]
) -> None:
    make_state(window, qtbot, ended)
    window.clock.stop()  # what moves by itself would look like a ring
    QApplication.processEvents()
    wanted = used(window)
    first = tab(qtbot, window)
    met, pictures = [first], {first: picture(window, first)}
    while (reached := tab(qtbot, window)) is not first:
        assert reached not in met, f"it goes round before the end, at {named(reached)}"
        met.append(reached)
        pictures[reached] = picture(window, reached)
        assert len(met) < 200
    missing = [named(one) for one in wanted if one not in met and one.isVisible()]
    assert not missing
    grouped = [one for one in met if isinstance(one, QAbstractButton) and one.group() is not None]
    assert all(one.isChecked() for one in grouped), "of a group Tab goes to the one that is taken"
    window.focusWidget().clearFocus()
    plain = [named(one) for one in met if one.isVisible() and picture(window, one) == pictures[one]]
    assert not plain, "these show no focus"


def test_the_sentence_comes_first_and_in_the_order_in_which_it_is_read(window: Window) -> None:
    stops = [named(one) for one in tab_order.order(window.keyboard.areas)]
    assert stops[:8] == [
        "type_recipe", "chip_workers", "chip_job", "chip_model", "chip_interpreter", "chip_host", "chip_length", "more",
    ]  # fmt: skip
    assert stops.index("search") < stops.index("stage") < stops.index("live") < stops.index("verdict")


def test_shift_tab_goes_back_and_f6_from_part_to_part(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    ended()
    window.recipe_bar.chip_job.setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_Backtab)
    assert window.focusWidget() is window.recipe_bar.chip_workers
    met = []
    for _ in range(8):
        press(qtbot, window, Qt.Key.Key_F6)
        met.append(window.focusWidget())
    assert window.stage in met
    assert window.side.verdict in met
    assert any(window.runs_panel.isAncestorOf(one) for one in met)
    assert any(window.recipe_bar.isAncestorOf(one) for one in met)


# --- arrow keys in groups


def test_arrow_keys_move_within_a_group_and_not_the_stage(
    qtbot: QtBot, window: Window, ended: Callable[..., Run]
) -> None:
    ended()
    ended()
    segments = window.side.verdict.runs.last
    first, second = segments.choices()
    segments.segment(second).setFocus(TAB)
    span = window.stage.window_of_time
    press(qtbot, window, Qt.Key.Key_Left)
    assert segments.taken() == first
    assert window.teller.chosen == int(first)
    assert window.focusWidget() is segments.segment(first)
    press(qtbot, window, Qt.Key.Key_Right)
    assert segments.taken() == second
    press(qtbot, window, Qt.Key.Key_Home)
    assert segments.taken() == first
    press(qtbot, window, Qt.Key.Key_End)
    assert segments.taken() == second
    assert span.offset == 0


def test_arrow_keys_go_from_tab_to_tab(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    ended()
    window.side.open_tab("tasks")
    window.side.tabs._tabs["tasks"].setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_Right)
    assert window.side.tabs.chosen == "code"
    press(qtbot, window, Qt.Key.Key_Left)
    assert window.side.tabs.chosen == "tasks"
    assert window.stage.window_of_time.offset == 0


# --- letters


def test_letters_are_commands_on_the_stage_and_on_buttons(qtbot: QtBot, window: Window) -> None:
    before, frozen = window.stage.lens_on, window.stage.frozen
    window.stage.setFocus()
    press(qtbot, window, Qt.Key.Key_L)
    assert window.stage.lens_on is not before
    window.recipe_bar.theme_button.setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_L)
    assert window.stage.lens_on is before
    press(qtbot, window, Qt.Key.Key_Space)
    assert window.stage.frozen is frozen, "Space presses the button"
    assert window.themes.choice == "light"


LETTERS = (Qt.Key.Key_P, Qt.Key.Key_L)
KEYS = (*LETTERS, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Home)


@pytest.mark.parametrize("where", ["run_table", "task_table", "code_source", "code_editor", "knobs", "chip", "output"])
def test_no_letter_is_a_command_where_it_means_something_else(
    qtbot: QtBot, window: Window, ended: Callable[..., Run], where: str
) -> None:
    ended()
    done: list[str] = []
    for name in ("pause", "lens", "freeze", "earlier", "later", "live", "begin", "zoom_in", "zoom_out"):
        window.actions_by_name.on(name, lambda name=name: done.append(name))
    match where:
        case "run_table":
            window.runs_panel.set_open(True)
            place: QWidget = window.runs_panel.table
        case "task_table":
            place = window.side.tasks.table
        case "code_source":
            window.side.open_tab("code")
            place = window.side.code.source
        case "code_editor":
            window.show_recipe(BROKEN)
            window.code_tab.go_to()
            place = window.side.code.editor
        case "knobs":
            window.actions_by_name["knobs"].trigger()
            place = window.knobs.row("switch_interval").slider
        case "output":
            window.side.tabs.set_offered("output", True)
            window.side.open_tab("output")
            place = window.side.output.findChild(OutputList)
            place.show()
        case _:
            place = window.recipe_bar.chip_job
    place.setFocus(TAB)
    assert window.focusWidget() is place
    for key in LETTERS if where == "chip" else KEYS:  # Space opens a chip's menu, and a chip is no list
        qtbot.keyClick(place, key)
    assert done == []


def test_tables_find_what_is_typed_and_go_to_their_ends(
    qtbot: QtBot, window: Window, ended: Callable[..., Run]
) -> None:
    ended(Recipe(job="sleep", workers=9, amount=1))
    tasks = window.side.tasks.table
    qtbot.waitUntil(lambda: tasks.model().rowCount() == 9, timeout=LIMIT_MS)
    tasks.setFocus(TAB)
    assert tasks.currentIndex().row() == 0
    qtbot.keyClick(tasks, Qt.Key.Key_D)
    assert tasks.currentIndex().row() == 3
    qtbot.keyClick(tasks, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert tasks.currentIndex().row() == 8
    ended(SHORT)
    window.runs_panel.set_open(True)
    table = window.runs_panel.table
    table.setFocus(TAB)
    assert table.currentIndex().row() == 0, "the newest, with its focus seen"
    qtbot.keyClick(table, Qt.Key.Key_9)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, RunColumn.RECIPE)


def test_a_letter_on_a_chip_is_looked_for_in_its_menu(qtbot: QtBot, window: Window) -> None:
    window.recipe_bar.chip_job.setFocus(TAB)
    qtbot.keyClick(window.recipe_bar.chip_job, Qt.Key.Key_H)
    menu = window.recipe_bar.menus["job"]
    assert menu.isVisible()
    assert all("h" in f"{choice.title} {choice.note}".casefold() for choice in menu.rows())
    qtbot.keyClicks(menu.field, "ash")
    qtbot.keyClick(menu.field, Qt.Key.Key_Return)
    assert window.recipe_bar.recipe().job.startswith("hash")


# --- Ctrl+Enter


@pytest.fixture
def runs(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    asked: list[Recipe] = []

    def run(recipe: Recipe | None = None) -> None:
        window.recipe_bar.settle()
        asked.append(recipe or window.recipe_bar.recipe())

    monkeypatch.setattr(window.launch, "run", run)
    return asked


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize(
    "where", ["stage", "button", "count", "chip", "line", "editor", "menu", "palette", "knobs", "segment", "nothing"]
)
def test_ctrl_enter_runs_from_wherever(
    qtbot: QtBot, window: Window, runs: list[Recipe], where: str, key: Qt.Key
) -> None:
    theme = window.themes.choice
    window.show_recipe(Recipe(workers=3))
    bar = window.recipe_bar
    match where:
        case "button":
            bar.theme_button.setFocus(TAB)
        case "count":
            bar.chip_workers.setFocus(TAB)
            bar.chip_workers.selectAll()
            qtbot.keyClicks(bar.chip_workers, "5")
        case "chip":
            bar.chip_model.setFocus(TAB)
        case "line":
            bar.type_line()
            bar.line.selectAll()
            qtbot.keyClicks(bar.line, "6 x sleep as serial")
        case "editor":
            window.show_recipe(Recipe(job="own", code="def job(i, n): return i"))
            window.code_tab.go_to()
            window.side.code.editor.setFocus(TAB)
        case "menu":
            bar.chip_job.click()
        case "palette":
            window.actions_by_name["palette"].trigger()
        case "knobs":
            window.actions_by_name["knobs"].trigger()
            window.knobs.row("switch_interval").slider.setFocus(TAB)
        case "segment":
            window.side.open_tab("code")
            window.side.code.views.segment("Job").setFocus(TAB)
        case "nothing":
            window.stage.clearFocus()
    text = window.side.code.editor.text()
    press(qtbot, window, key, Qt.KeyboardModifier.ControlModifier)
    assert len(runs) == 1
    assert runs[0].workers == {"count": 5, "line": 6, "editor": 4}.get(where, 3)
    assert not any(popover.isVisible() for popover in window.findChildren(Popover))
    assert window.themes.choice == theme
    assert window.side.code.editor.text() == text
    if where == "line":
        assert window.focusWidget() is window.stage


@pytest.mark.parametrize("table", ["runs", "tasks"])
def test_ctrl_enter_runs_from_a_table(
    qtbot: QtBot, window: Window, ended: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    ended()
    window.runs_panel.set_open(True)
    asked: list[object] = []
    monkeypatch.setattr(window.launch, "run", asked.append)
    place = window.runs_panel.table if table == "runs" else window.side.tasks.table
    place.setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [None]
    assert window.runs_panel.model.checked == []


@pytest.mark.parametrize("where", ["runs", "tasks", "editor", "output"])
def test_f2_begins_a_line_from_wherever(qtbot: QtBot, window: Window, ended: Callable[..., Run], where: str) -> None:
    ended()
    window.runs_panel.set_open(True)
    side = window.side
    if where in ("editor", "output"):
        side.tabs.set_offered("output", True)
        side.open_tab("code" if where == "editor" else "output")
    places: dict[str, QWidget] = {
        "runs": window.runs_panel.table,
        "tasks": side.tasks.table,
        "editor": side.code.editor,
        "output": side.output.findChild(OutputList) or side,
    }
    place = places[where]
    place.setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.recipe_bar.line.isVisible()
    assert window.recipe_bar.line.isAncestorOf(QApplication.focusWidget() or place)


def test_a_line_that_was_taken_leaves_the_keyboard_to_the_stage(qtbot: QtBot, window: Window) -> None:
    bar = window.recipe_bar
    bar.theme_button.setFocus(TAB)
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.focusWidget() is bar.line
    qtbot.keyClick(bar.line, Qt.Key.Key_Escape)
    assert window.focusWidget() is bar.theme_button, "nothing was taken: back to where one was"
    press(qtbot, window, Qt.Key.Key_F2)
    qtbot.keyClicks(bar.line, "2 x sleep as serial for 1 s")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert window.focusWidget() is window.stage
    assert bar.recipe() == Recipe(job="sleep", workers=2, model="serial", seconds=1.0)


def test_the_line_says_what_runs_it(window: Window) -> None:
    assert window.recipe_bar.line.hint() == "Enter takes it · Ctrl+Enter runs it"


# --- what a mouse can do


def test_the_stage_is_read_row_by_row(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    run = ended()
    stage, pressed = window.stage, []
    stage.lane_clicked.connect(lambda number, lane, _moment: pressed.append((number, lane)))
    stage.setFocus(TAB)
    assert not stage.card.isVisible()
    press(qtbot, window, Qt.Key.Key_Down)
    assert stage.card.isVisible()
    assert stage.card.lines[0].split()[0].rstrip(",:·") == "A" or "A" in stage.card.lines[0]
    assert stage.card.lines[0] in stage.accessibleDescription()
    first = list(stage.card.lines)
    press(qtbot, window, Qt.Key.Key_Down)
    assert stage.card.lines[0] != first[0]
    press(qtbot, window, Qt.Key.Key_Return)
    assert pressed == [(run.number, 1)]
    for _ in range(40):
        press(qtbot, window, Qt.Key.Key_Down)
    assert "core" in " ".join(stage.card.lines).casefold()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not stage.card.isVisible()
    press(qtbot, window, Qt.Key.Key_Up)
    assert stage.card.isVisible(), "from the last row upwards"
    window.recipe_bar.run.setFocus(TAB)
    assert not stage.card.isVisible()


def test_home_goes_to_where_the_run_begins_and_end_to_now(
    qtbot: QtBot, window: Window, ended: Callable[..., Run]
) -> None:
    run = ended(Recipe(job="sleep", workers=2, amount=30))
    time, began = window.stage.window_of_time, run.started_ns
    assert began is not None
    window.clock.stop()
    time.set_span(50 * 10**6)
    window.stage.setFocus()
    press(qtbot, window, Qt.Key.Key_Home)
    assert time.frozen
    assert time.reference - time.offset - time.span == pytest.approx(began, abs=10**6)
    press(qtbot, window, Qt.Key.Key_End)
    assert not time.frozen


def test_the_menu_of_a_run_opens_by_its_key(
    qtbot: QtBot, window: Window, ended: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended()
    ended()
    window.runs_panel.set_open(True)
    table = window.runs_panel.table
    table.setFocus(TAB)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(table, event)
    menu = table.window().findChild(QMenu, "run_menu")
    assert menu is not None
    assert [action.text() for action in menu.actions() if action.text()] == ["Run again", "Copy as text", "Remove"]
    menu.actions()[1].trigger()
    oldest = window.runs_panel.runs()[1].number
    assert QGuiApplication.clipboard().text().startswith(f"Run {oldest}: ")
    menu.close()


def test_the_ring_goes_with_a_press_of_the_mouse(qtbot: QtBot, window: Window) -> None:
    for stop in (window.stage, window.side.verdict):
        window.keyboard.go_to(stop)
        assert window.keyboard.ring.isVisible()
        handle = window.windowHandle()
        QTest.mouseMove(handle, QPoint(700, 450))
        assert window.keyboard.ring.isVisible()
        QTest.mousePress(handle, Qt.MouseButton.RightButton, pos=QPoint(700, 450))
        QTest.mouseRelease(handle, Qt.MouseButton.RightButton, pos=QPoint(700, 450))
        assert not window.keyboard.ring.isVisible()
    window.keyboard.go_to(window.stage)
    assert window.keyboard.ring.isVisible(), "it comes again with Tab"


def test_the_ring_around_the_stage_is_a_thin_line(qtbot: QtBot, window: Window) -> None:
    accent = QColor(window.themes.theme.accent).name()
    thick = {}
    for stop in (window.stage, window.recipe_bar.chip_job):
        window.keyboard.ring.show_around(stop)
        picture = window.keyboard.ring.grab().toImage()
        row = picture.height() // 2
        thick[stop] = sum(picture.pixelColor(x, row).name() == accent for x in range(6))
    assert list(thick.values()) == [1, 2]


def test_the_verdict_is_copied(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    ended()
    card = window.side.verdict
    card.setFocus(TAB)
    qtbot.keyClick(card, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(card.sentence.words())
    assert all(figure.value in text for figure in card.figures())
    assert "**" not in text
    QGuiApplication.clipboard().clear()
    QApplication.sendEvent(card, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    menu = card.findChild(QMenu, "verdict_menu")
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == text


def test_the_row_of_a_problem_goes_to_its_line(qtbot: QtBot, window: Window) -> None:
    window.show_recipe(BROKEN)
    window.code_tab.go_to()
    row, editor = window.side.code.problem, window.side.code.editor
    qtbot.waitUntil(row.isVisible, timeout=LIMIT_MS)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        editor.go_to_line(1)
        row.setFocus(TAB)
        qtbot.keyClick(row, key)
        assert editor.textCursor().blockNumber() == 1
    assert not window.stage.frozen


def test_marks_in_a_text_are_found_and_opened(qtbot: QtBot, window: Window) -> None:
    text = window.side.code.source
    opened: list[object] = []
    window.side.open_tab("code")
    text.set_text("\n" * 30)
    text.set_marks([Mark(3, words="A is here"), Mark(9, words="it ended here", pressed="traceback")])
    text.mark_pressed.connect(opened.append)
    text.setFocus(TAB)
    qtbot.keyClick(text, Qt.Key.Key_F8)
    assert text.textCursor().blockNumber() == 2
    qtbot.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert opened == []
    qtbot.keyClick(text, Qt.Key.Key_F8)
    assert text.textCursor().blockNumber() == 8
    qtbot.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert opened == ["traceback"]
    qtbot.keyClick(text, Qt.Key.Key_F8)
    assert text.textCursor().blockNumber() == 2, "after the last one the first"
    qtbot.keyClick(text, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert text.textCursor().blockNumber() == 8
