"""Who held the GIL: counts, hand-offs and slices from made probe records, so that the truth is known."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.reading.holds.holders import KEEP_NS, HolderStore
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED, STRANGER
from playground.reading.lanes import store as lanes
from playground.reading.rings import PROBE_RECORD

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


def shares(own: list[int]) -> tuple[int, int, int]:
    """How many are free, a stranger's, and workers'."""
    return own.count(NOBODY), own.count(STRANGER), sum(holder >= 0 for holder in own)


@given(holders=HOLDERS, width=st.integers(1, 7), first=st.integers(0, 20), lanes=st.integers(3, 9))
def test_a_column_shows_what_was_true_of_it_longest(holders: list[int], width: int, first: int, lanes: int) -> None:
    edges = (first + width * np.arange(9, dtype=np.int64)) * MS
    store = HolderStore(lanes)
    store.add(*samples(holders))
    shown = store.longest(edges)
    for column in range(8):
        own = holders[first + column * width : first + (column + 1) * width]
        if not own:
            assert shown[column] == NOT_SAMPLED
            continue
        free, strangers, workers = shares(own)
        if free > strangers + workers:
            assert shown[column] == NOBODY
        elif strangers > workers:
            assert shown[column] == STRANGER
        else:
            counts = Counter(holder for holder in own if holder >= 0)
            assert shown[column] == min(lane for lane in counts if counts[lane] == max(counts.values()))


@pytest.mark.parametrize(
    ("holders", "shown"),
    [
        ([0, 0, 1], 0),
        ([0, 1, 1], 1),
        ([1, 0, NOBODY, NOBODY], 0),  # held for as long as it was free; of two as long the first
        ([0, NOBODY, NOBODY], NOBODY),
        ([0, 1, 2, NOBODY, NOBODY], 0),  # none of them as long as it was free, but all together longer
        ([0, 1, STRANGER, STRANGER], 0),
        ([0, STRANGER, STRANGER], STRANGER),
        ([STRANGER, NOBODY], STRANGER),
        ([2, STRANGER, NOBODY, NOBODY, NOBODY], NOBODY),
    ],
)
def test_the_colour_of_a_column(holders: list[int], shown: int) -> None:
    edges = np.array([0, len(holders) * MS, 2 * len(holders) * MS], np.int64)
    assert list(store_of(samples(holders)).longest(edges)) == [shown, NOT_SAMPLED]


@given(holders=HOLDERS)
def test_slices_are_unbroken_and_cover_every_sample(holders: list[int]) -> None:
    slices = store_of(samples(holders)).slices(0, 10**12)
    assert sum(end - start for _, start, end in slices) == len(holders) * MS
    assert all(one[0] != other[0] and one[2] == other[1] for one, other in pairwise(slices))
    for lane, start, end in slices:
        inside = [holder for at, holder in enumerate(holders) if start <= at * MS < end]
        assert set(inside) == {lane}


@given(holders=HOLDERS, offset=st.integers(-3, 70), late=st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_ribbon_and_lens_say_the_same_of_every_moment(holders: list[int], offset: int, late: list[int]) -> None:
    made = samples(holders)
    made[0]["t"] += np.cumsum(late[: len(holders)]).astype(np.uint64) * np.uint64(MS)
    store = store_of(made)
    edges = offset * MS + np.arange(0, 40 * MS + 1, MS // 4, dtype=np.int64)
    ribbon = store.longest(edges)
    slices = store.slices(int(edges[0]), int(edges[-1]))
    for moment, shown in zip(edges[:-1], ribbon, strict=True):
        found = [lane for lane, start, end in slices if start <= moment < end]
        assert found == ([] if shown == NOT_SAMPLED else [shown])


def test_what_is_told_of_a_moment_does_not_depend_on_the_window() -> None:
    made = samples([0, 1, NOBODY, 2, 0] * 20)
    made[0]["t"][50:] += np.uint64(40 * MS)
    store = store_of(made)
    whole = store.slices(0, 10**12)
    for first in range(0, 150 * MS, 7 * MS // 2):
        part = store.slices(first, first + MS)
        assert part == [hold for hold in whole if hold[1] < first + MS and hold[2] > first]


def test_a_sample_holds_until_the_next_however_far_the_picture_is_zoomed_in() -> None:
    store = store_of(samples([0, 0, 0, 1, 1]))
    edges = np.arange(0, 5 * MS + 1, MS // 8, dtype=np.int64)
    assert list(store.longest(edges)) == [0] * 24 + [1] * 16


@pytest.mark.parametrize(("gap", "bridged"), [(1, True), (5, True), (6, False), (400, False)])
def test_a_gap_of_more_than_five_samples_is_not_known(gap: int, bridged: bool) -> None:
    store = store_of(samples([0] * 10), samples([0] * 10, begin=(9 + gap) * MS))
    whole, parted = [(0, 0, (19 + gap) * MS)], [(0, 0, 10 * MS), (0, (9 + gap) * MS, (19 + gap) * MS)]
    assert store.slices(0, 10**12) == (whole if bridged else parted)
    edges = np.arange(0, (19 + gap) * MS + 1, MS, dtype=np.int64)
    between = [0 if bridged else NOT_SAMPLED] * (gap - 1)
    assert list(store.longest(edges)) == [0] * 10 + between + [0] * 10


def test_the_newest_sample_holds_for_one_interval() -> None:
    store = store_of(samples([0, 1], step=2 * MS))
    assert store.slices(0, 10**12) == [(0, 0, 2 * MS), (1, 2 * MS, 4 * MS)]
    store.add(*samples([1], begin=4 * MS))  # then the next one is there
    assert store.slices(0, 10**12) == [(0, 0, 2 * MS), (1, 2 * MS, 6 * MS)]


def test_a_single_sample_holds_for_as_long_as_the_probe_usually_takes() -> None:
    assert store_of(samples([2], begin=7 * MS)).slices(0, 10**12) == [(2, 7 * MS, 8 * MS)]


def test_a_gap_of_another_gil_is_none_of_this_one() -> None:
    """Ten times as many samples of one GIL as of the other: neither has a gap."""
    often, seldom = samples([0] * 100), samples([1] * 10, step=10 * MS, target=1)
    order = np.argsort(np.concatenate((often[0]["t"], seldom[0]["t"])), kind="stable")
    store = HolderStore(LANES)
    store.add(np.concatenate((often[0], seldom[0]))[order], np.concatenate((often[1], seldom[1]))[order])
    assert store.slices(0, 10**12, 0) == [(0, 0, 100 * MS)]
    assert store.slices(0, 10**12, 1) == [(1, 0, 100 * MS)]
    assert list(store.longest(np.array([0, 50 * MS, 100 * MS]), 1)) == [1, 1]
    assert store.slices(45 * MS, 46 * MS, 1) == [(1, 0, 100 * MS)]


@pytest.mark.parametrize(("before", "after"), [(MS, 10 * MS), (10 * MS, MS)])
def test_a_probe_rate_that_is_turned_is_learnt(before: int, after: int) -> None:
    """After eight samples at the new rate; until then what is slower than five of the old is not known."""
    store = store_of(samples([0] * 20, step=before))
    turned = 20 * before
    for number in range(20):
        store.add(*samples([1], begin=turned + number * after, step=after))
    end = turned + 20 * after
    learnt = turned + 7 * after
    known = [hold for hold in store.slices(learnt, end) if hold[0] == 1]
    assert known[-1][2] == end
    assert known[-1][1] <= learnt
    comb = store.slices(turned, learnt)
    assert len([hold for hold in comb if hold[0] == 1]) == (7 if after > before else 1)


def test_one_late_sample_does_not_make_the_next_gaps_usual() -> None:
    made = samples([0] * 30)
    made[0]["t"][20:] += np.uint64(200 * MS)
    made[0]["t"][25:] += np.uint64(20 * MS)
    assert store_of(made).slices(0, 10**12) == [
        (0, 0, 20 * MS),
        (0, 220 * MS, 225 * MS),
        (0, 245 * MS, 250 * MS),
    ]


def test_hand_offs_are_those_of_the_interpreters_counter() -> None:
    made = samples([0] * 1001)
    made[0]["switches"] = 7_000 + np.arange(1001) * 4  # also those between samples, which nobody sees
    assert store_of(made).handoffs_per_s() == pytest.approx(4000)
    assert store_of(part(made, 0, 500), part(made, 500)).handoffs_per_s() == pytest.approx(4000)


def test_the_time_counts_from_the_first_sample() -> None:
    made = samples([0] * 1001, begin=7_000 * MS)
    made[0]["switches"] = 3 * np.arange(1001)
    assert store_of(made).handoffs_per_s() == pytest.approx(3000, rel=1e-12)


def test_the_first_sample_tells_of_no_hand_off() -> None:
    store = store_of(samples([0], switches=50))
    assert store.handoffs == 0
    assert store.handoffs_per_s() is None  # in no time


def test_hand_offs_of_several_gils_add_up_and_their_times_do_not() -> None:
    store = HolderStore(LANES)
    for begin in range(0, 1000, 100):  # both at the same time
        for target, each in ((0, 3), (1, 1)):
            made = samples([target] * 100, begin=begin * MS, target=target)
            made[0]["switches"] = 70 * target + (begin + np.arange(100)) * each
            store.add(*made)
    assert store.handoffs == 999 * 3 + 999
    assert store.handoffs_per_s() == pytest.approx(4000)


def test_hand_offs_of_gils_one_after_the_other_are_over_the_time_of_both() -> None:
    store = HolderStore(LANES)
    for target in range(2):  # each a second, 500 a second
        made = samples([target] * 1001, begin=1000 * target * MS, target=target)
        made[0]["switches"] = np.arange(1001) // 2
        store.add(*made)
    assert store.handoffs_per_s() == pytest.approx(500)


def paused_run(cut: int | None = None) -> HolderStore:
    """A second at 1000 hand-offs/s, a pause of one in which workers wake up 200 times, and again a second at work."""
    made = samples([0] * 1000 + [NOBODY, NOBODY, NOBODY, 1, 1] * 200 + [2] * 1001)
    steps = np.concatenate((np.ones(1000), np.tile([0, 0, 0, 1, 0], 200), np.ones(1001))).astype(np.uint64)
    steps[1000] = 1
    made[0]["switches"] = np.cumsum(steps)
    store = HolderStore(LANES)
    for piece in (made,) if cut is None else (part(made, 0, cut), part(made, cut)):
        store.add(*piece, [PAUSE])
    return store


PAUSE = (1000 * MS, 2000 * MS)


@pytest.mark.parametrize("cut", [None, 1, 999, 1000, 1001, 1500, 2000, 2001])
def test_a_pause_is_no_part_of_the_figures(cut: int | None) -> None:
    store = paused_run(cut)
    assert store.handoffs == 1000 + 1000  # the 1000th ends in the pause and began before it
    assert store.handoffs_per_s([PAUSE]) == pytest.approx(1000)
    assert (store.samples, store.free, sum(store.targets.values())) == (3001, 0, 2001)
    assert [store.held_share(lane) for lane in range(LANES)] == pytest.approx([1000 / 2001, 0.0, 1001 / 2001])
    assert store.free_share == 0.0


def test_hand_offs_do_not_fall_while_the_run_is_paused() -> None:
    """As when it is asked in the middle of a pause that goes on: time stands still."""
    made = samples([0] * 1001 + [NOBODY] * 500)
    made[0]["switches"] = np.minimum(np.arange(1501) * 4, 4000)
    store = HolderStore(LANES)
    store.add(*made, [(1000 * MS, 1500 * MS)])
    assert store.handoffs_per_s([(1000 * MS, 1500 * MS)]) == pytest.approx(4000)
    assert store.handoffs_per_s([(-500 * MS, 0), (1000 * MS, 9999 * MS)]) == pytest.approx(4000)
    assert store.handoffs_per_s([(-5 * MS, 9999 * MS)]) is None  # it was paused all the time


def test_two_pauses_are_both_left_out() -> None:
    pauses = [(10 * MS, 20 * MS), (30 * MS, 60 * MS)]
    store = HolderStore(LANES)
    store.add(*samples([0, NOBODY] * 50), pauses)
    assert sum(store.targets.values()) == 60
    assert store.free == 30
    assert store.free_share == pytest.approx(0.5)


def test_free_is_a_share_of_all_samples_of_all_gils() -> None:
    store = HolderStore(LANES)
    store.add(*samples([0, 0, 0, NOBODY]))
    store.add(*samples([1, NOBODY, NOBODY, STRANGER], begin=4 * MS, target=1))
    assert store.free_share == pytest.approx(3 / 8)
    assert store_of(samples([])).free_share == 0.0


def test_a_process_that_came_late_has_held_no_more_than_all_of_its_own_gil() -> None:
    store = HolderStore(2)
    store.add(*samples([0] * 900))
    store.add(*samples([1, NOBODY] * 50, begin=900 * MS, target=1))
    assert store.held_share(0) == pytest.approx(1.0)
    assert store.held_share(1) == pytest.approx(0.5)


def test_each_gil_has_a_ribbon_of_its_own() -> None:
    store = HolderStore(2)
    first, second = samples([0] * 8), samples([1] * 4 + [NOBODY] * 4, begin=MS // 2, target=1)
    order = np.argsort(np.concatenate((first[0]["t"], second[0]["t"])))
    store.add(np.concatenate((first[0], second[0]))[order], np.concatenate((first[1], second[1]))[order])
    edges = np.array([0, 4 * MS, 8 * MS], np.int64)
    assert list(store.longest(edges, 0)) == [0, 0]
    assert list(store.longest(edges, 1)) == [1, NOBODY]
    assert list(store.between(0, 10**12)["target"]) == [0, 1] * 8


@pytest.mark.parametrize(("size", "chunks"), [(2048, 2), (2047, 1), (4096, 2), (1, 1)])
def test_small_pieces_are_kept_together(size: int, chunks: int) -> None:
    store = store_of(samples([0] * size), samples([1] * size, begin=size * MS))
    assert len(store._chunks) == chunks
    assert len(store.between(0, 10**18)) == 2 * size
    assert store.slices(0, 10**18) == [(0, 0, size * MS), (1, size * MS, 2 * size * MS)]


@pytest.mark.parametrize(("later", "kept"), [(0, 5001), (1, 1)])
def test_old_samples_are_forgotten_when_the_last_of_them_is_older_than_is_kept(later: int, kept: int) -> None:
    last = 4999 * MS
    store = store_of(samples([0] * 5000), samples([1], begin=last + KEEP_NS + later))
    assert len(store.between(0, 10**18)) == kept
    assert store.samples == 5001
    assert list(store.held) == [5000, 1, 0]


def test_old_samples_are_forgotten_and_sums_are_not() -> None:
    store = HolderStore(LANES)
    step = KEEP_NS // 10
    for index in range(30):
        store.add(*samples([0] * 5000, begin=index * step, step=step // 5000))
    kept = store.between(0, 10**18)
    assert len(kept) <= 12 * 5000
    assert store.samples == 30 * 5000
    assert int(kept["t"][-1]) - int(kept["t"][0]) >= KEEP_NS - step


def test_a_window_ends_before_its_last_moment() -> None:
    store = store_of(samples([0, 1, 2]))
    assert list(store.between(MS, 2 * MS)["lane"]) == [1]
    assert store.slices(MS, 2 * MS) == [(1, MS, 2 * MS)]
    assert store.slices(3 * MS, 4 * MS) == []
    assert list(store.longest(np.array([MS, 2 * MS, 3 * MS, 4 * MS]))) == [1, 2, NOT_SAMPLED]


def test_nothing_sampled_is_no_claim() -> None:
    store = store_of(samples([]))
    assert store.handoffs_per_s() is None
    assert store.held_share(0) == 0.0
    assert store.slices(0, 10**12) == []
    assert list(store.longest(np.arange(4, dtype=np.int64))) == [NOT_SAMPLED] * 3


def test_what_is_no_lane_is_told_apart_from_all_of_them() -> None:
    assert (NOBODY, STRANGER, NOT_SAMPLED) == (-1, -2, -3)
    assert NOT_SAMPLED == lanes.NOT_RUN  # as stamps tell it
    assert KEEP_NS == 130_000_000_000  # what the stage reaches back for, and some more


def test_a_store_without_samples_claims_no_target() -> None:
    store = HolderStore(2)
    assert list(store.target_of) == [-1, -1]
    assert (store.samples, store.free, store.handoffs, list(store.held)) == (0, 0, 0, [0, 0])
