"""The card beside the mouse: what it says of a column, and where it stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.reading.states import CORE, GIL, IO, LOCK, RUN, SLEEP, WORDS
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK
from ui.stage.hover import HoverCard
from ui.stage.lanes_plot import shares_words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

LINES = [
    "1A",
    "waited 15.2 ms for the GIL",
    "in the 24 ms around it:",
    "waits for the GIL 62 %",
    "running 38 %",
    "−1 s",
]


def of(**shares: float) -> list[str]:
    numbers = {"run": RUN, "gil": GIL, "core": CORE, "io": IO, "blocked": LOCK, "sleep": SLEEP}
    given = np.zeros(len(WORDS))
    for name, share in shares.items():
        given[numbers[name]] = share
    return shares_words(given, "here:")


def test_each_state_of_a_column_has_a_line() -> None:
    assert of(run=0.2, gil=0.75, core=0.05) == [
        "here:", "waits for the GIL 75 %", "running 20 %", "waits for a core 5 %",
    ]  # fmt: skip
    assert of(run=1.0) == of() == of(run=0.5) == []
    assert of(run=0.2, gil=0.3)[-1] == "other 50 %"


def test_what_is_left_is_named() -> None:
    six = of(run=0.3, gil=0.25, core=0.2, io=0.1, blocked=0.08, sleep=0.07)
    assert six[-1] == "other 15 %"
    assert len(six) == 6


@given(st.lists(st.floats(0.0, 1.0), min_size=len(WORDS), max_size=len(WORDS)).filter(lambda all_: sum(all_) > 0.1))
def test_they_add_up(shares: list[float]) -> None:
    told = shares_words(np.array(shares) / sum(shares), "here:")
    if told:
        assert abs(sum(int(line.split()[-2]) for line in told[1:]) - 100) <= 4  # each is rounded, and 1 % left out


@pytest.fixture
def card(qtbot: QtBot) -> HoverCard:
    load_fonts()
    stage = QWidget()
    qtbot.addWidget(stage)
    stage.resize(900, 500)
    stage.show()
    card = HoverCard(DARK, stage)
    card.stage_kept = stage  # type: ignore[attr-defined]  # else it is collected
    return card


@pytest.mark.parametrize("x", [0, 300, 899])
@pytest.mark.parametrize(("y", "row"), [(10, (0, 40)), (200, (180, 220)), (490, (440, 500)), (250, None)])
def test_it_leaves_free_what_it_speaks_of_and_is_never_cut(
    card: HoverCard, x: int, y: int, row: tuple[float, float] | None
) -> None:
    card.tell(LINES, QPointF(x, y), row)
    place = QRectF(card.geometry())
    assert card.parentWidget().rect().contains(card.geometry())
    top, bottom = row or (y, y + 1)
    assert not place.intersects(QRectF(0, top, 900, bottom - top))
    assert not place.contains(QPointF(x, y))


def test_in_a_stage_that_is_too_low_it_is_whole_all_the_same(card: HoverCard) -> None:
    card.parentWidget().resize(900, 160)
    card.tell(LINES, QPointF(300, 80), (0, 160))
    assert card.parentWidget().rect().contains(card.geometry())
