"""How runs ended, and what was changed while they went on, in the window: header, message, table, export."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.figures.records import CRASHED, FAILED, FINISHED, STOPPED, STUCK, TIME_UP, TROUBLE, Change
from playground.recipe.recipe import Recipe
from tests.bench.drawing import Costs, Scene
from tests.ui.panel_records import run
from tests.ui.test_live_runs import Watched, watched  # noqa: F401
from ui.kit.theme import DARK
from ui.runs.change_words import changes_words
from ui.runs.run_export import as_text, exported
from ui.runs.run_rows import RunColumn
from ui.runs.runs_panel import OPEN_HEIGHT, RunsPanel
from ui.stage.group_message import KEPT, kept_words, message_words
from ui.stage.time_window import MS, SECOND

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ALL = (FINISHED, TIME_UP, STOPPED, FAILED, CRASHED, STUCK)
WAITS = "Both threads wait for a lock.\nA waits in line 12, “with right:”\nB waits in line 14, “with left:”"
TURNED = (Change("switch_interval", 0.21, 0.005, 3.24),)


@pytest.fixture
def panel(qtbot: QtBot) -> RunsPanel:
    made = RunsPanel(DARK)
    qtbot.addWidget(made)
    made.resize(1440, OPEN_HEIGHT)
    made.show()
    qtbot.waitExposed(made)
    return made


# --- how it ended


@pytest.mark.parametrize("outcome", ALL)
def test_the_tag_of_its_header_and_the_line_below(qtbot: QtBot, outcome: str) -> None:
    scene = Scene(4, 8, (1120, 660), lens=False)
    qtbot.addWidget(scene.stage)
    scene.skip(50)
    for _ in range(10):
        scene.frame(Costs())
    scene.run.ended, scene.run.ended_ns = True, scene.now - SECOND
    error = WAITS if outcome == STUCK else "why it did" if outcome in TROUBLE else None
    scene.stage.show_statistics([structs.replace(scene.run.statistics(), phase="ended", outcome=outcome, error=error)])
    scene.stage.tick(scene.now + MS)
    group = scene.stage.groups[1]
    bad = outcome in (FAILED, CRASHED, STUCK)
    assert group.header.words.tags() == [(outcome, "bad" if bad else "plain")]
    assert group.trouble == group.plot.crashed == bool(group.message.words) == bad
    below = "A waits in line 12, “with right:”; B waits in line 14, “with left:”." if outcome == STUCK else KEPT
    assert not bad or group.message.below == below


def test_the_message_says_who_waits_where() -> None:
    stuck, crashed = run(1, outcome=STUCK, error=WAITS), run(1, outcome=CRASHED, error="killed")
    assert message_words(stuck) == "Both threads wait for a lock."
    assert kept_words(stuck) == "A waits in line 12, “with right:”; B waits in line 14, “with left:”."
    assert message_words(run(1, outcome=TIME_UP)) == ""
    assert kept_words(crashed) == KEPT


def inks(panel: RunsPanel, column: RunColumn) -> set[str]:
    """The colours of a cell of the first row."""
    place: QRect = panel.table.visualRect(panel.model.index(0, column))
    image: QImage = panel.table.viewport().grab(place).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


PURE = replace(DARK, bad="#FF0000", t2="#00FF00", t3="#0000FF")


@pytest.mark.parametrize("outcome", ALL)
def test_the_table_tells_trouble_by_colour_and_what_was_cut_by_another(qtbot: QtBot, outcome: str) -> None:
    panel = RunsPanel(PURE)
    qtbot.addWidget(panel)
    panel.resize(1440, OPEN_HEIGHT)
    panel.show()
    qtbot.waitExposed(panel)
    panel.add(run(1, outcome=outcome, error=WAITS), None)
    assert panel.model.data(panel.model.index(0, RunColumn.OUTCOME)) == outcome
    parts = [(int(ink[1:3], 16), int(ink[3:5], 16), int(ink[5:], 16)) for ink in inks(panel, RunColumn.OUTCOME)]
    least = [min(part[channel] for part in parts) for channel in range(3)]  # on white
    ink = ("bad", "t2", "t3")[least.index(max(least))]
    assert ink == ("bad" if outcome in TROUBLE else "t2" if outcome in (STOPPED, TIME_UP) else "t3")


def test_a_run_in_this_app_whose_limit_came_first(watched: Watched) -> None:  # noqa: F811
    endless = watched.start(Recipe(job="sleep", host="app", workers=2, seconds=0.3))
    watched.to_the_end(endless)
    cut = watched.start(Recipe(job="sleep", host="app", workers=2, amount=10**6, seconds=0.3))
    watched.to_the_end(cut)
    done = watched.start(Recipe(job="sleep", host="app", workers=2, amount=1, seconds=5.0))
    watched.to_the_end(done)
    assert [one.outcome for one in watched.ended] == [FINISHED, TIME_UP, FINISHED]


def test_a_serial_run_on_the_ui_thread_gives_each_its_share(watched: Watched) -> None:  # noqa: F811
    made = watched.start(Recipe(job="sleep", host="ui", model="serial", workers=3, seconds=1.2, knobs={"nap": 0.01}))
    watched.to_the_end(made)
    assert [worker.state for worker in watched.ended[0].workers] == ["ended"] * 3
    ops = [worker.ops for worker in watched.ended[0].workers]
    assert min(ops) > 0.4 * max(ops), ops
    assert watched.ended[0].outcome == FINISHED


# --- what was changed


def to(value: float | str, before: float | str, at_s: float, knob: str = "switch_interval") -> Change:
    return Change(knob, value, before, at_s)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([], []),
        ([to(0.21, 0.005, 3.24)], ["switch interval 5 ms → 210 ms at 3.2 s"]),
        ([to(5000, 1000, 0.0, "probe_rate")], ["GIL probe 1 kHz → 5 kHz at 0.0 s"]),
        (
            [to(0.02, 0.005, 1.0), to("off", "on", 2.06, "stamps"), to(0.21, 0.02, 3.0)],
            ["switch interval 5 ms → 20 ms → 210 ms at 1.0 and 3.0 s", "record each op on → off at 2.1 s"],
        ),
        (
            [to(0.02, 0.005, 1.0), to(0.03, 0.02, 2.0), to(0.21, 0.03, 3.0)],
            ["switch interval 5 ms → … → 210 ms, 3 turns from 1.0 to 3.0 s"],
        ),
    ],
)
def test_changes_in_words(changes: list[Change], words: list[str]) -> None:
    assert changes_words(changes, Recipe()) == words


def test_two_rows_that_differ_by_a_turned_knob_only_do_not_look_alike(panel: RunsPanel) -> None:
    panel.add(run(1), None)
    panel.add(run(1, changes=TURNED), None)
    place = [panel.table.visualRect(panel.model.index(row, RunColumn.RECIPE)) for row in (0, 1)]
    pictures = [panel.table.viewport().grab(each).toImage() for each in place]
    assert pictures[0] != pictures[1]
    assert inks(panel, RunColumn.RECIPE) >= {DARK.warn.lower()}
    words = [panel.model.data(panel.model.index(row, RunColumn.RECIPE)) for row in (0, 1)]
    assert words == [f"{words[1]} · switch interval 5 ms → 210 ms at 3.2 s", "4 × Count primes · threads · 3.11"]


def test_the_mark_of_a_turned_knob_stays_where_there_is_little_room(panel: RunsPanel) -> None:
    panel.add(run(1, changes=TURNED), None)
    panel.resize(640, OPEN_HEIGHT)
    assert not panel.model.roomy
    assert DARK.warn.lower() in inks(panel, RunColumn.RECIPE)


def test_exports_have_knobs_and_changes(panel: RunsPanel) -> None:
    more = (*TURNED, Change("stamps", "off", "on", 4.0))
    panel.add(run(1, Recipe(job="sleep", knobs={"nap": 0.25, "switch_interval": 0.02}), changes=more), None)
    (row,) = csv.DictReader(io.StringIO(exported(panel.runs(), "csv")))
    assert row["knobs"] == "gil=default; nap=0.25; probe_rate=1000; stamps=on; switch_interval=0.02"
    assert row["changes"] == "switch_interval=0.21 from 3.24 s; stamps=off from 4.00 s"
    (whole,) = json.loads(exported(panel.runs(), "json"))
    assert whole["changes"][0] == {"knob": "switch_interval", "value": 0.21, "before": 0.005, "at_s": 3.24}
    assert "changes: switch_interval=0.21 from 3.24 s" in as_text(panel.runs()[0])
