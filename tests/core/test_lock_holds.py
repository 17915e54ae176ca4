"""Who had which lock, from when to when: from records made up here, and of real runs against what the job itself
noted."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.reading.file_source import FileSource, Recording
from playground.reading.holds.lock_holds import CHUNK, REACH_NS, LockHolds
from playground.reading.holds.owners import Track
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED
from playground.reading.lanes.segments import KEEP_NS
from playground.reading.objects import USE, SharedObject, Uses
from playground.reading.reading import Reading
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import pythons
from tests.core.test_objects import until_over

MS = 1_000_000
SHARED = SharedObject(1, "semaphore", "gate"), SharedObject(2, "lock", "door"), SharedObject(3, "lock", "desk")
DOOR, DESK = 2, 3
ALIVE = np.zeros(8, np.int64)


def uses(*told: tuple[int, int, float, float]) -> Uses:
    """(lane, object, start, end in ms); an object below 0 is given back."""
    made = np.zeros(len(told), USE)
    for place, (lane, number, start, end) in enumerate(told):
        made[place] = (round(start * MS), round(end * MS), lane, number, number > 0, False)
    return made


def held(store: LockHolds, number: int = DOOR, first: float = 0, last: float = 100) -> list[tuple[int, float, float]]:
    return [(lane, start / MS, end / MS) for lane, start, end in store.slices(int(first * MS), int(last * MS), number)]


def store_of(*batches: Uses, since: float | None = 0, until: float = 100, ended: Any = ALIVE) -> LockHolds:
    store = LockHolds(SHARED)
    for batch in batches:
        store.add(batch)
        store.look(None if since is None else round(since * MS), round(until * MS), ended)
    return store


def test_a_worker_has_a_lock_from_the_end_of_its_wait_until_it_has_given_it_back() -> None:
    store = store_of(uses((0, DOOR, 0, 10), (0, -DOOR, 30, 31), (1, DOOR, 5, 40), (1, -DOOR, 50, 60)))
    assert held(store) == [(NOBODY, 0, 10), (0, 10, 31), (NOBODY, 31, 40), (1, 40, 60), (NOBODY, 60, 100)]
    assert held(store, DESK) == [(NOBODY, 0, 100)]
    edges = np.arange(0, 101 * MS, 10 * MS)
    assert store.longest(edges, DOOR).tolist() == [NOBODY, 0, 0, NOBODY, 1, 1, *[NOBODY] * 4]


def test_it_is_the_same_however_the_records_come() -> None:
    every = uses((0, DOOR, 0, 10), (0, -DOOR, 30, 31), (0, DOOR, 41, 70), (1, DOOR, 5, 40), (1, -DOOR, 50, 60))
    at_once = held(store_of(every))
    assert held(store_of(*(every[place : place + 1] for place in range(len(every))))) == at_once
    assert held(store_of(every[3:], every[:3])) == at_once, "a worker's records may come later than another one's"


def test_who_comes_late_to_write_that_it_gave_the_lock_back_had_it_until_another_took_it() -> None:
    store = store_of(uses((0, DOOR, 0, 10), (0, -DOOR, 19, 27), (1, DOOR, 5, 20), (1, -DOOR, 40, 41)))
    assert held(store) == [(NOBODY, 0, 10), (0, 10, 20), (1, 20, 41), (NOBODY, 41, 100)]
    assert held(store, first=25) == [(1, 20, 41), (NOBODY, 41, 100)], "seen from later on, too"


def test_a_lock_that_was_not_given_back_is_held_until_now_or_its_holders_end() -> None:
    one = uses((0, DOOR, 0, 10))
    assert held(store_of(one)) == [(NOBODY, 0, 10), (0, 10, 100)]
    assert held(store_of(one, until=40)) == [(NOBODY, 0, 10), (0, 10, 40)]
    ended = np.array([25 * MS, 0])
    assert held(store_of(one, ended=ended)) == [(NOBODY, 0, 10), (0, 10, 25), (NOBODY, 25, 100)]
    store = store_of(one, uses((0, -DOOR, 50, 51)))
    assert held(store) == [(NOBODY, 0, 10), (0, 10, 51), (NOBODY, 51, 100)]


def test_who_takes_a_lock_again_must_have_lost_it() -> None:
    store = store_of(uses((0, DOOR, 0, 10), (0, DOOR, 30, 35), (0, -DOOR, 40, 41)))
    assert held(store) == [(NOBODY, 0, 10), (0, 10, 30), (NOBODY, 30, 35), (0, 35, 41), (NOBODY, 41, 100)]


def test_what_failed_was_not_taken() -> None:
    waits = uses((0, DOOR, 0, 10), (1, DOOR, 5, 40), (0, -DOOR, 60, 61))
    waits["failed"][1] = True
    assert held(store_of(waits)) == [(NOBODY, 0, 10), (0, 10, 61), (NOBODY, 61, 100)]


def test_where_records_are_missing_nobody_is_said_to_have_had_none() -> None:
    store = store_of(uses((0, DOOR, 0, 10), (0, -DOOR, 30, 31), (1, DOOR, 5, 40)), since=None)
    assert held(store) == [(0, 10, 31), (1, 40, 100)]
    edges = np.arange(0, 61 * MS, 10 * MS)
    assert store.longest(edges, DOOR).tolist() == [NOT_SAMPLED, 0, 0, 0, 1, 1]
    assert held(store_of(uses(), since=20, until=80)) == [(NOBODY, 20, 80)], "before and after there was no run"


def test_a_semaphore_may_have_several_holders_and_is_left_out() -> None:
    assert held(store_of(uses((0, 1, 0, 10), (1, 1, 0, 20))), 1) == [(NOBODY, 0, 100)]


def test_what_is_too_old_is_forgotten_and_not_called_free() -> None:
    store = LockHolds(SHARED)
    last = 0
    for turn in range(CHUNK * 3):
        last = turn * (KEEP_NS // CHUNK // MS)
        store.add(uses((0, DOOR, last, last + 5), (0, -DOOR, last + 7, last + 8)))
    store.look(0, last * MS, ALIVE)
    since = store.known[0]
    assert since is not None
    assert 0 < since < last * MS - KEEP_NS
    assert held(store, first=0, last=since / MS - 2 * REACH_NS / MS) == []
    assert held(store, first=last - 100, last=last)[-1][0] == NOBODY


# --- real runs

NOTES = """
import time
SHARED = {"door": LOCK, "desk": LOCK}

def job(index, count):
    noted = []
    for turn in range(12):
        name = ("door", "desk")[(turn + index) % 2]
        yield Acquire(name)
        got = time.perf_counter_ns()
        yield Sleep(0.004)
        noted.append((name, got, time.perf_counter_ns()))
        yield Release(name)
        yield Sleep(0.002)
    return noted
"""


def noting(path: Path, model: str, python: str) -> Reading:
    recipe = checked(Recipe(job="own", code=NOTES, workers=4, model=model, amount=1, seconds=30.0, interpreter=python))
    run = Run(1, recipe)
    run.reading.source = Recording(path, run.reading.beginning, run.source)
    try:
        run.start()
        until_over(run)
    finally:
        run.reading.source.close()
        run.abandon()
    return run.reading


def noted_by(read: Reading, name: str) -> Iterable[tuple[int, int, int]]:
    for lane, told in read.results.items():
        yield from ((lane, got, gave) for which, got, gave in told if which == name)


@pytest.mark.parametrize("model", ["threads", "processes", "asyncio", "generators", "subinterpreters"])
def test_who_had_which_lock_is_what_the_job_itself_noted(model: str, tmp_path: Path) -> None:
    python = pythons.that_can(model)
    if python is None:
        pytest.skip(f"no Python here can run {model}")
    live = noting(tmp_path / "run", model, python)
    with closing(FileSource(tmp_path / "run")) as source:
        replayed = Reading(source.beginning, source)
        replayed.pull(2**62)
        for read in (live, replayed):
            assert [(one.kind, one.name) for one in read.locks] == [("lock", "door"), ("lock", "desk")]
            assert read.tracks == read.gils, "the stage shows no ribbon of a lock yet"
            for track in read.locks:
                agrees(read, track)
        begun, last = live.started_ns or 0, live.ended_ns or 0
        for one in live.locks:
            assert replayed.hold_slices(begun, last, one) == live.hold_slices(begun, last, one)


def agrees(read: Reading, track: Track) -> None:
    first, last = read.started_ns or 0, read.pulled_ns
    holds = read.hold_slices(first, last, track)
    assert all(one[2] == other[1] for one, other in pairwise(holds)), "no gap, and never two"
    noted = sorted(noted_by(read, track.name), key=lambda hold: hold[1])
    assert len(noted) == 24
    by_workers = [hold for hold in holds if hold[0] != NOBODY]
    assert [lane for lane, *_ in by_workers] == [lane for lane, *_ in noted]
    for (_, start, end), (lane, got, gave) in zip(by_workers, noted, strict=True):
        assert start <= got < gave <= end, lane
        column = np.array([got, gave], np.int64)
        assert read.ribbon(column, track).tolist() == [lane]
