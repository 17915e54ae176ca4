"""A pause is nobody's wait, whoever wrote it down."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.wire.ring import IO, PAUSED, RUN, SLEEP, TURN
from playground.reading.pauses import taken_out
from playground.reading.rings import RECORD, Records
from playground.recipe.recipe import Recipe, checked
from tests.core.labs import ops, running, until


def records(*told: tuple[int, int, int, int]) -> Records:
    made = np.zeros(len(told), RECORD)
    made["task"], made["kind"], made["start"], made["end"] = zip(*told, strict=True)
    return made


def plain(taken: Records) -> list[tuple[int, ...]]:
    return [tuple(map(int, (one["task"], one["kind"], one["start"], one["end"]))) for one in taken]


@pytest.mark.parametrize("kind", [SLEEP, IO, TURN])
def test_a_wait_in_a_loop_loses_the_pause(kind: int) -> None:
    told = records((0, PAUSED, 100, 200), (1, kind, 50, 250), (2, kind, 120, 150), (3, kind, 200, 300))
    assert plain(taken_out(told, [(100, 200)], one_loop=True)) == [
        (0, PAUSED, 100, 200),
        (1, kind, 50, 100),
        (1, PAUSED, 100, 200),
        (1, kind, 200, 250),
        (2, PAUSED, 120, 150),
        (3, kind, 200, 300),
    ]


def test_a_wait_may_span_several_pauses_and_work_none() -> None:
    told = records((0, RUN, 50, 250), (1, TURN, 0, 400))
    assert plain(taken_out(told, [(100, 200), (300, 350)], one_loop=True)) == [
        (0, RUN, 50, 250),
        (1, TURN, 0, 100),
        (1, PAUSED, 100, 200),
        (1, TURN, 200, 300),
        (1, PAUSED, 300, 350),
        (1, TURN, 350, 400),
    ]


def test_a_thread_sleeps_on_while_others_are_paused() -> None:
    told = records((0, SLEEP, 50, 250), (1, TURN, 50, 250))
    taken = plain(taken_out(told, [(100, 200)], one_loop=False))
    assert taken == [(0, SLEEP, 50, 250), (1, TURN, 50, 100), (1, PAUSED, 100, 200), (1, TURN, 200, 250)]


@pytest.mark.parametrize(("model", "job"), [("asyncio", "sleep"), ("generators", "primes")])
def test_a_pause_counts_for_no_worker_of_a_loop(model: str, job: str) -> None:
    with running(checked(Recipe(job=job, model=model, workers=4))) as run:
        until(run, lambda: ops(run) > 40)
        run.pause(True)
        until(run, lambda: run.reading.pauses and run.reading.pauses[0][1] - run.reading.pauses[0][0] > 10**9)
        run.pause(False)
        done = ops(run)
        until(run, lambda: ops(run) > done + 40)
        lives = run.reading.lanes.spent.sum(axis=1)
    assert max(lives) - min(lives) < 0.5e9, "who wrote it down, and those who waited, were paused for as long"
