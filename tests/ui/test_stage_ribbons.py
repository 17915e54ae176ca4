"""The GIL ribbons: one for each GIL, an empty one where there is none, and a tag where one came back."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import structs
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters.facts import InterpreterFacts
from playground.reading.holds.owners import Track
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED, STRANGER
from playground.reading.objects import USE
from playground.reading.reading import Reading
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.bench.drawing import Costs, MadeUpRun, Scene
from tests.core.labs import LIMIT_S
from ui.kit.patterns import hatch, pixel
from ui.kit.theme import DARK, mix
from ui.stage.band_panel import PLOT_LEFT
from ui.stage.lens_fan import FAN
from ui.stage.ribbons import GAP, HEIGHT, MOST, RibbonPaint, Ribbons, letters, paint, ribbons_of
from ui.stage.run_group import GroupPanel
from ui.stage.time_window import MS, SECOND, TimeWindow

FREE = InterpreterFacts("", "3.13.0", "CPython", free_threaded=True, gil_enabled=False)


class SeveralGils(MadeUpRun):
    """Workers that share GILs in pairs. In each pair the second has it all the time."""

    def __init__(self, number: int, workers: int, start: int, cores: int = 16) -> None:
        super().__init__(number, workers, start, cores)
        self.tracks = tuple(Track(lane, (lane, lane + 1)) for lane in range(0, workers, 2))

    def ribbon(self, edges: npt.NDArray[np.int64], track: Track | None = None) -> npt.NDArray[np.int32]:
        assert track is not None
        return np.full(len(edges) - 1, track.lanes[-1], np.int32)

    def hold_slices(self, first: int, last: int, track: Track | None = None) -> list[tuple[int, int, int]]:
        assert track is not None
        return [(track.lanes[-1], first, last)]


def scene_of(qtbot: QtBot, run: MadeUpRun, lens: bool = False) -> Scene:
    scene = Scene(0, 4, (1120, 660), lens=lens)
    scene.run = run
    scene.stage.add_run(run, 0)
    qtbot.addWidget(scene.stage)
    advance(scene)
    return scene


def advance(scene: Scene, frames: int = 20) -> None:
    for _ in range(frames):
        scene.frame(Costs())


def group_of(scene: Scene) -> GroupPanel:
    return scene.stage.groups[1]


def strip(group: GroupPanel, row: int) -> npt.NDArray[np.uint32]:
    """The pixels of a ribbon that are shown."""
    plot = group.plot
    assert plot._ring is not None
    assert plot.frame is not None
    top = row * (HEIGHT + GAP)
    return plot._ring.pixels[top : top + HEIGHT, np.arange(plot.frame.left, plot.frame.right) % plot._ring.capacity]


def has_color(widget: QWidget, color: str) -> bool:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return any(image.pixelColor(x, y) == QColor(color) for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        ((0,), "A"),
        ((0, 2), "A C"),
        ((0, 1), "A B"),
        ((0, 1, 2), "A to C"),
        ((0, 2, 4), "A C E"),
        (range(30), "A to AD"),
    ],
)
def test_workers_of_a_gil_are_told_by_their_letters(lanes: tuple[int, ...], words: str) -> None:
    assert letters(lanes) == words


def test_more_gils_than_there_is_room_for_are_counted() -> None:
    made = ribbons_of(SeveralGils(1, 14, 10**12), without=False, scale=1.0)
    assert (made.count, made.hidden) == (MOST, 3)
    assert made.label(1) == ("GIL 2", "C D")
    assert made.height == 4 * (HEIGHT + GAP)
    assert ribbons_of(MadeUpRun(1, 4, 10**12), without=False, scale=1.0).label(0) == ("GIL held by", "")


def test_each_gil_has_a_ribbon_in_the_colours_of_its_own_workers(qtbot: QtBot) -> None:
    scene = scene_of(qtbot, SeveralGils(1, 4, 10**12))
    group = group_of(scene)
    assert (strip(group, 0) == pixel(DARK.worker(1))).all()
    assert (strip(group, 1) == pixel(DARK.worker(3))).all()
    assert group.plot.rows.top == 2 * (HEIGHT + GAP)
    assert group.plot.describe(400, HEIGHT + GAP + 2)[0] == "D holds GIL 2 of C D"
    assert group.plot.describe(400, HEIGHT + 1) == []  # between the two
    scene.stage.show_statistics([scene.run.statistics()])
    assert "2 GILs" in group.accessibleDescription()


def test_ribbons_come_when_the_workers_have_begun(qtbot: QtBot) -> None:
    run = SeveralGils(1, 4, 10**12)
    gils, run.tracks = run.tracks, ()
    scene = scene_of(qtbot, run)
    group, before = group_of(scene), group_of(scene).plot.rows.top
    assert before == 0
    run.tracks = gils
    scene.stage.show_statistics([run.statistics()])
    advance(scene, 2)
    assert group.plot.rows.top == 2 * (HEIGHT + GAP)
    assert (strip(group, 1) == pixel(DARK.worker(3))).all()


@pytest.mark.parametrize(("kind", "row"), [(MadeUpRun, True), (SeveralGils, False)])
def test_the_lens_has_a_row_for_one_gil_and_none_for_several(qtbot: QtBot, kind: type[MadeUpRun], row: bool) -> None:
    scene = scene_of(qtbot, kind(1, 4, 10**12), lens=True)
    lens = group_of(scene).lens
    assert lens.ribbon is row
    assert (lens.first_row > FAN) is row


def test_without_a_gil_the_ribbon_is_empty_and_hatched(qtbot: QtBot) -> None:
    run = MadeUpRun(1, 4, 10**12)
    run.tracks = ()
    scene = scene_of(qtbot, run, lens=True)
    scene.stage.show_statistics([structs.replace(run.statistics(), interpreter=FREE)])
    advance(scene, 2)
    group = group_of(scene)
    found = strip(group, 0)
    assert set(np.unique(found)) == set(np.unique(hatch(DARK, 1.0)[:HEIGHT]))
    assert len(np.unique(found)) > 1
    for row in range(HEIGHT - 1):  # one row down, one pixel to the left: 45°
        assert (found[row, 1:] == found[row + 1, :-1]).all()
    assert group.plot.ribbons == Ribbons((None,))
    assert group.plot.ribbons.label(0) == ("no GIL", "")
    assert group.plot.describe(300, 4)[0] == "there is no GIL"
    assert "no GIL" in group.accessibleDescription()
    assert not group.lens.ribbon


def test_a_gil_that_came_back_is_told_in_the_header(qtbot: QtBot) -> None:
    run = MadeUpRun(1, 4, 10**12)
    scene = scene_of(qtbot, run)
    scene.stage.show_statistics([run.statistics()])
    header = group_of(scene).header
    assert header.words.tags() == []
    assert not has_color(header, DARK.warn_soft)
    run.gil_note = "The GIL is back: gevent turned it on"
    scene.stage.show_statistics([run.statistics()])
    assert header.words.tags() == [("The GIL is back: gevent turned it on", "warn")]
    assert has_color(header, DARK.warn_soft)
    assert "gevent turned it on" in header.accessibleDescription()


def test_lanes_that_are_sampled_say_so_in_the_header(qtbot: QtBot) -> None:
    run = MadeUpRun(1, 4, 10**12)
    scene = scene_of(qtbot, run)
    scene.stage.show_statistics([run.statistics()])
    header = group_of(scene).header
    assert "lanes" not in header.words.title()[1]
    scene.stage.show_statistics([structs.replace(run.statistics(), lanes_source="sampled")])
    assert header.words.title()[1].endswith("lanes sampled")


class Told(MadeUpRun):
    """Whose GIL it is, column by column, as the test says it."""

    def __init__(self, holders: list[int], holds: list[tuple[int, int, int]] | None = None) -> None:
        super().__init__(1, 4, BEGUN)
        self.holders, self.holds = holders, holds or []
        self.started_ns, self.ended_ns = BEGUN, None

    def ribbon(self, edges: npt.NDArray[np.int64], track: Track | None = None) -> npt.NDArray[np.int32]:
        assert len(edges) == len(self.holders) + 1
        return np.array(self.holders, np.int32)


BEGUN = 10**12
FREE_INK, UNKNOWN_INK = DARK.track, mix(DARK.track, DARK.t3, 0.40)


def painted(run: Told, first_slot: int, first_ns: int, now: int) -> list[int]:
    """The pixels of a ribbon with a millisecond to the pixel."""
    window = TimeWindow()
    window.tick(now)
    frame = replace(window.frame(1000), px_ns=MS)
    look = RibbonPaint(DARK, 1.0)
    first = first_ns // MS
    return [int(ink) for ink in look.held(run, run.tracks[0], first_slot, (first, first + len(run.holders)), frame)[0]]


def test_each_kind_of_holder_has_a_colour_of_its_own() -> None:
    run = Told([0, 1, 3, NOBODY, STRANGER, NOT_SAMPLED])
    inks = [*(DARK.worker(slot) for slot in (2, 3, 5)), FREE_INK, mix(DARK.other, DARK.worker(2), 0.45), UNKNOWN_INK]
    assert painted(run, 2, BEGUN + SECOND, BEGUN + 2 * SECOND) == [pixel(ink) for ink in inks]
    assert len(set(inks)) == 6


def test_outside_its_life_a_run_has_no_gaps() -> None:
    """Columns of a millisecond, from two before its start; it ended, or it is now, four later."""
    run = Told([NOT_SAMPLED] * 8)
    gap = [FREE_INK] * 2 + [UNKNOWN_INK] * 4 + [FREE_INK] * 2
    assert painted(run, 0, BEGUN - 2 * MS, BEGUN + 4 * MS) == [pixel(ink) for ink in gap]
    run.ended_ns = BEGUN + 4 * MS
    assert painted(run, 0, BEGUN - 2 * MS, BEGUN + SECOND) == [pixel(ink) for ink in gap]
    run.started_ns = None
    assert painted(run, 0, BEGUN - 2 * MS, BEGUN + SECOND) == [pixel(FREE_INK)] * 8


class Lensed(MadeUpRun):
    """With holds that the test gives."""

    slices: tuple[tuple[int, int, int], ...] = ()

    def hold_slices(self, first: int, last: int, track: Track | None = None) -> list[tuple[int, int, int]]:
        return [hold for hold in self.slices if hold[1] < last and hold[2] > first]


def test_the_lens_and_the_card_tell_the_kinds_apart_too(qtbot: QtBot) -> None:
    run = Lensed(1, 4, BEGUN)
    scene = scene_of(qtbot, run, lens=True)
    group, start = group_of(scene), BEGUN + 100 * MS
    kinds = [
        (1, "B holds the GIL"),
        (NOBODY, "nobody holds the GIL"),
        (STRANGER, "a thread that is no worker holds the GIL"),
    ]
    run.slices = tuple((lane, start + n * 25 * MS, start + (n + 1) * 25 * MS) for n, (lane, _) in enumerate(kinds))
    group.lens.place.put(start)
    group.lens.renew()
    image = group.lens.grab().toImage()
    inks = [DARK.worker(1), FREE_INK, mix(DARK.other, DARK.worker(0), 0.45), UNKNOWN_INK]
    for part, ink in enumerate(inks):  # of the last quarter nothing is known
        x = PLOT_LEFT + round((part + 0.1) / 4 * group.lens.plot_width)
        assert image.pixelColor(x, FAN + 2) == QColor(ink), part
    moments = [start + round((part + 0.5) * 25 * MS) for part in range(4)]
    told = [group.plot.describe_ribbon(moment)[0] for moment in moments]
    assert told == [*(words for _, words in kinds), "not known who holds the GIL"]
    run.started_ns = None  # before its start there is nothing to know
    assert group.plot.describe_ribbon(moments[3]) == ["nobody holds the GIL"]


# --- another thing that is held

TAKES_TURNS = """
SHARED = {"door": LOCK}

def job(index, count):
    for _ in range(5):
        yield Acquire("door")
        yield Sleep(0.03)
        yield Release("door")
        yield Sleep(0.01)
"""


class WithLocks(Reading):
    """A run with ribbons of its locks too, which the stage does not show by itself."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        return (*self.gils, *self.locks)


def with_a_lock(number: int = 1) -> Reading:
    """Two threads; A has the lock for 10 ms, then nobody for 10 ms, then B for 20 ms."""
    run = Run(number, checked(Recipe(job="own", code=TAKES_TURNS, workers=2)))
    run.abandon()
    read = WithLocks(run.reading.beginning, run.source)
    read.totals.started_ns = BEGUN
    uses = np.zeros(3, USE)
    uses["lane"], uses["object"] = (0, 0, 1), (1, -1, 1)
    uses["end"] = BEGUN + np.array([0, 10, 20]) * MS
    read.locked.add(uses)
    read.locked.look(BEGUN, BEGUN + 40 * MS, np.zeros(2, np.int64))
    return read


def test_the_stage_shows_a_lock_only_where_it_is_asked_to(qtbot: QtBot) -> None:
    read = with_a_lock()
    assert [track.kind for track in Reading.tracks.fget(read)] == ["GIL"]  # type: ignore[attr-defined]
    assert read.locks == (Track(1, range(2), "lock", "door"),)


def test_a_real_lock_is_drawn_as_it_was_held(qtbot: QtBot) -> None:
    """Each pixel shows the worker that held the lock in most of its time, by what the reading itself tells."""
    run = Run(1, checked(Recipe(job="own", code=TAKES_TURNS, workers=2, model="threads", amount=1, seconds=30.0)))
    read = run.reading = WithLocks(run.reading.beginning, run.source)
    until = time.monotonic() + LIMIT_S
    try:
        run.start()
        while not run.ended:
            assert time.monotonic() < until
            run.poll()
            run.pull()
            time.sleep(0.01)
    finally:
        run.abandon()
    begun, ended, look, window = read.started_ns or 0, read.ended_ns or 0, RibbonPaint(DARK, 1.0), TimeWindow()
    window.tick(ended)
    frame = replace(window.frame(1000), px_ns=MS)
    first, last = begun // MS + 1, ended // MS
    row = look.held(read, read.locks[0], 0, (first, last), frame)[0]
    both = paint(read, ribbons_of(read, without=False, scale=1.0), 0, (first, last), frame, look)
    np.testing.assert_array_equal(both[HEIGHT + GAP], row)
    inks = {pixel(DARK.worker(0)): 0, pixel(DARK.worker(1)): 1, pixel(DARK.track): NOBODY}
    painted = np.array([inks[int(ink)] for ink in row])
    holds = [hold for hold in read.hold_slices(begun, ended, read.locks[0]) if hold[0] != NOBODY]
    assert [lane for lane, *_ in holds].count(0) == [lane for lane, *_ in holds].count(1) == 5
    for lane, start, end in holds:
        assert end - start > 29 * MS
        assert set(painted[start // MS + 1 - first : end // MS - first]) == {lane}


def test_a_lock_has_a_ribbon_with_its_name(qtbot: QtBot) -> None:
    read = with_a_lock()
    assert [(track.kind, track.name) for track in read.tracks] == [("GIL", ""), ("lock", "door")]
    ribbons = ribbons_of(read, without=False, scale=1.0)
    assert [ribbons.label(row) for row in range(ribbons.count)] == [("GIL held by", ""), ("door held by", "")]
    without = ribbons_of(read, without=True, scale=1.0)
    assert [without.label(row)[0] for row in range(without.count)] == ["no GIL", "door held by"]


def test_the_ribbon_of_a_lock_shows_who_has_it(qtbot: QtBot) -> None:
    read, look = with_a_lock(), RibbonPaint(DARK, 1.0)
    first = BEGUN // MS
    window = TimeWindow()
    window.tick(BEGUN + 40 * MS)
    frame = replace(window.frame(1000), px_ns=MS)
    row = [int(ink) for ink in look.held(read, read.locks[0], 0, (first, first + 40), frame)[0]]
    a, b, free = (pixel(ink) for ink in (DARK.worker(0), DARK.worker(1), DARK.track))
    assert row == [a] * 10 + [free] * 10 + [b] * 20
    both = paint(read, ribbons_of(read, without=False, scale=1.0), 0, (first, first + 40), frame, look)
    assert [int(ink) for ink in both[HEIGHT + GAP]] == row, "below that of the GIL"


def test_who_points_at_the_ribbon_of_a_lock_is_told_of_it(qtbot: QtBot) -> None:
    read = with_a_lock()
    panel = GroupPanel(read, 0, TimeWindow(), DARK)
    qtbot.addWidget(panel)
    words = [panel.plot.describe_ribbon(BEGUN + ms * MS, 1) for ms in (5, 15, 30)]
    assert words[0] == ["A holds lock door", "for 10.0 ms"]
    assert words[1] == ["nobody holds lock door"]
    assert words[2] == ["B holds lock door", "for 20.0 ms"]
    assert panel.header.words._gil_words() == [], "one GIL"
