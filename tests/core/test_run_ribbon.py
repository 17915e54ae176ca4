"""Who had the GIL when: column by column and hold by hold, from the probe's samples or, without them, from stamps."""

from __future__ import annotations

import numpy as np
import pytest

from playground.interpreters.facts import InterpreterFacts
from playground.lab.wire import ring
from playground.reading.holds.owners import Track
from playground.reading.holds.ribbon import _gaps
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED
from playground.recipe.recipe import Recipe
from tests.core import test_run
from tests.core.test_run import MS, PID, Scene, scene_of

place, scenes, two = test_run.place, test_run.scenes, test_run.two
Hold = tuple[int, int, int]


def columns(scene: Scene, first: int, last: int, gil: Track | None = None) -> list[int]:
    """Of 10 ms each."""
    edges = scene.begun + np.arange(first, last + 1, 10, dtype=np.int64) * MS
    return [int(lane) for lane in scene.run.reading.ribbon(edges, gil)]


def holds(scene: Scene, first: int, last: int, gil: Track | None = None) -> list[Hold]:
    found = scene.run.reading.hold_slices(scene.begun + first * MS, scene.begun + last * MS, gil)
    return [(lane, (start - scene.begun) // MS, (end - scene.begun) // MS) for lane, start, end in found]


def sampled(scene: Scene, *samples: tuple[int, int, int]) -> None:
    """(ms since the begin, the worker by which the probe knows the process, who has its GIL)."""
    block, words = ring.map_words(str(scene.run.directory.path / "gil.ring"))
    for ms, target, holder in samples:
        spot = ring.HEADER_BYTES + words[ring.W_HEAD] * ring.PROBE_RECORD.size
        ring.PROBE_RECORD.pack_into(block, spot, scene.begun + ms * MS, holder, 0, target, holder != 0)
        words[ring.W_HEAD] += 1
    scene.run.pull()


# --- without samples


@pytest.fixture
def turns(scenes: list[Scene]) -> Scene:
    """Three threads that began 10 ms after what is called 0 here: A ran 10–20 and 50–60, B 30–40, C never."""
    scene = scene_of(scenes, Recipe(workers=3))
    for index, parts in enumerate((((10, ring.RUN), (30, ring.SLEEP), (10, ring.RUN)), ((20, ring.SLEEP),))):
        worker = scene.worker(index, after=10)
        for ms, kind in parts:
            worker.does(ms, kind=kind, cpu=ms if kind == ring.RUN else 0)
    worker.does(10)
    idle = scene.worker(2, after=10)
    idle.does(70, kind=ring.SLEEP, cpu=0)
    scene.run.pull()
    return scene


def test_by_their_stamps_those_had_it_who_ran(turns: Scene) -> None:
    assert columns(turns, 0, 100) == [NOT_SAMPLED, 0, NOBODY, 1, NOBODY, 0, NOBODY, NOBODY, NOT_SAMPLED, NOT_SAMPLED]
    assert holds(turns, 0, 100) == [
        (0, 10, 20),
        (NOBODY, 20, 30),
        (1, 30, 40),
        (NOBODY, 40, 50),
        (0, 50, 60),
        (NOBODY, 60, 80),
    ]


def test_of_one_gil_only_its_own_workers_are_told(turns: Scene) -> None:
    own = Track(1, (1, 2))
    assert columns(turns, 10, 70, own) == [NOBODY, NOBODY, 1, NOBODY, NOBODY, NOBODY]
    assert holds(turns, 0, 100, own) == [(NOBODY, 10, 30), (1, 30, 40), (NOBODY, 40, 80)]


def test_two_that_ran_at_once_come_in_the_order_of_their_begins(two: Scene) -> None:
    """In C code, which has let go of the GIL."""
    a, b = two.worker(0), two.worker(1, after=10)
    a.does(50)
    b.does(20)
    two.run.pull()
    assert holds(two, 0, 100) == [(0, 0, 50), (1, 10, 30)]


def test_a_window_shows_what_touches_it(turns: Scene) -> None:
    assert holds(turns, 15, 35) == [(0, 10, 20), (NOBODY, 20, 30), (1, 30, 40)]
    assert holds(turns, 22, 28) == [(NOBODY, 22, 28)]
    assert holds(turns, 90, 100) == holds(turns, 0, 9) == []


def test_where_there_is_no_gil_nobody_holds_it(turns: Scene) -> None:
    turns.run.engine.facts = InterpreterFacts("python", "3.13.0", "CPython", True, False)
    turns.run.pull()
    assert holds(turns, 0, 100) == []


def test_before_anything_was_read_nothing_is_known(two: Scene) -> None:
    assert columns(two, 0, 30) == [NOT_SAMPLED] * 3
    assert holds(two, 0, 30) == []
    two.worker(0)
    two.run.pull()
    assert columns(two, 0, 30) == [NOT_SAMPLED] * 3, "it has begun, and has no record"
    assert holds(two, 0, 30) == []


# --- with samples


def test_samples_tell_even_where_stamps_say_otherwise(turns: Scene) -> None:
    sampled(turns, *((ms, 0, 0x2000 if ms < 30 else 0) for ms in range(10, 50)))
    assert columns(turns, 0, 60) == [NOT_SAMPLED, 1, 1, NOBODY, NOBODY, NOT_SAMPLED]
    assert holds(turns, 0, 60) == [(1, 10, 30), (NOBODY, 30, 50)]


def test_of_a_shared_gil_all_samples_count(turns: Scene) -> None:
    """By whichever worker the probe has found it."""
    sampled(turns, *((ms, 2 if ms < 20 else 0, 0x2000) for ms in range(10, 30)))
    assert columns(turns, 10, 30, Track(0, range(3))) == [1, 1]
    assert [hold[0] for hold in holds(turns, 0, 60, Track(0, range(3)))] == [1]
    assert columns(turns, 10, 30) == [1, 1]


@pytest.fixture
def forked(scenes: list[Scene]) -> Scene:
    """Two processes with two threads each: A and C, B and D. The probe has found the second one by D."""
    scene = scene_of(scenes, Recipe(workers=4, model="processes-threads"))
    for index in range(4):
        scene.worker(index).ring.words[ring.W_PID] = PID + index % 2
    for ms in range(20):
        sampled(scene, (ms, 0, 0x1000 if ms < 10 else 0x3000), (ms, 3, 0x4000 if ms < 10 else 0x2000))
    return scene


def test_each_gil_has_a_ribbon_of_its_own(forked: Scene) -> None:
    first, second = forked.run.reading.gils
    assert ([*first.lanes], [*second.lanes]) == ([0, 2], [1, 3])
    assert (columns(forked, 0, 20, first), columns(forked, 0, 20, second)) == ([0, 2], [3, 1])
    assert holds(forked, 0, 20, first) == [(0, 0, 10), (2, 10, 20)]
    assert holds(forked, 0, 20, second) == [(3, 0, 10), (1, 10, 20)]


def test_all_gils_together_are_asked_by_naming_none(forked: Scene) -> None:
    """Of two that were looked at at one moment the second tells."""
    assert columns(forked, 0, 20) == [3, 1]
    assert {hold[0] for hold in holds(forked, 0, 20)} == {0, 1, 2, 3}


def test_a_gil_that_was_never_looked_at_has_an_empty_ribbon(forked: Scene) -> None:
    nobody = Track(1, (1,))
    assert columns(forked, 0, 20, nobody) == [NOT_SAMPLED] * 2
    assert holds(forked, 0, 20, nobody) == []


# --- gaps


@pytest.mark.parametrize(
    ("ran", "gaps"),
    [
        ([], [(NOBODY, 0, 100)]),
        ([(0, 0, 100)], []),
        ([(0, 10, 90)], [(NOBODY, 0, 10), (NOBODY, 90, 100)]),
        ([(0, 50, 60), (1, 20, 30)], [(NOBODY, 0, 20), (NOBODY, 30, 50), (NOBODY, 60, 100)]),
        ([(0, 0, 50), (1, 10, 20)], [(NOBODY, 50, 100)]),  # one within another
        ([(0, 0, 50), (1, 50, 70)], [(NOBODY, 70, 100)]),
        ([(0, -20, 10)], [(NOBODY, 10, 100)]),
        ([(0, 120, 130)], [(NOBODY, 0, 100)]),
        ([(0, 90, 130), (1, 140, 150)], [(NOBODY, 0, 90)]),
    ],
)
def test_where_none_ran_is_a_gap(ran: list[Hold], gaps: list[Hold]) -> None:
    assert _gaps(ran, 0, 100) == gaps


def test_a_window_that_is_none_has_no_gap() -> None:
    assert _gaps([], 100, 100) == _gaps([], 100, 50) == []
