"""A wait for the GIL, where the system does not say what kept a thread waiting: by who was seen to hold it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.holds.held_meanwhile import by_others_ns
from playground.reading.holds.holders import SAMPLE, HolderStore
from playground.reading.holds.who_held import NOBODY, STRANGER
from playground.reading.lanes.recorded_lanes import Recorded
from playground.reading.rings import RECORD
from playground.reading.states import CORE, GIL, LOCK, RUN, UNKNOWN

MS = 1_000_000


def store(*lanes: int, targets: tuple[int, ...] = (), every: int = MS, of: tuple[int, ...] = (0, 0, 0)) -> HolderStore:
    """A sample each millisecond: the lane that it saw, from 1 ms on. `of`: by lane, its GIL."""
    samples = np.empty(len(lanes), SAMPLE)
    samples["t"], samples["lane"] = np.arange(1, len(lanes) + 1) * every, lanes
    samples["target"], samples["step"] = targets or 0, every
    made = HolderStore.of(len(of), samples, sorted(set(of)))
    made.target_of[:] = of
    return made


def held(holders: HolderStore, *ops: tuple[int, float, float]) -> list[float]:
    lane, start, end = (np.array(part) for part in zip(*ops, strict=True))
    found = by_others_ns(holders, lane, np.int64(start * MS), np.int64(end * MS))
    return [round(float(ns) / MS, 6) for ns in found]


def test_what_others_held_within_an_op_counts_and_nothing_else() -> None:
    holders = store(0, 1, 1, NOBODY, STRANGER, 0)  # at 1 … 6 ms
    assert held(holders, (0, 1, 7), (1, 1, 7)) == [3, 3]
    assert held(holders, (0, 1, 2), (0, 2, 4), (0, 2.5, 3.25), (0, 4, 5)) == [0, 2, 0.75, 0]
    assert held(holders, (0, 20, 30), (0, 0, 1)) == [0, 0], "nobody looked"


def test_a_gap_in_the_samples_says_nothing() -> None:
    holders = store(1, 1)
    assert held(holders, (0, 0, 100)) == [2]
    far = store(1, 1, every=50 * MS)
    far._chunks[0]["step"] = MS
    assert held(far, (0, 0, 60)) == [1]


def test_each_gil_is_a_matter_of_its_own() -> None:
    holders = store(0, 2, 1, 2, targets=(0, 2, 0, 2), of=(0, 0, 2))
    assert held(holders, (0, 1, 5), (2, 1, 5)) == [1, 0]
    holders.target_of[0] = -1
    assert held(holders, (0, 1, 5)) == [0], "it was never seen, so its GIL is not known"


def records(*parts: tuple[int, int, float, float, float]) -> Any:
    """(lane, kind, start, end, CPU time), in ms; what kept the worker waiting is in doubt."""
    made = np.zeros(len(parts), RECORD)
    for one, (lane, kind, start, end, cpu) in zip(made, parts, strict=True):
        one["task"], one["kind"], one["flags"], one["core"] = lane, kind, ring.DOUBT, ring.CORE_UNKNOWN
        one["start"], one["end"], one["cpu"] = start * MS, end * MS, cpu * MS
    return made


def spent(told: Any) -> dict[int, float]:
    sums: dict[int, float] = {}
    for _, state, ns in told.spent:
        for one, amount in zip(np.broadcast_to(state, ns.shape), ns, strict=True):
            if amount:
                sums[int(one)] = sums.get(int(one), 0) + float(amount) / MS
    return sums


def test_a_doubtful_wait_is_for_the_gil_as_long_as_others_had_it() -> None:
    holders = store(0, 1, 1, 1, 0, 0)
    told = Recorded(3).told(records((0, ring.RUN, 1, 7, 2)), True, False, None, partial(by_others_ns, holders))
    assert spent(told) == {RUN: 2, GIL: 3, UNKNOWN: 1}


def test_it_is_never_longer_than_the_op_did_not_run() -> None:
    holders = store(1, 1, 1, 1)
    told = Recorded(3).told(records((0, ring.RUN, 1, 5, 3)), True, False, None, partial(by_others_ns, holders))
    assert spent(told) == {RUN: 3, GIL: 1}


@pytest.mark.parametrize("asked", [None, partial(by_others_ns, HolderStore(3))])
def test_it_is_unknown_where_nobody_was_seen(asked: Any) -> None:
    told = Recorded(3).told(records((0, ring.RUN, 1, 5, 1)), True, False, None, asked)
    assert spent(told) == {RUN: 1, UNKNOWN: 3}


def test_a_wait_that_was_asked_for_stays_what_it_is() -> None:
    holders = store(1, 1, 1, 1)
    told = Recorded(3).told(records((0, ring.LOCK, 1, 5, 0)), True, False, None, partial(by_others_ns, holders))
    assert spent(told) == {LOCK: 4}


def test_who_has_a_gil_to_itself_waits_for_a_core() -> None:
    op = records((0, ring.RUN, 1, 5, 3))
    assert spent(Recorded(3).told(op, False, False, alone=True)) == {RUN: 3, CORE: 1}
    assert spent(Recorded(3).told(op, False, False, alone=False)) == {RUN: 3, UNKNOWN: 1}
    assert spent(Recorded(3).told(records((0, ring.LOCK, 1, 5, 0)), False, False, alone=True)) == {LOCK: 4}
