"""A run that is read again draws what it drew: lanes, ribbons, who began and ended when, what was printed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from playground.figures.worker_figures import MOST_COPIED, Workers  # type: ignore[attr-defined]
from playground.reading.holds.owners import Track
from playground.recipe.recipe import Recipe
from playground.run.album import Album
from playground.run.past_run import PastRun, arrays_of, workers_in
from playground.run.run import Run
from tests.core.test_album import taken

LIMIT_S = 30.0
PRINTS = """
import threading

def job(index, count):
    thread = threading.Thread(target=sum, args=(range(3_000_000),))
    thread.start()
    print("hello", index)
    thread.join()
    return index
"""


TAKES_TURNS = """
SHARED = {"door": LOCK}

def job(index, count):
    for _ in range(3):
        yield Acquire("door")
        yield Sleep(0.02)
        yield Release("door")
        yield Sleep(0.01)
"""


def ended(recipe: Recipe) -> Run:
    run = Run(1, recipe)
    run.start()
    until = time.monotonic() + LIMIT_S
    try:
        while not run.ended:
            assert time.monotonic() < until
            run.poll()
            run.pull()
            time.sleep(0.01)
        run.statistics()
        run.output.look()
    finally:
        run.let_go()
        run.close()
    return run


def again(run: Run, place: Path) -> PastRun:
    """Through a file, as it is in the app."""
    album = Album(place)
    album.put(1, lambda: arrays_of(run))
    album.ask(1)
    arrays = taken(album).arrays
    assert not album.given_up
    album.close()
    return PastRun(run.statistics(), arrays)


RECIPES = {
    "threads": Recipe(job="mix", workers=3, model="threads", seconds=0.6),
    "processes": Recipe(job="primes", workers=2, model="processes", seconds=0.4),
    "asyncio": Recipe(job="sleep", workers=150, model="asyncio", seconds=0.5),
    "a pool": Recipe(job="primes", workers=6, model="thread-pool", amount=20, knobs={"pool_size": 2}),
    "own code": Recipe(job="own", workers=2, model="threads", code=PRINTS),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_it_draws_what_it_drew(recipe: Recipe, tmp_path: Path) -> None:
    run = ended(recipe)
    past = again(run, tmp_path)
    first, last = (run.started_ns or 0) - 10**7, (run.reading.ended_ns or 0) + 10**7
    for columns in (7, 400):
        width = (last - first) // columns
        edges = first + np.arange(columns + 1, dtype=np.int64) * width
        np.testing.assert_array_equal(past.lanes.shares(edges, last), run.reading.lanes.shares(edges, last))
        np.testing.assert_allclose(past.lanes.counts(edges, last), run.reading.lanes.counts(edges, last), atol=1e-3)
        assert past.gils == tuple(type(gil)(gil.target, tuple(gil.lanes)) for gil in run.reading.gils)
        for gil, other in zip(past.gils, run.reading.gils, strict=True):
            np.testing.assert_array_equal(past.ribbon(edges, gil), run.reading.ribbon(edges, other))
            assert past.hold_slices(first, last, gil) == run.reading.hold_slices(first, last, other)
    assert past.lanes.shares(edges, last).any()
    for lane in range(recipe.workers):
        assert past.life(lane) == run.reading.life(lane)
    assert (past.started_ns, past.ended_ns, past.pauses) == (run.started_ns, run.reading.ended_ns, run.reading.pauses)
    assert (past.ribbon_source, past.gil_note) == (run.reading.ribbon_source, run.reading.gil_note)
    assert past.output.since(0) == run.output.since(0)
    assert past.output.total == run.output.total
    assert past.errors == run.errors
    assert (past.started is None) == (run.reading.started is None)
    if run.reading.started is not None and past.started is not None:
        assert past.started.rows == run.reading.started.rows
        np.testing.assert_array_equal(
            past.started.lanes.shares(edges, last), run.reading.started.lanes.shares(edges, last)
        )


def test_who_is_no_worker_has_its_name(tmp_path: Path) -> None:
    run = ended(RECIPES["own code"])
    past = again(run, tmp_path)
    kept = run.reading.strangers.kept
    if kept is None:
        pytest.skip("nobody was seen")
    for moment in kept["t"][:: max(1, len(kept) // 20)].tolist():
        assert past.stranger(moment) == run.reading.stranger(moment)
    assert past.stranger(1) == "a thread that is no worker"


def test_without_a_picture_the_figures_are_there(tmp_path: Path) -> None:
    run = ended(RECIPES["threads"])
    past = PastRun(run.statistics(), {})
    assert past.statistics() is run.statistics()
    assert past.life(2) == (0, 0)
    assert (past.ended, past.ended_ns, past.gils, past.output.total) == (True, run.reading.ended_ns, (), 0)
    edges = np.arange(run.started_ns or 0, run.reading.ended_ns or 0, 10**8)
    assert not past.lanes.shares(edges, int(edges[-1])).any()


def test_settled_workers_say_the_same_and_hold_on_to_no_run() -> None:
    run = ended(RECIPES["threads"])
    workers = run.statistics().workers
    assert isinstance(workers, Workers)
    settled = workers.settled()
    assert settled.settled() is settled
    for one, other in zip(settled, workers, strict=True):
        assert (one.name, one.pid, one.tid, one.state, one.ops, one.cpu_s, one.result) == (
            other.name, other.pid, other.tid, other.state, other.ops, other.cpu_s, other.result,
        )  # fmt: skip
        assert one.share.run == pytest.approx(other.share.run, abs=1e-5)
        assert (one.started_ns, one.ended_ns, one.core) == (other.started_ns, other.ended_ns, other.core)


def test_of_very_many_workers_nothing_is_copied_and_all_is_in_the_file(tmp_path: Path) -> None:
    count = MOST_COPIED + 500
    run = ended(Recipe(job="sleep", workers=count, model="asyncio", amount=1, knobs={"nap": 0.01}))
    workers = run.statistics().workers
    assert isinstance(workers, Workers)
    assert workers._live is run.reading
    album = Album(tmp_path)
    album.put(1, lambda: arrays_of(run))
    album.ask(1)
    found = workers_in(taken(album).arrays)
    album.close()
    assert found is not None
    assert len(found) == count
    for lane in (0, 7, count - 1):
        assert (found[lane].ops, found[lane].state, found[lane].name) == (
            workers[lane].ops, workers[lane].state, workers[lane].name,
        )  # fmt: skip
        assert found[lane].result == workers[lane].result


def test_who_held_a_lock_is_drawn_again(tmp_path: Path) -> None:
    run = ended(Recipe(job="own", workers=3, model="threads", code=TAKES_TURNS))
    past, read = again(run, tmp_path), run.reading
    assert past.locks == tuple(Track(one.target, range(3), one.kind, one.name) for one in read.locks)
    assert len(past.locks) == 1
    begun, last = read.started_ns or 0, read.ended_ns or 0
    edges = np.arange(begun, last, (last - begun) // 100, dtype=np.int64)
    assert {0, 1, 2} <= set(past.ribbon(edges, past.locks[0]).tolist())
    np.testing.assert_array_equal(past.ribbon(edges, past.locks[0]), read.ribbon(edges, read.locks[0]))
    assert past.hold_slices(begun, last, past.locks[0]) == read.hold_slices(begun, last, read.locks[0])
