"""The runs that have ended: their rows, the comparison of two, what can be exported."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.figures.finished import FinishedRun, figures
from playground.figures.records import GilFigures
from playground.interpreters.facts import InterpreterFacts
from playground.recipe.recipe import Recipe
from playground.start.own_environment import VERSION
from tests.ui.panel_records import run
from ui.kit.drawing import width_of
from ui.kit.theme import DARK, LIGHT
from ui.runs import run_rows, runs_panel
from ui.runs.comparison import Ratio, decades, ratios, sentence
from ui.runs.run_export import as_text, exported
from ui.runs.run_rows import RunColumn, recipe_words
from ui.runs.run_table import ROOMY
from ui.runs.runs_panel import CLOSED_HEIGHT, OPEN_HEIGHT, RunsPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

THREADS = run(3)
PROCESSES = run(5, Recipe(model="processes"), throughput=146.0, cores_used=3.9, worker_mb=11.4)
SLEEPERS = run(6, Recipe(job="sleep", workers=100), throughput=964.0, cores_used=0.2, worker_mb=0.02, unit="naps")


@pytest.fixture
def panel(qtbot: QtBot) -> RunsPanel:
    panel = RunsPanel(DARK)
    qtbot.addWidget(panel)
    panel.resize(1440, OPEN_HEIGHT)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def fill(panel: RunsPanel) -> None:
    panel.add(THREADS, 4.6)
    panel.add(PROCESSES, 5.1)
    panel.add(SLEEPERS, 3.9)


def words(panel: RunsPanel, row: int) -> list[object]:
    return [panel.model.data(panel.model.index(row, column)) for column in RunColumn]


def test_rows_stand_newest_first(panel: RunsPanel) -> None:
    fill(panel)
    recipe = "100 × Sleep · threads · 3.11"
    assert words(panel, 0) == ["", "6", recipe, "964 naps/s", "0.2", "20 KB", "3.9 ms", "finished"]
    assert words(panel, 1)[2] == "4 × Count primes · processes · 3.11"
    assert words(panel, 2)[1] == "3"


def test_what_is_not_known_is_a_dash(panel: RunsPanel) -> None:
    facts = InterpreterFacts("", "3.13.1", "CPython", free_threaded=True, gil_enabled=False)
    panel.add(run(1, Recipe(model="serial", host="ui"), worker_mb=None, interpreter=facts, outcome="crashed"), None)
    assert words(panel, 0)[2] == "4 × Count primes · serial · the UI thread · 3.13 free-threaded"
    assert words(panel, 0)[5:] == ["–", "–", "crashed"]
    panel.grab()


def test_a_gil_that_is_back_on_is_told(panel: RunsPanel) -> None:
    facts = InterpreterFacts("", "3.13.1", "CPython", free_threaded=True, gil_enabled=True)
    panel.add(run(1, Recipe(), interpreter=facts), None)
    assert words(panel, 0)[2] == "4 × Count primes · threads · 3.13 free-threaded, GIL on"


def test_throughput_compares_within_a_job_only(panel: RunsPanel) -> None:
    fill(panel)
    rows = {one.number: one for one in panel.runs()}
    assert panel.model.part(rows[6], RunColumn.THROUGHPUT) is None
    assert panel.model.part(rows[5], RunColumn.THROUGHPUT) == 1.0
    assert panel.model.part(rows[3], RunColumn.THROUGHPUT) == pytest.approx(37.1 / 146)
    assert panel.model.part(rows[5], RunColumn.MEMORY) == 1.0


def press_row(panel: RunsPanel, qtbot: QtBot, row: int) -> None:
    place = panel.table.visualRect(panel.model.index(row, RunColumn.CHECK)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_two_checked_runs_are_compared(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    press_row(panel, qtbot, 2)
    assert panel.comparison() == ""
    press_row(panel, qtbot, 1)
    assert panel.comparison() == "3.9 × the throughput, 57 × the memory."
    assert panel._comparison.isVisible()
    press_row(panel, qtbot, 1)
    assert not panel._comparison.isVisible()


def test_all_of_a_comparison_is_in_sight(panel: RunsPanel) -> None:
    panel.add(THREADS, 74.0)
    panel.add(replace(THREADS, number=4, throughput=1.23), 51.0)
    panel.compare(3, 4)
    card = panel._comparison
    assert card.sentence.height() > 19  # two lines, which leave the least room
    assert card.bars.geometry().bottom() < card.height()
    assert card.bars.row_height() >= 16


def test_a_third_takes_the_place_of_the_first(panel: RunsPanel) -> None:
    fill(panel)
    for number in (3, 5, 6):
        panel.check(number)
    assert panel.model.checked == [5, 6]
    assert panel.comparison() == "Different jobs: their throughput does not compare."


def test_keys_check_and_remove(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    removed: list[int] = []
    panel.removed.connect(removed.append)
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert panel.model.checked == [5]
    panel.grab()
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert (removed, panel.model.checked) == ([5], [])
    assert [one.number for one in panel.runs()] == [6, 3]


def compared(**fields: Any) -> str:
    lateness = fields.pop("lateness", 5.0)
    return sentence(FinishedRun(run(2, **fields), lateness), FinishedRun(run(1), 5.0))


def test_the_sentence_says_what_was_won_and_what_it_cost() -> None:
    assert compared(throughput=37.2) == "The same throughput, the same memory."
    assert compared(throughput=18.5, worker_mb=0.1) == "Half the throughput, half the memory."
    assert compared(throughput=18.5, lateness=500.0) == "Half the throughput, and the UI is 100 times as late."
    assert compared(throughput=74.2, lateness=200.0) == "2.0 × the throughput, and the UI is 40 times as late."
    assert compared(throughput=74.2, worker_mb=None, lateness=2.0) == "2.0 × the throughput.", "both are on time"
    assert compared(worker_mb=0.19, lateness=15.9) == "The same throughput, 0.95 × the memory."
    assert compared(worker_mb=0.19, lateness=16.0) == "The same throughput, and the UI is 3.2 times as late."
    assert compared(worker_mb=None, lateness=None) == "The same throughput."
    on_time = FinishedRun(run(2, worker_mb=None), 5.0)
    late = FinishedRun(run(1, worker_mb=None), 500.0)
    assert sentence(on_time, late) == "The same throughput, and with run 1 the UI is 100 times as late."
    assert (
        sentence(replace(late, statistics=run(2, throughput=0.0, worker_mb=None)), on_time)
        == "The UI is 100 times as late."
    )
    assert compared(throughput=0.0, worker_mb=None, lateness=None) == "There is nothing to compare."
    assert compared(recipe=Recipe(job="hash")).startswith("Different jobs")


def test_what_is_as_late_is_said_to_be() -> None:
    late = FinishedRun(run(1, worker_mb=None), 200.0)
    assert (
        sentence(replace(late, statistics=run(2, worker_mb=None)), late)
        == "The same throughput, and the UI is as late."
    )


def test_runs_that_were_too_short_are_not_compared() -> None:
    short, long = FinishedRun(run(1, seconds=0.39), 5.0), FinishedRun(run(2, seconds=0.4), 5.0)
    assert sentence(short, long) == "Run 1 was too short to compare."
    assert sentence(long, short) == "Run 1 was too short to compare."
    assert (
        sentence(short, replace(short, statistics=run(3, seconds=0.1))) == "Run 1 and run 3 were too short to compare."
    )
    assert [ratio.value for ratio in ratios(long, short)] == [None] * 4
    assert all(ratio.value for ratio in ratios(long, long))


def test_a_comparison_that_others_disturbed_says_so() -> None:
    calm, disturbed = FinishedRun(run(1), 5.0), FinishedRun(run(2), 5.0, disturbed=True)
    same = "The same throughput, the same memory."
    assert sentence(calm, calm) == same
    assert sentence(disturbed, calm) == f"{same} Other programs disturbed run 2."
    assert sentence(calm, disturbed) == f"{same} Other programs disturbed run 2."
    assert sentence(disturbed, replace(disturbed, statistics=run(3))).endswith("disturbed run 2 and run 3.")


def test_a_run_that_was_too_short_has_no_rates(panel: RunsPanel) -> None:
    panel.add(run(1, seconds=0.39), 90.0)
    panel.add(run(2, seconds=0.4), 90.0)
    assert words(panel, 1)[3:5] == ["–", "–"]
    assert (words(panel, 1)[6], words(panel, 0)[6]) == ("–", "90 ms"), "of that window it saw next to nothing"
    assert words(panel, 0)[3:5] == ["37.1 chunks/s", "1.0"]
    rows = {one.number: one for one in panel.runs()}
    assert panel.model.part(rows[1], RunColumn.CORES) is None
    assert panel.model.part(rows[1], RunColumn.THROUGHPUT) is None


def test_a_run_that_failed_has_no_throughput_and_none_is_compared(panel: RunsPanel) -> None:
    failed, well = run(1, outcome="failed"), run(2)
    panel.add(failed, 5.0)
    panel.add(well, 5.0)
    assert words(panel, 1)[3] == "–"
    assert panel.model.part(panel.runs()[1], RunColumn.THROUGHPUT) is None
    assert ratios(FinishedRun(failed, 5.0), FinishedRun(well, 5.0))[0].value is None
    assert ratios(FinishedRun(well, 5.0), FinishedRun(failed, 5.0))[0].value is None


def test_ratios_that_are_not_known_are_none() -> None:
    values = ratios(FinishedRun(run(2, throughput=0.0, worker_mb=None), None), FinishedRun(run(1), 5.0))
    assert [ratio.value for ratio in values] == [None, 1.0, None, None]


@pytest.mark.parametrize(
    ("values", "span"),
    [((3.9, 57.0), (0, 2)), ((0.5,), (-1, 1)), ((1.0,), (0, 1)), ((0.004, 900.0), (-3, 3)), ((10.0,), (0, 1))],
)
def test_the_axis_spans_whole_decades(values: tuple[float, ...], span: tuple[int, int]) -> None:
    assert decades(tuple(Ratio("x", value) for value in values)) == span


def test_it_opens_and_closes(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    told: list[bool] = []
    panel.open_changed.connect(told.append)
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    assert panel.height() == CLOSED_HEIGHT
    assert not panel.table.isVisible()
    assert "last: 6 · 100 × Sleep" in panel._last.words()
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    assert panel.height() == OPEN_HEIGHT
    assert panel.table.isVisible()
    assert told == [False, True]


def test_empty_it_says_what_it_is_for(panel: RunsPanel) -> None:
    assert panel._count.words() == "Finished runs line up here, to compare"
    assert exported(panel.runs(), "csv") == "run\n"
    assert exported(panel.runs(), "json") == "[]"


def test_export_has_all_rows(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    rows = list(csv.DictReader(io.StringIO(exported(panel.runs(), "csv"))))
    assert [row["run"] for row in rows] == ["6", "5", "3"]
    assert rows[1]["throughput"] == "146.0"
    told = json.loads(exported(panel.runs(), "json"))
    assert told[1]["recipe"]["model"] == "processes"
    assert told[1]["ui_p99_ms"] == 5.1
    assert len(told[2]["workers"]) == 4


def test_every_single_figure_is_a_column_of_the_export(panel: RunsPanel) -> None:
    panel.add(replace(PROCESSES, gil=GilFigures("measured", handoffs_per_s=1870.25), probe_cost=0.0123), 5.1)
    (row,), (whole,) = (
        csv.DictReader(io.StringIO(exported(panel.runs(), "csv"))),
        json.loads(exported(panel.runs(), "json")),
    )
    assert {one.name for one in figures().values() if one.single} <= set(row)
    assert (row["gil.handoffs_per_s"], row["probe_cost"], row["ui_p99_ms"]) == ("1870.0", "0.0123", "5.1")
    assert (row["loop.cores"], row["share.run"], row["memory.per_worker_mb"]) == ("", "0.24", "11.4")
    assert (whole["gil"]["handoffs_per_s"], whole["memory"]["per_worker_mb"]) == (1870.25, 11.4)


def test_any_figure_can_be_a_column(panel: RunsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name: title, tip, words and bar follow."""
    monkeypatch.setitem(run_rows.FIGURES, RunColumn.CORES, "share.run")
    fill(panel)
    model, horizontal = panel.model, Qt.Orientation.Horizontal
    assert model.headerData(RunColumn.CORES, horizontal) == "Time running"
    tip = model.headerData(RunColumn.CORES, horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tip == figures()["share.run"].meaning
    assert model.data(model.index(0, RunColumn.CORES)) == "24 %"
    assert model.part(model.runs[0], RunColumn.CORES) == pytest.approx(0.24)


def test_an_exported_run_says_when_and_on_which_computer_it_was(panel: RunsPanel) -> None:
    begun = time.perf_counter_ns() - 7_200_000_000_000
    panel.add(replace(PROCESSES, started_ns=begun), 5.1, disturbed=True)
    (row,), (whole,) = (
        csv.DictReader(io.StringIO(exported(panel.runs(), "csv"))),
        json.loads(exported(panel.runs(), "json")),
    )
    for began in (row["began"], whole["began"], as_text(panel.runs()[0]).split("began: ")[1].split("\n")[0]):
        ago = datetime.now().astimezone() - datetime.fromisoformat(began)
        assert timedelta(minutes=119) < ago < timedelta(minutes=121)
    assert int(row["cores"]) == whole["computer"]["cores"] == os.cpu_count()
    assert row["system"] == whole["computer"]["system"] != ""
    assert row["app_version"] == whole["computer"]["app_version"] == VERSION
    assert (row["disturbed"], whole["disturbed"]) == ("True", True)


def test_exported_json_has_no_number_that_is_none(panel: RunsPanel) -> None:
    worker = replace(PROCESSES.workers[0], result=[math.inf, "\ud83d", 2**80], cpu_recent=math.nan)
    panel.add(replace(PROCESSES, workers=(worker,)), None)
    (told,) = json.loads(exported(panel.runs(), "json"), parse_constant=pytest.fail)
    assert told["workers"][0]["result"] == ["inf", "\\ud83d", 2**80]
    assert told["workers"][0]["cpu_recent"] is None


def test_export_asks_for_the_kind(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    qtbot.mouseClick(panel.export, Qt.MouseButton.LeftButton)
    assert panel.export_menu.isVisible()
    with qtbot.waitSignal(panel.export_menu.chosen, timeout=1000) as kind:
        panel.export_menu._take(1)
    assert kind.args == ["json"]


def test_open_and_empty_it_looks_as_it_will(panel: RunsPanel, qtbot: QtBot) -> None:
    panel.set_open(True)
    places = []
    for _ in range(2):
        qtbot.waitUntil(lambda: panel.table.isVisible() and panel.table.y() > panel._head.y(), timeout=5000)
        qtbot.waitUntil(lambda: panel._head.y() < 4, timeout=5000)
        places.append((panel._head.geometry(), panel.table.geometry()))
        fill(panel)
    assert places[0] == places[1]


def test_the_menu_of_a_row(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    place = panel.table.visualRect(panel.model.index(1, 2)).center()
    where = panel.table.viewport().mapToGlobal(place)
    QApplication.sendEvent(panel.table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where))
    menu = panel.findChild(QMenu, "run_menu")
    assert menu is not None
    again, copy, _, remove = menu.actions()
    with qtbot.waitSignal(panel.run_again, timeout=1000) as recipe:
        again.trigger()
    assert recipe.args == [PROCESSES.recipe]
    copy.trigger()
    assert "Run 5: 4 × Count primes as processes on CPython 3.11" in QGuiApplication.clipboard().text()
    remove.trigger()
    assert [one.number for one in panel.runs()] == [6, 3]
    menu.close()
    panel._open_context_menu(-1, QPoint(5, 9999))  # below the last row


def test_a_run_as_text() -> None:
    told = as_text(FinishedRun(PROCESSES, 5.1))
    assert "throughput: 146.0 chunks/s" in told
    assert "error" not in told


@pytest.mark.parametrize("width", [1024, 1440, 3840])
def test_it_fits_every_width_in_both_themes(panel: RunsPanel, width: int) -> None:
    fill(panel)
    panel.check(3)
    panel.check(5)
    for theme in (DARK, LIGHT):
        panel.set_theme(theme)
        panel.resize(width, OPEN_HEIGHT)
        panel.grab()
        columns = sum(panel.table.columnWidth(column) for column in RunColumn)
        assert columns <= panel.table.viewport().width() + 1
        assert panel.table.columnWidth(RunColumn.RECIPE) > 120


def test_columns_stay_where_they_are_when_there_is_more_than_is_seen(panel: RunsPanel, qtbot: QtBot) -> None:
    fill(panel)
    panel.resize(1440, OPEN_HEIGHT)
    panel.grab()
    places = [panel.table.columnViewportPosition(column) for column in RunColumn]
    assert not panel.table.verticalScrollBar().isVisible()
    for number in range(20, 40):
        panel.add(run(number), 5.0)
    qtbot.waitUntil(panel.table.verticalScrollBar().isVisible, timeout=5000)
    assert [panel.table.columnViewportPosition(column) for column in RunColumn] == places


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
@pytest.mark.parametrize("compared", [False, True])
def test_a_recipe_can_be_read_before_there_are_bars(panel: RunsPanel, qtbot: QtBot, width: int, compared: bool) -> None:
    for number in (1, 2):
        panel.add(run(number, Recipe(job="primes", workers=32, model="processes")), 12.0)
    if compared:
        panel.compare(1, 2)
    panel.resize(width, panel.height())
    QApplication.processEvents()
    table = panel.table
    title, details = recipe_words(panel.runs()[0].statistics)
    words = width_of(title, DARK.font(13, 500)) + 4 + width_of(f"· {details}", DARK.font(13))
    assert table.columnWidth(RunColumn.RECIPE) - 16 >= words
    columns = sum(table.columnWidth(column) for column in RunColumn if not table.isColumnHidden(column))
    assert not table.isColumnHidden(RunColumn.THROUGHPUT)
    assert compared or not any(table.isColumnHidden(column) for column in RunColumn)
    assert columns <= table.viewport().width() + 1
    assert panel.model.roomy is (table.width() >= ROOMY)


def test_bars_are_reckoned_once_for_all_cells(panel: RunsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 201):
        panel.add(replace(THREADS, number=number), 4.0)
    asked: list[int] = []
    value = type(panel.model)._value
    monkeypatch.setattr(
        type(panel.model), "_value", lambda model, one, column: (asked.append(one.number), value(model, one, column))[1]
    )
    for one in panel.runs():
        for column in (RunColumn.THROUGHPUT, RunColumn.CORES, RunColumn.MEMORY, RunColumn.LATENESS):
            panel.model.part(one, column)
    assert len(asked) <= 2 * 4 * 200, "each for itself, and once for all"
    panel.add(replace(THREADS, number=201, throughput=THREADS.throughput * 2), 4.0)
    assert panel.model.part(panel.runs()[-1], RunColumn.THROUGHPUT) == 0.5


def test_of_very_many_runs_the_oldest_leave_the_list(
    panel: RunsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_panel, "MOST_RUNS", 3)
    left: list[int] = []
    panel.forgotten.connect(left.append)
    for number in range(1, 6):
        panel.add(replace(THREADS, number=number), 4.0)
    assert [one.number for one in panel.runs()] == [5, 4, 3]
    assert left == [1, 2]
