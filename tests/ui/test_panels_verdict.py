"""The verdict and the cards of the empty state."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.figures.reach import Machine
from playground.figures.records import LoopFigures, Shares
from playground.reading.states import RUN, TURN, UNKNOWN
from playground.recipe.recipe import Recipe
from playground.verdict.judge import Verdict
from playground.verdict.key_figures import Figure, key_figures
from tests.ui.panel_records import run
from ui.kit.fonts import load_fonts
from ui.kit.labels import Headline
from ui.kit.theme import DARK, LIGHT
from ui.runs.computer_card import OnThisComputer
from ui.runs.figure_row import FigureRow
from ui.runs.how_to_read import HowToRead
from ui.runs.split_bar import parts_of, place_labels
from ui.runs.verdict_card import Shape, VerdictCard
from ui.shell.right_column import Side

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

FIGURES = (Figure("Cores used", "1.0", "of 8", 1, 8), Figure("GIL hand-offs", "187", "per second"))
GIL_BOUND = Verdict(
    "gil_bound",
    "4 threads, but only 1.0 core busy.",
    "Each thread spent **75 %** of its time waiting for the GIL.",
    share=Shares(run=0.24, wait_gil=0.75, wait_core=0.01),
    figures=FIGURES,
)
IDLE = Verdict("idle", "Nothing is running.", "Start something.")


@pytest.fixture
def card(qtbot: QtBot) -> VerdictCard:
    load_fonts()
    card = VerdictCard(DARK)
    qtbot.addWidget(card)
    card.resize(308, 420)
    card.show()
    return card


def test_it_shows_sentence_reason_split_and_figures(card: VerdictCard) -> None:
    card.show_verdict(GIL_BOUND)
    assert card.sentence.words() == GIL_BOUND.sentence
    assert "font-weight:600" in card.reason.text()
    assert "*" not in card.reason.text()
    assert card.reason.accessibleName() == "Each thread spent 75 % of its time waiting for the GIL."
    assert card.split.isVisible()
    assert card.figures() == list(FIGURES)
    assert not card.trouble


def test_idle_has_neither_split_nor_figures(card: VerdictCard) -> None:
    card.show_verdict(GIL_BOUND)
    card.show_verdict(IDLE)
    assert not card.split.isVisible()
    assert card.figures() == []
    card.show_verdict(GIL_BOUND)
    assert card.figures() == list(FIGURES)


class Work(QObject):
    """Counts what the widgets that it listens to have to do."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.layouts, self.painted = 0, set[QObject]()
        for widget in widgets:
            widget.installEventFilter(self)

    def settle(self, qtbot: QtBot) -> None:
        """Until there is nothing to do."""
        self.layouts = 1
        while self.layouts or self.painted:
            self.layouts = 0
            self.painted.clear()
            qtbot.wait(50)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.layouts += event.type() == QEvent.Type.LayoutRequest
        if event.type() == QEvent.Type.Paint:
            self.painted.add(watched)
        return False


def test_what_is_told_again_is_not_laid_out_or_painted_again(qtbot: QtBot, card: VerdictCard) -> None:
    card.keep_room(True)
    assert card.show_verdict(GIL_BOUND)
    rows = card.findChildren(FigureRow)
    work = Work(card, card.sentence, card.reason, card.split, *rows)
    qtbot.waitUntil(lambda: rows[1] in work.painted)
    work.settle(qtbot)
    for _ in range(5):
        assert not card.show_verdict(replace(GIL_BOUND))
        qtbot.wait(5)
    assert (work.layouts, work.painted) == (0, set())
    other = replace(FIGURES[1], value="188")
    assert card.show_verdict(replace(GIL_BOUND, figures=(FIGURES[0], other)))
    card.height_as(Shape.BRIEF, card.width())  # the column asks for that too
    qtbot.waitUntil(lambda: rows[1] in work.painted)
    assert work.layouts == 0
    assert card.sentence not in work.painted
    assert card.reason not in work.painted
    assert rows[0] not in work.painted
    before = card.height_as(Shape.WHOLE, card.width())
    assert card.show_verdict(replace(GIL_BOUND, sentence="Many words are here. " * 6))
    assert card.height_as(Shape.WHOLE, card.width()) > before
    qtbot.waitUntil(lambda: card.sentence in work.painted)
    assert work.layouts
    assert card.sentence.height() >= card.sentence.heightForWidth(card.sentence.width())


def test_all_of_a_figure_that_is_cut_is_on_hover_and_can_be_copied(qtbot: QtBot, card: VerdictCard) -> None:
    answer = "[<b>" + ", ".join(str(number) for number in range(2000)) + "]"
    cut = Figure("Answer", "[<b>0, 1…", "returned", whole=answer)
    card.show_verdict(replace(GIL_BOUND, figures=(*FIGURES, cut)))
    plain_row, row = [row for row in card.findChildren(FigureRow) if row.figure() in (FIGURES[1], cut)]
    assert "&lt;b&gt;0, 1, 2, " in row.toolTip()
    assert f"… {len(answer) - 1500} more characters" in row.toolTip()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    qtbot.mouseClick(plain_row, Qt.MouseButton.LeftButton)
    assert clipboard.text() == "before"
    with qtbot.waitSignal(card.copied):
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert clipboard.text() == answer
    clipboard.setText("before")
    qtbot.keyClick(row, Qt.Key.Key_Space)
    assert clipboard.text() == answer
    assert row.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert plain_row.focusPolicy() == Qt.FocusPolicy.NoFocus
    card.show_verdict(replace(GIL_BOUND, figures=(*FIGURES, Figure("Answer", "7", "checked"))))
    assert row.toolTip() == ""
    assert row.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_trouble_has_a_border_of_its_own(card: VerdictCard) -> None:
    card.show_verdict(IDLE)
    calm = card.grab().toImage()
    card.show_verdict(Verdict("crashed", IDLE.sentence, IDLE.reason, trouble=True))
    assert card.trouble
    assert card.grab().toImage() != calm


def test_words_are_never_taken_for_markup(card: VerdictCard) -> None:
    card.show_verdict(Verdict("failed", "It failed.", "<b>NameError</b>: **x** & y"))
    assert "&lt;b&gt;NameError&lt;/b&gt;" in card.reason.text()
    assert "&amp; y" in card.reason.text()


def test_with_several_runs_one_is_chosen(card: VerdictCard, qtbot: QtBot) -> None:
    card.show_runs([7], 7)
    assert not card.runs.isVisible()
    card.show_runs([7, 8], 8)
    assert card.runs.taken() == 8
    with qtbot.waitSignal(card.runs.chosen, timeout=1000) as chosen:
        qtbot.mouseClick(card.runs.last.segment("7"), Qt.MouseButton.LeftButton)
    assert chosen.args == [7]


def test_the_choice_of_a_run_stands_in_one_line_with_the_caption(card: VerdictCard, qtbot: QtBot) -> None:
    card.resize(320, card.height_as(Shape.WHOLE, 320))
    for count in (2, 40):  # with and without "37 more"
        card.show_runs(range(1, count + 1), count)
        qtbot.waitUntil(lambda: card.runs.last.segment(str(card.runs.taken())).isVisible(), timeout=5000)
        card.layout().activate()
        assert abs(_middle(card.runs.last, card._head) - _middle(card.caption, card._head)) <= 1


def test_an_unchanged_verdict_repaints_nothing(card: VerdictCard, qtbot: QtBot) -> None:
    card.show_verdict(GIL_BOUND)
    card.show_runs([7, 8], 8)
    segments = card.runs.last.segment("7")
    card.show_verdict(GIL_BOUND)
    card.show_runs([7, 8], 8)
    assert card.runs.last.segment("7") is segments


LONG = replace(
    GIL_BOUND,
    sentence="4 coroutines take turns in one thread, and one of them never gives up the loop.",
    reason="Each waited for its turn. " * 8,
    figures=FIGURES * 4,
)
VERDICTS = (GIL_BOUND, IDLE, LONG, replace(GIL_BOUND, share=None), replace(GIL_BOUND, reason="", figures=()))


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("width", [320, 400, 640])
@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("shape", Shape)
def test_its_height_in_each_shape_is_foretold(
    qtbot: QtBot, card: VerdictCard, shape: Shape, verdict: Verdict, width: int, keeps: bool
) -> None:
    card.show_runs(range(1, 41), 40)
    card.keep_room(keeps)
    card.resize(width, 900)
    card.show_verdict(verdict)
    foretold = card.height_as(shape, width)
    card.set_shape(shape)
    card.resize(width, foretold)
    qtbot.waitUntil(lambda: card.heightForWidth(width) == foretold, timeout=5000)  # the layouts have their say
    for label in (card.sentence, card.reason, card.short, card.split, *card.findChildren(FigureRow)):
        if label.isVisible():
            wanted = label.heightForWidth(label.width()) if label.hasHeightForWidth() else label.height()
            assert label.height() >= wanted
            assert card.rect().contains(QRect(label.mapTo(card, QPoint(0, 0)), label.size()))


def _middle(widget: QWidget, within: QWidget) -> float:
    return widget.mapTo(within, QPoint(0, 0)).y() + widget.height() / 2


def test_room_is_kept_so_that_nothing_below_moves(card: VerdictCard) -> None:
    card.keep_room(True)
    card.resize(320, 600)
    ordinary = (IDLE, replace(GIL_BOUND, reason="", figures=()), replace(GIL_BOUND, share=None), GIL_BOUND)
    heights = set()
    for verdict in ordinary:
        card.show_verdict(verdict)
        heights.add((card.height_as(Shape.WHOLE, 320), card.height_as(Shape.BRIEF, 320)))
    assert len(heights) == 1
    card.show_verdict(LONG)
    grown = card.height_as(Shape.WHOLE, 320)
    assert grown > heights.pop()[0]
    card.show_verdict(GIL_BOUND)
    assert card.height_as(Shape.WHOLE, 320) == grown  # once taken it is kept …
    assert card.height_as(Shape.WHOLE, 400) < grown  # … for that width


def test_room_that_one_run_took_is_not_kept_for_the_next(card: VerdictCard) -> None:
    card.keep_room(True)
    card.resize(320, 600)
    card.show_runs([1], 1)
    card.show_verdict(GIL_BOUND)
    ordinary = card.height_as(Shape.WHOLE, 320)
    card.show_verdict(LONG)
    grown = card.height_as(Shape.WHOLE, 320)
    card.show_verdict(GIL_BOUND)
    card.show_runs([1], 1)
    assert card.height_as(Shape.WHOLE, 320) == grown
    card.show_runs([1, 2], 2)
    assert card.height_as(Shape.WHOLE, 320) == ordinary < grown


def test_words_alone_do_not_stand_at_the_lower_edge(card: VerdictCard, qtbot: QtBot) -> None:
    card.show_verdict(IDLE)
    card.resize(320, card.height_as(Shape.WHOLE, 320))
    qtbot.waitUntil(lambda: card.reason.height() >= card.reason.heightForWidth(card.reason.width()), timeout=5000)
    below = card.height() - card.reason.mapTo(card, QPoint(0, card.reason.height())).y()
    assert below >= 12


def test_the_sentence_alone_is_in_the_middle_of_its_line(card: VerdictCard, qtbot: QtBot) -> None:
    card.show_verdict(GIL_BOUND)
    card.show_runs([1, 2], 2)
    card.set_shape(Shape.SENTENCE)
    card.resize(700, card.height_as(Shape.SENTENCE, 700))
    qtbot.waitUntil(lambda: card.short.height() == card.short.heightForWidth(card.short.width()), timeout=5000)
    assert abs(_middle(card.short, card._head) - card._head.height() / 2) <= 1
    assert abs(_middle(card.runs, card._head) - card._head.height() / 2) <= 1


def test_what_there_is_no_room_for_is_on_hover(card: VerdictCard) -> None:
    card.show_verdict(replace(GIL_BOUND, reason="<b>NameError</b> in **7**"))
    assert card.toolTip() == ""
    card.set_shape(Shape.BRIEF)
    assert "GIL hand-offs: 187 per second" in card.toolTip()
    assert (card.sentence.isVisible(), card.split.isVisible(), card.short.isVisible()) == (True, True, False)
    card.set_shape(Shape.SENTENCE)
    assert (card.sentence.isVisible(), card.split.isVisible(), card.short.isVisible()) == (False, False, True)
    assert card.short.words() == GIL_BOUND.sentence
    for words in ("&lt;b&gt;NameError&lt;/b&gt; in 7", "waits for the GIL 75 %", "Cores used: 1.0 of 8"):
        assert words in card.toolTip()
    assert card.figures() == list(FIGURES)


def test_a_headline_is_balanced(qtbot: QtBot) -> None:
    load_fonts()
    headline = Headline(DARK, GIL_BOUND.sentence)
    qtbot.addWidget(headline)
    lines = headline.lines(276)
    assert lines == ["4 threads, but only", "1.0 core busy."]
    assert headline.heightForWidth(276) == 56
    assert headline.lines(900) == [GIL_BOUND.sentence]
    assert " ".join(line for line in headline.lines(60) if line) == GIL_BOUND.sentence


def test_a_number_and_its_unit_stay_together(qtbot: QtBot) -> None:
    load_fonts()
    headline = Headline(DARK, "10 000 coroutines wait 52 % of 10 ms.")
    qtbot.addWidget(headline)
    assert {line.replace("\N{NO-BREAK SPACE}", "_") for line in headline.lines(1) if line} == {
        "10_000", "coroutines", "wait", "52_%", "of", "10_ms.",
    }  # fmt: skip


parts = st.floats(0.0, 1.0)


@given(share=st.builds(Shares, parts, parts, parts, parts, parts, parts), width=st.integers(60, 500))
def test_labels_of_the_split_bar_never_overlap(qapp: object, share: Shares, width: int) -> None:
    shown = parts_of(share)
    labels = place_labels(shown, width, DARK)
    for left, right in pairwise(labels):
        assert left.right <= right.left
    if len(labels) > 1:
        assert labels[0].left >= -0.001
        assert labels[-1].right <= width + 0.001
    assert len(labels) <= len(shown)
    if shown:
        most = max(part.share for part in shown)
        biggest = [words for part in shown if part.share == most for words in (part.long, part.short)]
        assert any(label.words.startswith(tuple(biggest)) for label in labels)


def test_waiting_for_a_turn_has_a_part_of_its_own() -> None:
    parts = parts_of(Shares(run=0.1, wait_turn=0.9))
    assert [(part.state, part.long, part.share) for part in parts] == [
        (RUN, "running", 0.1),
        (TURN, "waits for its turn", 0.9),
    ]


def test_what_nobody_saw_has_a_part_of_its_own() -> None:
    parts = parts_of(Shares(run=0.88, unknown=0.12))
    assert [(part.state, part.long, part.share) for part in parts] == [
        (RUN, "running", 0.88),
        (UNKNOWN, "not known", 0.12),
    ]


LOOP = LoopFigures(1.0, 32.84, 60.0, 999, 0.5, 49_170.0, "counted")


def test_of_very_many_workers_it_tells_what_one_costs() -> None:
    recipe = Recipe(job="sleep", workers=10_000, model="asyncio")
    fields = {"worker_mb": 0.0022, "start_all_ms": 148.4, "loop": LOOP, "speedup": 9000.0, "workers": ()}
    told = {
        one.label: f"{one.value} {one.unit}".strip()
        for one in key_figures(run(1, recipe, **fields), Machine(2, 1, 0, 2))
    }
    assert told == {
        "Cores used": "1.0 of 2",
        "Switches": "49 170 per second",
        "Loop lateness": "32.8 ms p99",
        "Memory per worker": "2.2 KB",
        "All started within": "148 ms",
        "99 % of frames": "≤ 2.0 ms its last 10 s",
    }


def test_of_few_workers_in_a_loop_it_tells_of_the_loop() -> None:
    recipe = Recipe(workers=4, model="asyncio")
    fields = {"worker_mb": 0.2, "start_all_ms": 5.0, "loop": LOOP, "speedup": 1.0}
    labels = [one.label for one in key_figures(run(1, recipe, **fields), Machine(2, 1, 0, None))]
    assert labels == ["Cores used", "Speed-up", "Switches", "Loop lateness"]


def test_the_cards_of_the_empty_state(qtbot: QtBot) -> None:
    how, computer = HowToRead(DARK), OnThisComputer(DARK, [(True, "8 cores", "")])
    for card in (how, computer):
        qtbot.addWidget(card)
        card.show()
        card.set_theme(LIGHT)
    facts = [(True, "8 cores", ""), (False, "Green threads", "needs gevent")]
    computer.show_facts(facts)
    assert computer.facts() == facts
    assert "Green threads: missing, needs gevent" in [child.accessibleName() for child in computer._rows]


def test_as_a_drawer_the_column_has_less_room_and_the_verdict_fits_it_at_once(qtbot: QtBot) -> None:
    load_fonts()
    side = Side(DARK)
    qtbot.addWidget(side)
    side.show()
    side.add_run(1, 0)
    side.show_verdict(GIL_BOUND)
    height = 900
    side.resize(400, height)
    while side.verdict.shape == Shape.WHOLE:  # to where it just fits
        height -= 4
        side.resize(400, height)
    side.resize(400, height + 4)
    assert side.verdict.shape == Shape.WHOLE
    side.as_drawer(True)
    assert side.verdict.shape == Shape.BRIEF
    side.as_drawer(False)
    assert side.verdict.shape == Shape.WHOLE
