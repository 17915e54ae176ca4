"""Very many workers: one band that tells how many are in each state, and a few lanes that are opened around one."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from playground.lab.wire import ring
from playground.reading.holds.who_held import NOBODY
from playground.reading.rings import RECORD
from playground.reading.states import GIL, RUN, SLEEP, STATE_COUNT, TURN
from playground.reading.worker_name import worker_name
from tests.bench.drawing import Costs, MadeUpRun, Scene
from ui.kit.button import Button
from ui.kit.patterns import AREA_OF, square
from ui.kit.theme import DARK
from ui.stage.band_plot import RowPlaces
from ui.stage.close_up import Near, lanes_around, worker_of
from ui.stage.heat_plot import HeatPlot, heat_levels
from ui.stage.ribbons import Ribbons
from ui.stage.run_block import HeatBlock
from ui.stage.run_group import GroupPanel
from ui.stage.time_window import MS, SECOND, Frame, TimeWindow

START = 10**12
MANY = 1000


def counts(**states: float) -> np.ndarray:
    named = {"run": RUN, "gil": GIL, "turn": TURN, "sleep": SLEEP}
    made = np.zeros((1, STATE_COUNT), np.float32)
    for name, count in states.items():
        made[0, named[name]] = count
    return made


def heights(made: np.ndarray, workers: int, height: int) -> list[int]:
    return [int(part) for part in np.diff(heat_levels(made, workers, height)[0, 0], prepend=0)]


def test_states_are_as_high_as_there_are_workers_in_them() -> None:
    assert heights(counts(run=100, turn=200, sleep=700), 1000, 200) == [20, 0, 0, 0, 0, 40, 0, 140]


def test_one_of_ten_thousand_is_still_seen() -> None:
    high = heights(counts(run=1, sleep=9999), 10_000, 100)
    assert (high[RUN], high[SLEEP]) == (1, 99)
    assert heights(counts(run=0.2, sleep=9999.8), 10_000, 100)[RUN] == 0


class Heat:
    """A band of sleepers, of whom each tenth computes, and the pixels it keeps."""

    def __init__(self, qtbot: QtBot) -> None:
        self.run = MadeUpRun(1, MANY, START)
        self.window = TimeWindow(span=2 * SECOND)
        self.plot = HeatPlot(self.run, 0, self.window, DARK)
        qtbot.addWidget(self.plot)
        self.plot.resize(400, 120)
        self.plot.arrange(Ribbons(self.run.tracks), RowPlaces.of(1.0, 14, 1, 100, 0))
        records = np.zeros(MANY, RECORD)
        records["start"], records["end"], records["task"] = START, START + SECOND, np.arange(MANY)
        tenth = records["task"] % 10 == 0
        records["kind"] = np.where(tenth, ring.RUN, ring.SLEEP)
        records["cpu"] = np.where(tenth, SECOND, 0)
        self.run.lanes.write(records)
        self.run.lanes.settled()
        self.frame = self.at(START + SECOND)

    def at(self, now: int) -> Frame:
        self.window.tick(now)
        frame = self.window.frame(400)
        self.plot.note_dirty(self.run.lanes.take_dirty())
        self.plot.refresh(frame)
        return frame

    def column(self, moment: int) -> np.ndarray:
        assert self.plot._ring is not None
        return self.plot._ring.pixels[14:, moment // self.frame.px_ns % self.plot._ring.capacity]


def test_a_band_is_filled_by_count(qtbot: QtBot) -> None:
    heat = Heat(qtbot)
    column = heat.column(START + 500 * MS)
    asleep, color = (square(state, DARK.worker(0), DARK, 1.0)[0, 0] for state in (AREA_OF[SLEEP], RUN))
    assert list(column == asleep) == [True] * 90 + [False] * 10
    assert list(column == color) == [False] * 90 + [True] * 10


@pytest.mark.parametrize(("height", "seen"), [(100, 4), (72, 4), (71, 3), (20, 1), (10, 0)])
def test_of_the_counts_at_the_right_none_is_cut(qtbot: QtBot, height: int, seen: int) -> None:
    heat = Heat(qtbot)
    block = HeatBlock(heat.plot, DARK, "heat", "Heat")
    block._counts = [("1 465", "unknown"), ("20", "GIL"), ("9", "sleep"), ("1", "core")]
    heat.plot.arrange(Ribbons(heat.run.tracks), RowPlaces.of(1.0, 14, 1, height, 0))
    assert block.seen_counts() == block._counts[:seen]
    heat.plot.setParent(None)  # it is closed on its own


def test_the_mouse_tells_the_counts_of_that_moment(qtbot: QtBot) -> None:
    heat = Heat(qtbot)
    x = float(heat.frame.pixel(START + 500 * MS))
    lines = heat.plot.describe(x, 60)
    assert lines[:3] == ["1\u2009000 workers", "100 running", "900 sleeping"]
    before = heat.plot.describe(float(heat.frame.pixel(START - 100 * MS)), 60)
    assert before[1] == "1\u2009000 not begun, paused or ended"
    assert heat.plot.describe(x, 4)[0] == "not known who holds the GIL"  # nothing was sampled
    heat.run.holds.append((NOBODY, START, START + SECOND))
    assert heat.plot.describe(x, 4)[0] == "nobody holds the GIL"


def test_what_is_under_way_counts_and_is_corrected_when_it_is_known(qtbot: QtBot) -> None:
    heat = Heat(qtbot)
    every = np.arange(MANY)
    heat.run.lanes.live.set_tails(every, np.full(MANY, ring.SLEEP), np.full(MANY, START + SECOND))
    for _ in range(5):  # until nothing is left to be corrected
        heat.at(START + SECOND + 400 * MS)
    moment = START + SECOND + 300 * MS
    asleep = square(AREA_OF[SLEEP], DARK.worker(0), DARK, 1.0)[0, 0]
    assert (heat.column(moment) == asleep).all()
    records = np.zeros(2 * MANY, RECORD)  # their sleep was over long before they had their turn
    over, now = START + SECOND + 200 * MS, START + SECOND + 400 * MS
    records["task"] = np.repeat(every, 2)
    records["start"], records["end"] = np.tile((over - 200 * MS, over), MANY), np.tile((over, now), MANY)
    records["kind"] = np.tile((ring.SLEEP, ring.TURN), MANY)
    heat.run.lanes.write(records)
    heat.run.lanes.settled()
    for later in range(1, 6):  # of many lanes, what is behind the edge is painted anew on every fourth frame
        heat.at(now + later * MS)
    assert not (heat.column(moment) == asleep).any()
    assert (heat.column(over - 50 * MS) == asleep).all()


# -- a few of very many


@pytest.mark.parametrize(
    ("worker", "shown"), [(0, range(7)), (3, range(7)), (500, range(497, 504)), (999, range(993, 1000))]
)
def test_lanes_around_a_worker_have_it_in_their_middle(worker: int, shown: range) -> None:
    assert lanes_around(worker, 1000) == shown


@pytest.mark.parametrize(
    ("words", "worker"),
    [
        ("1", 0),
        ("1 000", 999),
        ("a", 0),
        ("ALL", 999),
        ("1001", None),
        ("ALM", None),
        ("0", None),
        ("", None),
        ("?", None),
    ],
)
def test_a_worker_is_asked_for_by_name_or_number(words: str, worker: int | None) -> None:
    assert worker_of(words, 1000) == worker
    if worker is not None:
        assert worker_of(worker_name(worker), 1000) == worker


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene(MANY, 4, (1120, 760), lens=False)
    qtbot.addWidget(made.stage)
    advance(made, 30)
    return made


def advance(scene: Scene, frames: int) -> None:
    for _ in range(frames):
        scene.frame(Costs())


def group_of(scene: Scene) -> GroupPanel:
    return scene.stage.groups[1]


def near_of(scene: Scene) -> Near:
    near = group_of(scene).close_up.near
    assert near is not None
    return near


def test_the_lanes_around_a_worker_open_below_the_band_and_fold_again(scene: Scene, qtbot: QtBot) -> None:
    group, before = group_of(scene), group_of(scene).height()
    assert isinstance(group.plot, HeatPlot)
    scene.stage.open_worker(1, 500)
    advance(scene, 5)
    near = near_of(scene)
    assert near.plot.shown == range(497, 504)
    assert near.geometry().top() >= group.block.geometry().bottom()
    assert near.plot.frame is not None
    assert near.plot.frame.left == group.plot.frame.left
    kept_ring = near.plot._ring
    assert kept_ring is not None
    assert len(kept_ring.pixels) == near.plot.rows.bottom
    hover = near.plot.describe(near.plot.width() - 300, near.plot.rows.place(3).center().y())
    assert hover[0] == f"1{worker_name(500)}"
    qtbot.mouseClick(near.findChild(Button, "near_1_fold"), Qt.MouseButton.LeftButton)
    assert group.close_up.near is None
    advance(scene, 3)
    assert group.height() == before


def test_arrows_go_from_worker_to_worker_and_escape_folds(scene: Scene, qtbot: QtBot) -> None:
    group = group_of(scene)
    scene.stage.activateWindow()
    qtbot.keyClick(group, Qt.Key.Key_Return)
    near = near_of(scene)
    assert near.worker == 0
    qtbot.keyClick(near.field, Qt.Key.Key_Down)
    qtbot.keyClick(near.field, Qt.Key.Key_PageDown)
    assert near.worker == 8
    qtbot.keyClick(group, Qt.Key.Key_Up)
    assert near.worker == 7
    assert near.plot.shown == range(4, 11)
    assert near.field.text() == worker_name(7)
    qtbot.mouseClick(near.next, Qt.MouseButton.LeftButton)
    assert near.worker == 8
    qtbot.keyClick(near.field, Qt.Key.Key_Escape)
    assert group.close_up.near is None
    qtbot.keyClick(group, Qt.Key.Key_Return)
    assert near_of(scene).worker == 8  # where it was
    qtbot.keyClick(group, Qt.Key.Key_Escape)
    assert group.close_up.near is None


def test_a_worker_can_be_typed_and_a_wrong_one_is_told(scene: Scene, qtbot: QtBot) -> None:
    scene.stage.open_worker(1, 3)
    near = near_of(scene)
    near.field.selectAll()
    QTest.keyClicks(near.field, "1000")
    qtbot.keyClick(near.field, Qt.Key.Key_Return)
    assert near.worker == 999
    near.field.selectAll()
    QTest.keyClicks(near.field, "1001")
    qtbot.keyClick(near.field, Qt.Key.Key_Return)
    assert near.field.wrong
    assert near.worker == 999
    QTest.keyClicks(near.field, "2")
    assert not near.field.wrong
    qtbot.keyClick(near.field, Qt.Key.Key_Return)
    qtbot.keyClick(near.field, Qt.Key.Key_Up)
    assert not near.field.wrong
    assert near.worker == 998


def test_a_double_click_on_the_band_opens_who_ran_there(scene: Scene, qtbot: QtBot) -> None:
    group = group_of(scene)
    scene.stage.freeze(True)
    advance(scene, 1)
    frame = group.plot.frame
    assert frame is not None
    lane, begun, ended = scene.run.holds[-30]
    scene.stage.window_of_time.set_span(400 * MS)
    advance(scene, 1)
    frame = group.plot.frame
    assert frame is not None
    place = QPoint(frame.pixel((begun + ended) // 2), group.plot.height() - 20)
    qtbot.mouseClick(group.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(group.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(group.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert near_of(scene).worker == lane
    assert scene.stage.frozen  # elsewhere a double click goes back to live


def test_folding_what_is_under_the_mouse_leaves_nothing_behind(scene: Scene, qtbot: QtBot) -> None:
    scene.stage.open_worker(1, 10)
    advance(scene, 2)
    plot = near_of(scene).plot
    plot.hovered.emit(300.0, 20.0)
    advance(scene, 1)  # the mouse is followed once a beat
    assert scene.stage.card.isVisible()
    group_of(scene).close_up.fold()
    advance(scene, 20)
    assert not scene.stage.card.isVisible()


def test_lanes_that_are_opened_say_what_their_workers_do(scene: Scene, qtbot: QtBot) -> None:
    scene.stage.open_worker(1, 500)
    advance(scene, 2)
    scene.stage.show_statistics([scene.run.statistics()])
    near = near_of(scene)
    assert [words for words, _ in near.block._figures] == ["0 %"] * 7
    assert near.block._ids == [str(4243 + lane) for lane in near.plot.shown]
    scene.stage.show_lens(True)
    advance(scene, 30)
    group = group_of(scene)
    group.grab()
    assert group.lens._shown == list(range(497, 504))
    assert near.plot.bracket == group.plot.bracket


def test_few_workers_have_nothing_to_open(qtbot: QtBot) -> None:
    made = Scene(4, 4, (1120, 660), lens=False)
    qtbot.addWidget(made.stage)
    made.stage.open_worker(1, 2)
    made.stage.open_worker(99, 2)  # no such run
    qtbot.keyClick(group_of(made), Qt.Key.Key_Return)
    assert group_of(made).close_up.near is None
    assert made.stage.findChild(QLineEdit) is None


def test_a_hundred_thousand_workers_cost_what_is_in_sight(scene: Scene, qtbot: QtBot) -> None:
    """Nobody asks for all workers; those of the lanes that are open are few."""
    asked: list[object] = []
    figures = scene.run.statistics()

    class Watched(tuple):  # type: ignore[type-arg]
        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError("all workers were asked for")

        def __getitem__(self, index):  # type: ignore[no-untyped-def]
            asked.append(index)
            return super().__getitem__(index)

    figures = msgspec.structs.replace(figures, workers=Watched(figures.workers))
    scene.stage.show_statistics([figures])
    scene.stage.open_worker(1, 20)
    scene.stage.show_statistics([figures])
    assert set(map(str, asked)) == {"slice(17, 24, None)"}
