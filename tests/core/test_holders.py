"""Who held the GIL: counts, hand-offs and slices from made probe records whose truth is known."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.holders import KEEP_NS, NOBODY, STRANGER, HolderStore
from playground.rings import PROBE_RECORD

MS = 1_000_000
LANES = 3


Samples = tuple[np.ndarray, np.ndarray]  # and the lane that each names


def samples(holders: list[int], begin: int = 0, step: int = MS, target: int = 0, switches: int = 0) -> Samples:
    """Probe records at a steady rate; each change of holder is one hand-off."""
    made = np.zeros(len(holders), PROBE_RECORD)
    last = None
    for index, holder in enumerate(holders):
        switches += last is not None and holder not in (last, NOBODY)
        made[index] = (begin + index * step, 0, switches, target, holder != NOBODY)
        last = holder if holder != NOBODY else last
    return made, np.array(holders, np.int32)


def store_of(*chunks: Samples) -> HolderStore:
    store = HolderStore(LANES)
    for chunk in chunks:
        store.add(*chunk)
    return store


def part(made: Samples, first: int, last: int | None = None) -> Samples:
    return made[0][first:last], made[1][first:last]


HOLDERS = st.lists(st.sampled_from((0, 1, 2, NOBODY, STRANGER)), min_size=1, max_size=60)


@given(holders=HOLDERS, cut=st.integers(0, 60))
def test_every_sample_counts_once(holders: list[int], cut: int) -> None:
    made = samples(holders)
    store = store_of(part(made, 0, cut), part(made, cut))
    assert store.samples == len(holders)
    assert store.free == holders.count(NOBODY)
    assert [store.held_share(lane) * len(holders) for lane in range(LANES)] == pytest.approx(
        [holders.count(lane) for lane in range(LANES)]
    )
    assert list(store.between(0, 10**12)["lane"]) == holders


@given(holders=HOLDERS, width=st.integers(1, 7), first=st.integers(0, 20))
def test_a_column_shows_who_held_it_longest(holders: list[int], width: int, first: int) -> None:
    edges = (first + width * np.arange(9, dtype=np.int64)) * MS
    shown = store_of(samples(holders)).longest(edges)
    for column in range(8):
        own = holders[first + column * width : first + (column + 1) * width]
        if not own:
            assert shown[column] == -3
            continue
        counts = Counter(own)
        workers = {lane: counts[lane] for lane in range(LANES) if counts[lane]}
        if workers:
            assert counts[int(shown[column])] == max(workers.values())
        else:
            assert shown[column] == (STRANGER if counts[STRANGER] > counts[NOBODY] else NOBODY)


@given(holders=HOLDERS)
def test_slices_are_unbroken_and_cover_every_sample(holders: list[int]) -> None:
    store = store_of(samples(holders))
    slices = store.slices(0, 10**12)
    if len(holders) < 2:
        return
    assert sum(end - start for _, start, end in slices) == len(holders) * MS
    assert all(one[0] != other[0] and one[2] == other[1] for one, other in pairwise(slices))
    for lane, start, end in slices:
        inside = [holder for at, holder in enumerate(holders) if start <= at * MS < end]
        assert set(inside) == {lane}


def test_a_gap_in_the_sampling_is_not_bridged() -> None:
    store = store_of(samples([0] * 10), samples([0] * 10, begin=500 * MS))
    assert store.slices(0, 10**12) == [(0, -MS // 2, 9 * MS + MS // 2), (0, 499 * MS + MS // 2, 509 * MS + MS // 2)]


def test_hand_offs_are_those_of_the_interpreters_counter() -> None:
    made = samples([0] * 1001)
    made[0]["switches"] = 7_000 + np.arange(1001) * 4  # also those between samples, which nobody sees
    assert store_of(made).handoffs_per_s() == pytest.approx(4000)
    assert store_of(part(made, 0, 500), part(made, 500)).handoffs_per_s() == pytest.approx(4000)


def test_recent_hand_offs_follow_a_change() -> None:
    store = HolderStore(LANES)
    switches = 0
    for second in range(6):
        rate = 200 if second < 3 else 5000
        for part in range(10):
            made = samples([0] * 100, begin=(second * 1000 + part * 100) * MS)
            made[0]["switches"] = switches + np.arange(100) * rate // 1000
            switches += rate // 10
            store.add(*made)
    assert store.handoffs_per_s(recent=True) == pytest.approx(5000, rel=0.02)
    assert store.handoffs_per_s() == pytest.approx(2600, rel=0.02)


def test_a_process_that_came_late_has_held_no_more_than_all_of_its_own_gil() -> None:
    store = HolderStore(2)
    store.add(*samples([0] * 900))
    store.add(*samples([1, NOBODY] * 50, begin=900 * MS, target=1))
    assert store.held_share(0) == pytest.approx(1.0)
    assert store.held_share(1) == pytest.approx(0.5)


def test_each_gil_has_a_ribbon_of_its_own() -> None:
    store = HolderStore(2)
    store.add(*samples([0] * 8))
    store.add(*samples([1] * 4 + [NOBODY] * 4, target=1))
    edges = np.array([0, 4 * MS, 8 * MS], np.int64)
    assert list(store.longest(edges, 0)) == [0, 0]
    assert list(store.longest(edges, 1)) == [1, NOBODY]


def test_old_samples_are_forgotten_and_sums_are_not() -> None:
    store = HolderStore(LANES)
    step = KEEP_NS // 10
    for index in range(30):
        store.add(*samples([0] * 5000, begin=index * step, step=step // 5000))
    kept = store.between(0, 10**18)
    assert len(kept) <= 12 * 5000
    assert store.samples == 30 * 5000
    assert int(kept["t"][-1]) - int(kept["t"][0]) >= KEEP_NS - step


def test_nothing_sampled_is_no_claim() -> None:
    store = store_of(samples([]))
    assert store.handoffs_per_s() is None
    assert store.handoffs_per_s(recent=True) is None
    assert store.held_share(0) == 0.0
    assert store.slices(0, 10**12) == []
    assert list(store.longest(np.arange(4, dtype=np.int64))) == [-3, -3, -3]
