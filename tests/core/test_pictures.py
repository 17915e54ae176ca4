"""Pictures of real runs: never more lanes run at a moment than there are cores, nor more than one where all of them
need the GIL to run; what is not known is painted as that. Looked at live, as a window does, and when all is over."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.states import EMPTY, RUN
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import LINUX, running

MS = 1_000_000
COLUMN = 5 * MS
CORES = os.cpu_count() or 1
SHORT = 0.2  # of a column: waits too short to be drawn (30 µs), and what was seen since the last records


class Pictures:
    """How many lanes surely run in each column. Where in a call its wait lay is not recorded: it is drawn in the
    middle, so what it ran may have been on the other side (150 µs; milliseconds where a host takes cores away)."""

    def __init__(self, run: Run) -> None:
        self.ran = 0.0  # columns
        self._run, self._records = run, [np.empty((0, 3), np.int64)]
        told = run.reading.recorded.told

        def noted(records: np.ndarray, *how: Any) -> Any:
            waited = records["end"] - records["start"] > records["cpu"]
            calls = records[waited & (records["kind"] == ring.RUN)]
            self._records.append(np.stack([calls[name].astype(np.int64) for name in ("start", "end", "cpu")], axis=1))
            return told(records, *how)

        run.reading.recorded.told = noted

    def __iter__(self) -> Iterator[np.ndarray]:
        """Of the last 200 ms again and again, and of the whole run when it is over."""
        run = self._run
        while not run.ended:
            run.poll()
            run.pull()
            now = time.perf_counter_ns()
            if run.started_ns and not run.ended:
                yield self.lanes(now - 200 * MS, now)
            time.sleep(0.016)
        assert run.started_ns
        assert run.reading.ended_ns
        yield self.lanes(run.started_ns, run.reading.ended_ns + 100 * MS)

    def lanes(self, first: int, now: int) -> np.ndarray:
        edges = np.arange(first // COLUMN, now // COLUMN + 1, dtype=np.int64) * COLUMN
        shares: np.ndarray = self._run.reading.lanes.shares(edges, now)
        assert (shares.sum(axis=2) < 1 + 1e-3).all(), "a lane is in one state at a time"
        lanes: np.ndarray = shares[:, :, RUN].sum(axis=0)
        self.ran = float(lanes.sum())
        return lanes - self._unsure(edges)

    def _unsure(self, edges: np.ndarray) -> np.ndarray:
        start, end, cpu = np.concatenate(self._records).T
        spans = np.concatenate(
            (np.stack((start, start + cpu // 2), axis=1), np.stack((end - cpu + cpu // 2, end), axis=1))
        )
        unsure = np.zeros(len(edges) - 1)
        for first, last in spans[(spans[:, 0] < edges[-1]) & (spans[:, 1] > edges[0])]:
            unsure += np.clip(np.minimum(last, edges[1:]) - np.maximum(first, edges[:-1]), 0, None) / COLUMN
        return unsure


@pytest.mark.skipif(not LINUX, reason="only Linux shows what threads wait for")
@pytest.mark.parametrize("model", ["threads", "thread-pool", "processes"])
@pytest.mark.parametrize("job", ["primes", "mix", "hash", "read-files", "fetch"])
def test_no_more_lanes_run_than_there_are_cores(job: str, model: str) -> None:
    recipe = checked(Recipe(job=job, model=model, workers=3 * CORES, seconds=0.8))
    with running(recipe) as run:
        most = [float(lanes.max(initial=0)) for lanes in Pictures(run)]
    assert max(most) <= CORES * (1 + SHORT)
    assert len(most) > 1, "live, too"


@pytest.mark.skipif(not LINUX, reason="only Linux shows what threads wait for")
@pytest.mark.parametrize("job", ["primes", "mix"])
def test_of_threads_that_compute_in_python_one_runs_at_a_time(job: str) -> None:
    with running(checked(Recipe(job=job, model="threads", workers=4, seconds=1.0))) as run:
        pictures = Pictures(run)
        for lanes in pictures:
            last = lanes
    assert float(last.max()) <= 1 + SHORT
    assert pictures.ran > 10


@pytest.mark.skipif(not LINUX, reason="only Linux shows what threads wait for")
def test_what_many_processes_did_when_their_run_was_stopped_is_not_made_up() -> None:
    """They are killed in the middle of an op, of which there is no record."""
    with running(checked(Recipe(job="primes", model="processes", workers=24, seconds=60))) as run:
        until = time.monotonic() + 60
        while (run.statistics().begun or 0) < 24 and time.monotonic() < until:
            run.poll()
            run.pull()
            time.sleep(0.02)
        run.stop()
        for lanes in Pictures(run):
            last = lanes
    assert float(last.max()) <= CORES * (1 + SHORT)
    assert run.reading.ended_ns
    assert (run.reading.lanes.states_now(run.reading.ended_ns + MS) == EMPTY).all()


@pytest.mark.skipif(not LINUX, reason="only Linux shows what threads wait for")
def test_tasks_lanes_and_shares_say_the_same_of_the_same_moment() -> None:
    """Of four threads that compute, the table never says that several run."""
    seen = 0
    with running(checked(Recipe(job="primes", model="threads", workers=4, seconds=1.5))) as run:
        while not run.ended:
            run.poll()
            run.pull()
            figures = run.statistics()
            if figures.seconds > 0.3 and not run.ended:
                names = [worker.state for worker in figures.workers]
                seen += "wait_gil" in names or "wait_core" in names
                assert names.count("running") <= CORES
            time.sleep(0.02)
    assert seen > 5
    share = run.statistics().share
    assert share.unknown < 0.1
    assert share.wait_gil + share.wait_core > 0.5
