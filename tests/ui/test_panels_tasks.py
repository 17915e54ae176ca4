"""The tasks: the table follows the statistics, and keeps what the user did to it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.figures.records import Shares
from playground.reading.states import TURN, WORDS, number_of
from playground.recipe.recipe import Recipe
from tests.ui.panel_records import run, worker
from ui.kit.drawing import width_of
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK, LIGHT
from ui.runs.task_rows import TaskColumn
from ui.runs.tasks import LEFT_OF_STATE, ROOMY, TasksPanel
from ui.shell.right_column import LEAST_WIDTH

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window


@pytest.fixture
def panel(qtbot: QtBot) -> TasksPanel:
    panel = TasksPanel(DARK)
    qtbot.addWidget(panel)
    panel.resize(308, 300)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def words(panel: TasksPanel, row: int, column: TaskColumn) -> object:
    return panel.model.data(panel.model.index(row, column))


def test_without_a_run_it_says_what_it_is_for(panel: TasksPanel) -> None:
    panel.show_tasks([])
    assert not panel.table.isVisible()
    assert panel._empty.isVisible()


def test_each_worker_has_a_row(panel: TasksPanel) -> None:
    workers = (worker(0), worker(1, state="io", cpu_recent=0.001, core=None), worker(2, state="ended"))
    panel.show_tasks([run(7, workers=workers)])
    assert [words(panel, 0, column) for column in TaskColumn] == ["A", "running", "5000", "24 %", "0", "0"]
    assert [words(panel, 1, column) for column in TaskColumn] == ["B", "in I/O", "5001", "< 1 %", "", "100"]
    assert words(panel, 2, TaskColumn.CPU) == ""


def test_a_worker_that_is_ready_waits_for_its_turn(panel: TasksPanel) -> None:
    panel.show_tasks([run(7, workers=(worker(0, state="queued", share=Shares(run=0.2, wait_turn=0.8)),))])
    assert words(panel, 0, TaskColumn.STATE) == "waits for its turn"
    told = panel.model.data(panel.model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert str(told).endswith("ran 20 %, waited for the GIL 0 % and for its turn 80 % of its time")
    assert number_of("queued") == TURN


def test_where_the_cpu_clock_is_coarse_the_table_says_so(panel: TasksPanel) -> None:
    across = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    told = "Estimated: this system counts CPU time in steps of 16 ms"
    for step in (None, 15.625):
        panel.show_tasks([run(7, workers=(worker(0),), clock_step_ms=step)])
        tips = [
            str(panel.model.headerData(column, *across))
            for column in (TaskColumn.STATE, TaskColumn.CPU, TaskColumn.OPS)
        ]
        assert [told in tip for tip in tips] == [step is not None, step is not None, False]
        assert all(len(tip) > 5 and not tip.startswith("Estimated") for tip in tips), "what the column is comes first"


def test_processes_are_told_apart_by_their_pid(panel: TasksPanel) -> None:
    panel.show_tasks([run(7, workers=(worker(0, pid=100, tid=100), worker(1, pid=101, tid=101)))])
    assert words(panel, 1, TaskColumn.ID) == "101"
    assert panel.model.headerData(TaskColumn.ID, Qt.Orientation.Horizontal) == "pid"


def test_threads_that_have_not_started_yet_are_no_processes(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.show_tasks([run(7, workers=(worker(0, pid=0, tid=0), worker(1, pid=100, tid=101)))])
    assert panel.model.headerData(TaskColumn.ID, Qt.Orientation.Horizontal) == "tid"
    with qtbot.waitSignal(panel.model.headerDataChanged):
        panel.show_tasks([run(7, workers=(worker(0, pid=99, tid=99), worker(1, pid=100, tid=101)))])
    assert panel.model.headerData(TaskColumn.ID, Qt.Orientation.Horizontal) == "pid"


def test_an_update_keeps_selection_and_place(panel: TasksPanel, qtbot: QtBot) -> None:
    recipe = Recipe(workers=200)
    panel.show_tasks([run(7, recipe)])
    panel.table.selectRow(120)
    panel.table.scrollTo(panel.model.index(120, 0))
    place = panel.table.verticalScrollBar().value()
    assert place > 0
    panel.show_tasks([run(7, recipe, workers=tuple(worker(index, ops=9999) for index in range(200)))])
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [120]
    assert panel.table.verticalScrollBar().value() == place
    assert words(panel, 120, TaskColumn.OPS) == "9\u2009999"


def test_workers_that_come_and_go_keep_the_others(panel: TasksPanel) -> None:
    panel.show_tasks([run(7, workers=tuple(worker(index) for index in range(3)))])
    panel.table.selectRow(1)
    panel.show_tasks([run(7, workers=tuple(worker(index) for index in range(6)))])
    assert panel.model.rowCount() == 6
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]
    panel.show_tasks([run(7, workers=tuple(worker(index) for index in range(2)))])
    assert panel.model.rowCount() == 2
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]


def test_the_newest_run_is_shown_until_another_is_chosen(panel: TasksPanel, qtbot: QtBot) -> None:
    seven, eight = run(7, Recipe(workers=2)), run(8, Recipe(workers=5))
    panel.show_tasks([seven, eight])
    assert (panel._chosen, panel.model.rowCount()) == (8, 5)
    panel.choose_run(7)
    panel.show_tasks([seven, eight])
    assert (panel._chosen, panel.model.rowCount()) == (7, 2)
    panel.show_tasks([eight])
    assert panel._chosen == 8
    panel.choose_run(99)
    assert panel._chosen == 8


def test_pointing_at_a_row_and_leaving_are_told(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.show_tasks([run(7)])
    told: list[tuple[int, int]] = []
    panel.worker_hovered.connect(lambda number, index: told.append((number, index)))
    panel.table.entered.emit(panel.model.index(2, 0))
    panel.table.entered.emit(panel.model.index(2, 1))
    QApplication.sendEvent(panel.table, QEvent(QEvent.Type.Leave))
    assert told == [(7, 2), (7, -1)]


def test_a_press_chooses_a_worker(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.show_tasks([run(7)])
    place = panel.table.visualRect(panel.model.index(3, 1)).center()
    with qtbot.waitSignal(panel.worker_chosen, timeout=1000) as chosen:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [7, 3]


def test_colours_go_on_from_the_first_slot_of_the_run(panel: TasksPanel) -> None:
    panel.show_tasks([run(8)], {8: 4})
    first = panel.model.worker(0)
    assert first is not None
    assert panel.model.color(first, DARK) == DARK.worker(4)


def test_every_cell_can_be_painted_in_both_themes_and_widths(panel: TasksPanel, qtbot: QtBot) -> None:
    states = ("not started", "running", "sleeping", "io", "blocked", "queued", "paused", "ended")
    workers = tuple(worker(index * 30, state=state, core=None) for index, state in enumerate(states))
    panel.show_tasks([run(7, workers=workers)])
    for theme in (DARK, LIGHT):
        panel.set_theme(theme)
        for width in (308, ROOMY + 40):
            panel.resize(width, 300)
            image = QImage(panel.size(), QImage.Format.Format_RGB32)
            painter = QPainter(image)
            panel.render(painter, QPoint(0, 0))
            painter.end()
            assert panel.roomy == (width > ROOMY)


def test_ten_thousand_workers_cost_what_is_in_sight(panel: TasksPanel, qtbot: QtBot) -> None:
    many = tuple(worker(index) for index in range(10_000))
    panel.show_tasks([run(7, Recipe(workers=2), workers=many)])
    asked: list[int] = []
    original = panel.model.worker
    panel.model.worker = lambda row: (asked.append(row), original(row))[1]
    panel.show_tasks([run(7, Recipe(workers=2), workers=many)])
    panel.grab()
    assert 0 < len(set(asked)) < 40


@pytest.mark.parametrize("width", [LEAST_WIDTH - 2, 398, ROOMY, ROOMY + 1])
def test_no_state_is_cut(panel: TasksPanel, width: int) -> None:
    """In the least column, with a scroll bar."""
    load_fonts()
    panel.show_tasks([run(7, workers=tuple(worker(index) for index in range(200)))])
    panel.resize(width, 300)
    QApplication.processEvents()
    room = panel.table.columnWidth(TaskColumn.STATE) - LEFT_OF_STATE - 2
    assert panel.table.verticalScrollBar().isVisible()
    for words in (*WORDS.values(), "not started", "ended"):
        assert width_of(words, DARK.font(12)) <= room, words


def test_only_rows_that_say_something_else_are_painted_again(panel: TasksPanel, qtbot: QtBot) -> None:
    shown = run(7, workers=tuple(worker(index) for index in range(40)))
    panel.show_tasks([shown])
    changed: list[int] = []
    panel.model.dataChanged.connect(lambda first, last: changed.extend(range(first.row(), last.row() + 1)))
    panel.show_tasks([replace(shown, seconds=9.0)])
    assert changed == []
    others = list(shown.workers)
    others[1] = replace(others[1], ops=others[1].ops + 12_345)
    others[2] = replace(others[2], state="waiting for the GIL")
    others[-1] = replace(others[-1], ops=77_777)  # out of sight
    panel.show_tasks([replace(shown, workers=tuple(others))])
    assert changed == [1, 2]
    assert panel.model.worker(1) is others[1]
    changed.clear()
    panel.table.scrollToBottom()
    panel.show_tasks([replace(shown, workers=tuple(others))])
    assert 39 in changed
    assert panel.model.data(panel.model.index(39, 5)) == "77.8 k"
