"""Which worker a GIL sample belongs to: from made headers, records and samples, so that the truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.holds.owners import Owners, gils_of
from playground.reading.holds.who_held import NOBODY, STRANGER
from playground.reading.rings import PROBE_RECORD, RECORD, RingsReader

MS = 1_000_000
LOOP = 0x5000


class Scene:
    def __init__(self, place: Path) -> None:
        ring.create(str(place / "rings"), 16, lanes=3, streams=3)
        self.rings = ring.Rings(str(place / "rings"))
        self.reader = RingsReader(place / "rings")

    def begin(self, lane: int, at: int, state: int, pid: int = 100) -> None:
        own_ring = self.rings.ring(lane)
        own_ring.begin(1, state, at * MS + 1)  # 0 is never
        own_ring.words[ring.W_PID] = pid


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.reader.close()


def samples(*rows: tuple[int, int, int]) -> np.ndarray:
    """(ms, holder, target); holder 0: nobody."""
    made = np.zeros(len(rows), PROBE_RECORD)
    for index, (moment, holder, target) in enumerate(rows):
        made[index] = (moment * MS, holder, 0, target, holder != 0)
    return made


def calls(*rows: tuple[int, int, int]) -> np.ndarray:
    """(lane, start ms, end ms)"""
    made = np.zeros(len(rows), RECORD)
    made["task"], made["start"], made["end"] = np.array(rows).T * np.array([[1], [MS], [MS]])
    made["kind"] = ring.RUN
    return made


def lanes(scene: Scene, owners: Owners, made: np.ndarray, over: bool = False) -> list[int]:
    return [int(lane) for lane in owners.of(made, scene.reader.headers, over)[1]]


def test_a_thread_state_is_its_lane_and_others_are_strangers(scene: Scene) -> None:
    scene.begin(0, 0, 0x10)
    scene.begin(1, 0, 0x20)
    owners = Owners(len(scene.reader), one_loop=False, helpers=False)
    assert lanes(scene, owners, samples((1, 0x10, 0), (2, 0x20, 0), (3, 0x99, 0), (4, 0, 0))) == [
        0,
        1,
        STRANGER,
        NOBODY,
    ]


def test_a_thread_that_serves_one_worker_after_the_other_is_each_ones_in_its_time(scene: Scene) -> None:
    scene.begin(0, 0, 0x10)
    owners = Owners(len(scene.reader), one_loop=False, helpers=False)
    assert lanes(scene, owners, samples((1, 0x10, 0))) == [0]
    scene.begin(1, 5, 0x10)
    assert lanes(scene, owners, samples((2, 0x10, 0), (6, 0x10, 0))) == [0, 1]


def test_forked_processes_share_addresses_and_are_kept_apart(scene: Scene) -> None:
    scene.begin(0, 0, 0x10, pid=100)
    scene.begin(1, 0, 0x10, pid=101)
    owners = Owners(len(scene.reader), one_loop=False, helpers=False)
    assert lanes(scene, owners, samples((1, 0x10, 0), (1, 0x10, 1))) == [0, 1]


def test_in_a_loop_it_is_whom_the_loop_was_running(scene: Scene) -> None:
    for lane in range(3):
        scene.begin(lane, 0, LOOP)
    owners = Owners(len(scene.reader), one_loop=True, helpers=False)
    owners.ran(calls((0, 0, 10), (2, 12, 20)))
    seen = samples((5, LOOP, 0), (11, LOOP, 0), (15, LOOP, 0), (16, 0x99, 0), (17, 0, 0))
    assert lanes(scene, owners, seen) == [0, STRANGER, 2, STRANGER, NOBODY]


def test_a_loop_is_held_up_by_the_call_that_blocks_and_not_by_what_is_awaited(scene: Scene) -> None:
    scene.begin(0, 0, LOOP)
    owners = Owners(len(scene.reader), one_loop=True, helpers=False)
    waits = calls((1, 0, 4), (2, 4, 8), (0, 8, 10))
    waits["kind"] = ring.IO
    waits["flags"] = [ring.HELD_UP | 1, 1, ring.HELD_UP]
    owners.ran(waits)
    assert lanes(scene, owners, samples((2, LOOP, 0), (6, LOOP, 0), (9, LOOP, 0))) == [1, STRANGER, 0]


def test_what_a_loop_runs_now_is_told_when_its_record_comes(scene: Scene) -> None:
    for lane in range(3):
        scene.begin(lane, 0, LOOP)
    owners = Owners(len(scene.reader), one_loop=True, helpers=False)
    owners.ran(calls((0, 0, 10)))
    assert lanes(scene, owners, samples((5, LOOP, 0), (15, LOOP, 0))) == [0]
    owners.ran(calls((1, 10, 20)))
    assert lanes(scene, owners, samples((18, LOOP, 0), (25, LOOP, 0))) == [1, 1]
    scene.rings.ring(2).enter(ring.RUN, 20 * MS)
    for lane in (0, 1):
        scene.rings.ring(lane).enter(ring.TURN, 20 * MS)
    assert lanes(scene, owners, samples(), over=True) == [2], "the run is over: its header tells who was in a call"


def test_a_call_that_goes_on_for_long_is_told_from_its_header(scene: Scene) -> None:
    scene.begin(0, 0, LOOP)
    owners = Owners(len(scene.reader), one_loop=True, helpers=False)
    assert lanes(scene, owners, samples((100, LOOP, 0), (2000, LOOP, 0))) == [0]


@pytest.mark.parametrize("helpers", [False, True])
def test_whatever_a_loop_writes_tells_that_it_was_in_no_call(scene: Scene, helpers: bool) -> None:
    """But not what a helper's caller writes: the helper may still be at it."""
    scene.begin(0, 0, LOOP)
    scene.rings.ring(0).enter(ring.RUN, 5 * MS)
    owners = Owners(len(scene.reader), one_loop=True, helpers=helpers)
    nap = calls((1, 0, 20))
    nap["kind"] = ring.SLEEP
    owners.ran(nap)
    assert lanes(scene, owners, samples((10, LOOP, 0), (30, LOOP, 0))) == ([] if helpers else [STRANGER])


def test_gils_are_those_of_the_headers(scene: Scene) -> None:
    assert gils_of(scene.reader.headers) == ()
    for lane, (pid, address) in enumerate(((100, 1), (100, 2), (100, 1))):
        words = scene.rings.ring(lane).words
        words[ring.W_PID], words[ring.W_GIL_ADDRESS] = pid, address
    assert [(gil.target, gil.lanes) for gil in gils_of(scene.reader.headers)] == [(0, (0, 2)), (1, (1,))]
