"""Every figure, state and column says in a sentence what it means, where the mouse is and for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from playground.figures.finished import figures
from playground.reading import states
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.kit.theme import DARK, ThemeSource
from ui.runs import run_rows, task_rows
from ui.runs.figure_row import FigureRow
from ui.runs.how_to_read import HowToRead, LegendRow
from ui.settings.settings_file import SettingsFile
from ui.stage.group_header import RATE_MEANS
from ui.stage.legend import Legend
from ui.window import Window

pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

LIMIT_MS = 60_000
ROOT = Path(__file__).parents[2]


def is_sentence(words: str) -> bool:
    return len(words.split()) >= 4


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def ended(qtbot: QtBot, window: Window) -> Callable[[Recipe], Run]:
    def run(recipe: Recipe) -> Run:
        started = window.run(recipe)
        assert started is not None
        qtbot.waitUntil(lambda: started.ended, timeout=LIMIT_MS)
        qtbot.waitUntil(lambda: bool(window.runs_panel.runs()), timeout=LIMIT_MS)
        return started

    return run


def test_every_figure_that_there_can_be_has_a_title_and_a_meaning() -> None:
    for one in figures().values():
        assert one.title[:1].isupper() or one.title[:1].isdigit(), one.name
        assert one.meaning.endswith((".", "?")), one.name
        assert len({one.title, one.meaning}) == 2, one.name


def test_every_figure_below_the_verdict_says_it(window: Window, ended: Callable[[Recipe], Run]) -> None:
    ended(Recipe(job="primes", workers=2, seconds=1.0))
    window.teller.tell()
    rows = [row for row in window.side.verdict.findChildren(FigureRow) if row.figure().label]
    assert len(rows) >= 3
    for row in rows:
        (meaning,) = [one.meaning for one in figures().values() if one.title == row.figure().label]
        assert row.figure().tip.startswith(meaning)
        assert meaning.split(":")[0] in row.toolTip() or row.figure().whole
        assert row.accessibleDescription()


@pytest.mark.parametrize("state", states.TABLE, ids=lambda state: state.name)
def test_every_state_says_it(state: states.State) -> None:
    assert is_sentence(state.explained)
    assert states.explained(state.name) == state.explained
    assert state.explained in task_rows.state_explained(state.name)


@pytest.mark.parametrize("name", [states.NOT_STARTED, states.HELD, states.ENDED])
def test_so_do_those_that_are_no_states(name: str) -> None:
    assert is_sentence(states.explained(name))


def test_the_cards_rows_say_it(qtbot: QtBot) -> None:
    card = HowToRead(DARK)
    qtbot.addWidget(card)
    rows = card.findChildren(LegendRow)
    assert len(rows) == len(states.TOLD)
    for row, state in zip(rows, states.TOLD, strict=True):
        assert state.explained in row.toolTip()
        assert row.accessibleDescription() == row.toolTip()


@pytest.mark.parametrize("width", [1400, 300])
def test_the_legend_says_it_of_the_state_under_the_mouse_and_by_keyboard(qtbot: QtBot, width: int) -> None:
    legend = Legend(DARK)
    qtbot.addWidget(legend)
    legend.resize(width, 20)
    legend.show()
    for at, (state, place) in enumerate(zip(states.TOLD, legend.places(), strict=True)):
        spot = place.center().toPoint()
        QApplication.sendEvent(legend, QHelpEvent(QEvent.Type.ToolTip, spot, legend.mapToGlobal(spot)))
        assert legend.accessibleDescription() == legend.explained(at)
        assert state.explained in QToolTip.text()
    legend.activateWindow()
    legend.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(legend.hasFocus, timeout=LIMIT_MS)
    told = []
    for _ in states.TOLD:
        told.append(legend.accessibleDescription())
        qtbot.keyClick(legend, Qt.Key.Key_Right)
    assert told == [legend.explained(at) for at in range(len(states.TOLD))]
    qtbot.keyClick(legend, Qt.Key.Key_Left)
    assert legend.accessibleDescription() == legend.explained(len(states.TOLD) - 1)
    QToolTip.hideText()


def test_every_column_says_it(window: Window, ended: Callable[[Recipe], Run]) -> None:
    ended(Recipe(job="sleep", workers=2, amount=1))
    tip = Qt.ItemDataRole.ToolTipRole
    for model, columns in (
        (window.side.tasks.model, task_rows.TaskColumn),
        (window.runs_panel.model, run_rows.RunColumn),
    ):
        told = [str(model.headerData(column, Qt.Orientation.Horizontal, tip)) for column in columns]
        assert all(is_sentence(words) for words in told)
        assert len(set(told)) == len(told)
    state = window.side.tasks.model.index(0, task_rows.TaskColumn.STATE)
    assert states.explained(states.ENDED) in str(window.side.tasks.model.data(state, tip))


def test_the_figures_of_a_group_say_it(window: Window, ended: Callable[[Recipe], Run]) -> None:
    run = ended(Recipe(job="primes", workers=2, seconds=1.0))
    header = window.stage.groups[run.number].header
    told = {header.explained_at(x) for x in range(header.width())}
    assert told == {"", figures()["seconds"].meaning, RATE_MEANS}
    assert header.explained_at(40) == "", "its title is no figure"
    for x, words in ((header.plot_right - 240, figures()["seconds"].meaning), (header.plot_right - 20, RATE_MEANS)):
        spot = QPoint(int(x), 15)
        QApplication.sendEvent(header, QHelpEvent(QEvent.Type.ToolTip, spot, header.mapToGlobal(spot)))
        assert QToolTip.text() == words
    QToolTip.hideText()
    assert is_sentence(figures()["progress"].meaning)


def test_what_the_status_bar_shows_says_it(window: Window, ended: Callable[[Recipe], Run]) -> None:
    ended(Recipe(job="primes", workers=2, seconds=1.0))
    window.teller.tell()
    shown = window.status.facts()
    assert len(shown) >= 3
    for name in shown:
        label = window.status._facts[name]
        assert is_sentence(label.toolTip()), name
        assert label.accessibleDescription() == label.toolTip()
