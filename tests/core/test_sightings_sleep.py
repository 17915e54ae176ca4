"""A wait for a core around a sleep: it is known as a whole, noted after the sleep, and may have been before it."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.rings import RECORD
from playground.reading.states import CORE, GIL, RUN, SLEEP
from tests.core.test_sightings import RUNS, SEEN_GIL, Scene

MS = 1_000_000


def slept(scene: Scene, core_wait: float, cpu: float = 0, gap: float = 0, lane: int = 0) -> None:
    """From 0 to 10 it was to sleep, and went on at 20; both records come together."""
    records = np.zeros(2, RECORD)
    records["start"], records["end"] = (0, (10 + gap) * MS), (10 * MS, 20 * MS)
    records["kind"], records["flags"], records["task"] = (ring.SLEEP, ring.AFTER), 1, (0, lane)
    records["core_wait"], records["cpu"] = (0, core_wait * MS), (0, cpu * MS)
    scene.store.write(records)
    scene.store.settled()


def spent(scene: Scene) -> dict[str, float]:
    names = {"core": CORE, "gil": GIL, "sleep": SLEEP, "run": RUN}
    return {name: round(scene.spent(state), 6) for name, state in names.items() if scene.spent(state)}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((), {"core": 6, "gil": 4, "sleep": 10}),  # nobody looked: all of it was after
        ((RUNS, RUNS, RUNS, RUNS), {"core": 6, "gil": 4, "sleep": 10}),  # no more than it waited
        ((RUNS, SEEN_GIL, RUNS, SEEN_GIL), {"core": 6, "gil": 5, "sleep": 9}),  # 5 of the 10 it was ready
        ((SEEN_GIL, SEEN_GIL, SEEN_GIL), {"core": 6, "gil": 10, "sleep": 4}),  # all of it was before the sleep
    ],
)
def test_what_it_was_not_seen_ready_after_a_sleep_was_before_it(seen: tuple[int, ...], expected: object) -> None:
    scene = Scene()
    scene.see(*((12 + 2 * place, what) for place, what in enumerate(seen)))
    slept(scene, core_wait=6)
    assert spent(scene) == expected


def test_it_is_drawn_before_the_sleep() -> None:
    scene = Scene()
    scene.see((12, SEEN_GIL), (14, SEEN_GIL), (16, SEEN_GIL))
    slept(scene, core_wait=6)
    assert scene.drawn() == [("waits for a core", 0, 6), ("sleeping", 6, 10), ("waits for the GIL", 10, 20)]


def test_what_it_ran_it_was_ready_too() -> None:
    scene = Scene()
    scene.see((12, RUNS), (14, SEEN_GIL), (16, RUNS), (18, SEEN_GIL))
    slept(scene, core_wait=6, cpu=2)  # ready for 5, ran for 2 of them
    assert spent(scene) == {"run": 2, "core": 6, "gil": 5, "sleep": 7}


@pytest.mark.parametrize("shared_gil", [True, False])
def test_what_is_longer_than_the_time_after_the_sleep_was_before_it(shared_gil: bool) -> None:
    scene = Scene(shared_gil=shared_gil)
    slept(scene, core_wait=14)
    assert spent(scene) == {"core": 14, "sleep": 6}


def test_a_wait_is_not_longer_than_both() -> None:
    scene = Scene()
    slept(scene, core_wait=25)
    assert spent(scene) == {"core": 20}


@pytest.mark.parametrize("other", [{"gap": 1}, {"lane": 1}])
def test_only_the_sleep_just_before_it_is_meant(other: dict[str, int]) -> None:
    scene = Scene()
    scene.see((13, SEEN_GIL), (14, SEEN_GIL), (16, SEEN_GIL), lane=other.get("lane", 0))
    slept(scene, core_wait=6, **other)
    assert scene.spent(SLEEP) == 10


def test_without_a_gil_looks_do_not_divide_it() -> None:
    scene = Scene(shared_gil=False)
    scene.see((12, SEEN_GIL), (14, SEEN_GIL), (16, SEEN_GIL))
    slept(scene, core_wait=6)
    assert spent(scene) == {"core": 6, "sleep": 14}


def test_where_nobody_looks_all_of_it_was_after() -> None:
    scene = Scene()
    scene.store.live.observed = False
    slept(scene, core_wait=6)
    assert spent(scene) == {"core": 6, "gil": 4, "sleep": 10}
