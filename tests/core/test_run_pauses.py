"""When a run was paused: no part of its time."""

from __future__ import annotations

import pytest

from playground.lab.wire import ring
from playground.reading.pauses import Pauses
from playground.recipe.recipe import Recipe
from tests.core import test_run
from tests.core.test_run import MS, NOW, Scene, scene_of

place, scenes, two = test_run.place, test_run.scenes, test_run.two
PLAIN = Recipe(workers=2, job="own", code="def job(i, n):\n    pass\n")


@pytest.mark.parametrize(
    ("noted", "kept"),
    [
        ([(10, 20), (30, 40)], [(10, 20), (30, 40)]),
        ([(10, 20), (20, 30)], [(10, 30)]),
        ([(20, 30), (10, 20)], [(10, 30)]),
        ([(10, 20), (21, 30)], [(10, 20), (21, 30)]),
        ([(21, 30), (10, 20)], [(10, 20), (21, 30)]),
        ([(10, 40), (20, 30)], [(10, 40)]),
        ([(20, 30), (10, 40)], [(10, 40)]),
        ([(10, 20), (30, 40), (60, 70), (15, 35)], [(10, 40), (60, 70)]),
        ([(10, 20), (10, 20)], [(10, 20)]),
    ],
)
def test_pauses_that_touch_are_one(noted: list[tuple[int, int]], kept: list[tuple[int, int]]) -> None:
    pauses = Pauses(one_loop=False)
    for pause in noted:
        pauses.note(*pause)
    assert sorted(pauses.known) == kept


def test_pauses_are_told_by_records_headers_and_who_stops_processes(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, PLAIN)
    run = scene.run
    a, b = scene.worker(0), scene.worker(1)
    a.does(5)
    a.does(10, kind=ring.PAUSED, cpu=0)
    run.pull()
    assert [(since - scene.begun, until - scene.begun) for since, until in run.reading.pauses] == [(5 * MS, 15 * MS)]
    assert run.freezer is not None
    run.freezer.spans.append((scene.begun + 30 * MS, scene.begun + 40 * MS))
    run.pull()
    assert (scene.begun + 30 * MS, scene.begun + 40 * MS) in run.reading.pauses
    a.ring.enter(ring.PAUSED, scene.begun + 60 * MS)
    b.ring.enter(ring.PAUSED, scene.begun + 50 * MS)
    run.pull()
    assert run.reading.pauses[-1] == (scene.begun + 50 * MS, NOW), "from the first on, until now"


def test_who_ended_in_a_pause_is_not_paused_any_more(two: Scene) -> None:
    worker = two.worker(0)
    worker.ring.enter(ring.PAUSED, worker.now)
    worker.now += MS
    worker.ends()
    two.run.rings.headers = two.run.rings.headers.copy()
    two.run.rings.headers[0, (ring.W_STATE, ring.W_ENDED)] = ring.PAUSED, 1
    two.run.pull()
    assert two.run.reading.pauses == []


def test_time_is_that_since_the_first_began_without_pauses(two: Scene) -> None:
    run = two.run
    assert run.reading.seconds(NOW) == 0.0
    two.worker(0)
    run.pull()
    begun = run.started_ns
    assert begun == two.begun
    run.reading.pauses = [(begun + 1000 * MS, begun + 3000 * MS), (begun + 5000 * MS, begun + 9000 * MS)]
    assert [run.reading.seconds(begun + ms * MS) for ms in (500, 2000, 4000, 6000, 10_000)] == [0.5, 1.0, 2.0, 3.0, 4.0]
    assert run.reading.seconds(begun - MS) == 0.0
    run.reading.ended_ns = begun + 4000 * MS
    assert run.reading.seconds(NOW) == 2.0
