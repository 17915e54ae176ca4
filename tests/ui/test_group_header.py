"""The header of a run: whose GIL it is, how far the run got, and how fast it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from playground.interpreters.facts import InterpreterFacts
from playground.reading.holds.owners import Track
from playground.recipe.recipe import Recipe
from tests.core.made_runs import made
from ui.kit.drawing import width_of
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK
from ui.stage.group_header import GroupHeader, _tag_width

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window


def header(qtbot: QtBot, recipe: Recipe, gils: tuple[Track, ...] = (), **fields: Any) -> GroupHeader:
    load_fonts()
    run: Any = SimpleNamespace(number=1, recipe=recipe, tracks=gils, gil_note=None, ended=False)
    shown = GroupHeader(run, DARK)
    qtbot.addWidget(shown)
    shown.show_statistics(made(recipe, **fields))
    return shown


ONE = (Track(0, (0, 1, 2, 3)),)
TWO = (Track(0, (0, 2)), Track(1, (1, 3)))
NO_GIL = InterpreterFacts(gil_enabled=False)


@pytest.mark.parametrize(
    ("recipe", "gils", "facts", "words"),
    [
        (Recipe(workers=3, model="serial"), (), InterpreterFacts(), "they share one GIL, one after the other"),
        (Recipe(workers=1, model="serial"), (), InterpreterFacts(), ""),
        (Recipe(workers=3, model="processes"), (), InterpreterFacts(), "each has its own GIL"),
        (Recipe(workers=1, model="processes"), (), InterpreterFacts(), ""),
        (Recipe(workers=4, model="threads"), ONE, InterpreterFacts(), "pid 1"),
        (Recipe(workers=4, model="threads", host="app", seconds=3.0), ONE, InterpreterFacts(), ""),
        (Recipe(workers=4, model="processes-threads"), TWO, InterpreterFacts(), "2 GILs"),
        (Recipe(workers=3, model="serial"), (), NO_GIL, "no GIL"),
        (Recipe(workers=4, model="threads"), (), NO_GIL, "no GIL"),
    ],
)
def test_it_says_whose_gil_it_is(
    qtbot: QtBot, recipe: Recipe, gils: tuple[Track, ...], facts: InterpreterFacts, words: str
) -> None:
    shown = header(qtbot, recipe, gils, interpreter=facts)
    assert " ".join(shown.words._gil_words()) == words
    assert words in shown.accessibleDescription()


def told(qtbot: QtBot, **fields: Any) -> tuple[str, str, str]:
    shown = header(qtbot, Recipe(workers=4), ONE, **fields)
    assert shown.words.statistics is not None
    return shown.words.figures(shown.words.statistics)


def test_while_it_runs_its_rate_is_that_of_now(qtbot: QtBot) -> None:
    """100 ops a second on average, now 25, and five numbers in each."""
    rates = {"throughput": 100.0, "throughput_recent": 25.0, "unit": "chunks"}
    assert told(qtbot, **rates) == ("3.0 s", "25.0", "chunks/s")
    assert told(qtbot, **rates, work_per_s=500.0, work="numbers", progress=0.4) == ("40 %", "125", "numbers/s")
    over = {"phase": "ended", "outcome": "finished", "progress": 1.0}
    assert told(qtbot, **rates, **over) == ("3.0 s", "100", "chunks/s")
    assert told(qtbot, **{**rates, **over, "seconds": 12.4})[0] == "12 s"
    assert told(qtbot, **{**rates, "throughput": 0.0})[1:] == ("", ""), "nothing is done yet"
    assert told(qtbot, **rates, phase="paused") == ("3.0 s", "", "")
    assert told(qtbot, **rates, **{**over, "outcome": "failed"})[1:] == ("", "")
    assert told(qtbot, phase="starting") == ("starting", "", "")


def test_a_run_that_was_too_short_has_no_rate(qtbot: QtBot) -> None:
    over = {"phase": "ended", "outcome": "finished", "throughput": 8960.0}
    assert told(qtbot, **over, seconds=0.004) == ("4 ms", "", "")
    assert told(qtbot, **over, seconds=0.4) == ("0.4 s", "8 960".replace(" ", "\N{THIN SPACE}"), "chunks/s")
    assert told(qtbot, seconds=0.1, throughput=8960.0)[2] == "chunks/s", "it is going on"


def test_other_programs_that_disturb_it_are_a_tag_and_its_tool_tip(qtbot: QtBot) -> None:
    shown = header(qtbot, Recipe(workers=4), ONE)
    shown.show_disturbance("others were busy: got 0.5 of 1 core", "Other programs took 1.3 cores.")
    assert shown.words.tags() == [("others were busy: got 0.5 of 1 core", "warn")]
    assert "others were busy" in shown.accessibleDescription()
    assert shown.toolTip() == "Other programs took 1.3 cores."
    shown.show_disturbance("", "")
    assert (shown.words.tags(), shown.toolTip()) == ([], "")
    assert "others" not in shown.accessibleDescription()


def test_the_model_goes_before_the_rest_of_a_remark(qtbot: QtBot) -> None:
    shown = header(qtbot, Recipe(workers=4), ONE)
    shown.show_disturbance("others were busy: got 0.5 of 1 core", "Other programs took 1.3 cores.")
    for room in range(600, 250, -10):
        tags = shown.tags_within(room)
        left = room - sum(_tag_width(words, DARK) + 12 for words, _ in tags)
        assert shown.details_within(left).startswith("  ·  threads")
        assert left >= width_of("  ·  threads", DARK.font(13))
    assert shown.tags_within(600) == shown.words.tags()
    assert tags == [("others were busy", "warn")]


def test_where_there_is_little_room_details_go_one_by_one_and_none_is_cut(qtbot: QtBot) -> None:
    python = InterpreterFacts(version="3.11.7", implementation="CPython")
    shown = header(qtbot, Recipe(workers=4), ONE, interpreter=python, lanes_source="sampled")
    parts = ["threads", "CPython 3.11", "pid 1", "lanes sampled"]
    seen = [shown.details_within(room).split("  ·  ")[1:] for room in range(1000, 0, -10)]
    told = [words for place, words in enumerate(seen) if not place or words != seen[place - 1]]
    assert told == [parts, [parts[0], parts[1], parts[3]], [parts[0], parts[3]]]
    for room in range(200, 1000, 50):
        assert width_of(shown.details_within(room), DARK.font(13)) <= room
    whole = "  ·  ".join(["", *parts])
    assert shown.details_within(width_of(whole, DARK.font(13))) == whole, "as much as there is room for"
    mine = header(qtbot, Recipe(workers=3, model="serial"), (), lanes_source="estimated")
    assert mine.details_within(0) == "  ·  serial  ·  lanes estimated"
