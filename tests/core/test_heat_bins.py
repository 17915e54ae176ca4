"""How many lanes are in each state: the history in bins tells the same as the lanes themselves, at every zoom."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lab.wire import ring
from playground.reading import states
from playground.reading.header_sums import Totals
from playground.reading.lanes.heat_bins import BIN_NS, FEW, KEPT, Counts
from playground.reading.lanes.store import MANY
from playground.reading.rings import RECORD
from playground.reading.states import STATE_COUNT
from tests.core.recorded import RecordedLanes

MS = 1_000_000
LANES = MANY + 20
BEGIN = 10**12

one_record = st.tuples(
    st.integers(0, LANES - 1), st.integers(0, 400), st.sampled_from((ring.SLEEP, ring.IO, ring.LOCK, ring.TURN))
)


def store_of(ops: list[tuple[int, int, int]], unit: int = MS) -> tuple[RecordedLanes, int]:
    """A store in which each op follows the last of its lane, pulled in parts; and a moment after all of them."""
    store, ends = RecordedLanes(LANES, shared_gil=False), np.full(LANES, BEGIN, np.int64)
    for first in range(0, len(ops), 5):
        records = np.zeros(len(ops[first : first + 5]), RECORD)
        for record, (lane, length, kind) in zip(records, ops[first : first + 5], strict=True):
            end = ends[lane] + length * unit
            for name, value in (("start", ends[lane]), ("end", end), ("task", lane), ("kind", kind), ("flags", 1)):
                record[name] = value
            ends[lane] = end
        store.write(records)
        store.settled()
    every = np.arange(LANES)
    store.live.set_tails(every, np.where(every % 3, ring.SLEEP, ring.NONE), ends)
    return store, int(ends.max()) + 7 * unit


@settings(deadline=None, max_examples=50)
@given(ops=st.lists(one_record, max_size=60), width=st.integers(1, 60), back=st.integers(0, 300))
def test_counts_are_the_sum_over_all_lanes(ops: list[tuple[int, int, int]], width: int, back: int) -> None:
    store, now = store_of(ops)
    first = (now - back * MS) // MS * MS
    edges = first + width * MS * np.arange(9, dtype=np.int64)
    expected = store.shares(edges, now).sum(axis=0)
    np.testing.assert_allclose(store.counts(edges, now), expected, atol=1e-3)


@settings(deadline=None, max_examples=30)
@given(ops=st.lists(one_record, max_size=40), width=st.integers(1, 1_900_000))
def test_zoomed_in_they_are_as_exact_as_the_lanes(ops: list[tuple[int, int, int]], width: int) -> None:
    store, now = store_of(ops, unit=100_000)
    edges = now - 5 * width + width * np.arange(9, dtype=np.int64)
    np.testing.assert_allclose(store.counts(edges, now), store.shares(edges, now).sum(axis=0), atol=1e-3)


@settings(deadline=None, max_examples=30)
@given(ops=st.lists(one_record, max_size=40), width=st.integers(2 * MS, 40 * MS))
def test_between_bins_no_time_is_lost(ops: list[tuple[int, int, int]], width: int) -> None:
    store, now = store_of(ops, unit=123_457)
    edges = BEGIN // MS * MS + width * np.arange((now - BEGIN) // width + 3, dtype=np.int64)
    spent = store.counts(edges, now).sum(axis=0, dtype=np.float64) * width
    np.testing.assert_allclose(spent, store.spent_by_all(now), rtol=1e-4, atol=MS * 1e-2)


def counted(*spans: tuple[float, float, int], states: int = 2) -> Counts:
    """From, to (in bins) and state of each, one after the other."""
    counts = Counts(states)
    for first, last, state in spans:
        times = np.array([first, last]) * BIN_NS
        counts.count(times[:1].astype(np.int64), times[1:].astype(np.int64), np.array([state], np.uint8))
    return counts


def test_what_is_a_whole_turn_of_the_ring_old_is_forgotten() -> None:
    counts = counted((10, 11, 0), (11, 12, 0), (11, 12, 0), (10 + KEPT, 11 + KEPT, 1))
    edges = BIN_NS * np.array([9, 10, 11, 12], np.int64)
    np.testing.assert_array_equal(counts.columns(edges), [[0, 0], [0, 0], [2, 0]])
    np.testing.assert_array_equal(counts.columns(edges + KEPT * BIN_NS), [[0, 0], [0, 1], [0, 0]])


def test_what_reaches_further_back_than_is_kept_counts_from_there() -> None:
    counts = counted((0, KEPT + 50, 0), states=1)
    edges = BIN_NS * np.array([48, 50, 52], np.int64)
    np.testing.assert_array_equal(counts.columns(edges), [[0], [1]])
    np.testing.assert_array_equal(counts.columns(edges + (KEPT - 4) * BIN_NS), [[1], [1]])


def test_what_ended_before_all_that_is_kept_is_nowhere() -> None:
    counts = counted((KEPT + 90, KEPT + 91, 0), (2, 80, 0), (70, 93, 0), states=1)
    edges = BIN_NS * np.arange(KEPT + 100, dtype=np.int64)
    found = counts.columns(edges)[:, 0]
    assert set(np.flatnonzero(found)) == {91, 92, KEPT + 90}


def test_a_column_that_cuts_a_bin_has_its_part_of_it() -> None:
    counts = counted(*[(1, 2, 0)] * 4, states=1)
    edges = np.array([0, 5, 10, 15, 20, 25], np.int64) * BIN_NS // 4  # bin 1 from 4 to 8
    np.testing.assert_allclose(counts.columns(edges)[:, 0], [0.8, 2.4, 0, 0, 0])


@pytest.mark.parametrize("many", [1, FEW, FEW + 1, 200])
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_long_and_short_segments_are_counted_bin_by_bin(many: int, data: st.DataObject) -> None:
    """Against the plain sum: in whose bins a segment lies, and how much of each."""
    moment = st.integers(0, 40 * BIN_NS)
    spans = data.draw(st.lists(st.tuples(moment, moment, st.integers(0, 3)), min_size=many, max_size=many))
    origin = KEPT * BIN_NS - 20 * BIN_NS  # across the ring's end
    start, end = (np.array([pick(a, b) for a, b, _ in spans]) for pick in (min, max))
    state = np.array([s for *_, s in spans], np.uint8)
    counts = Counts(3)
    counts.count(start + origin, end + origin, state)
    edges = np.arange(41, dtype=np.int64) * BIN_NS
    expected = np.zeros((40, 3))
    for a, b, s in zip(start, end, state, strict=True):
        if s < 3:
            expected[:, s] += np.clip(np.minimum(b, edges[1:]) - np.maximum(a, edges[:-1]), 0, None) / BIN_NS
    np.testing.assert_allclose(counts.columns(edges + origin), expected, atol=1e-3)


def test_a_segment_as_old_as_its_run_costs_no_more_after_ten_minutes() -> None:
    """Of the memory that is taken for it: bins that are not kept are not made."""

    def taken(age_s: int) -> int:
        counts = Counts(STATE_COUNT)
        start, end, state = np.zeros(1, np.int64), np.array([age_s * 10**9]), np.array([0], np.uint8)
        counts.count(end - 10**6, end, state)
        tracemalloc.start()
        counts.count(start, end, state)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    taken(1)
    assert taken(600) <= 2 * taken(10)


def test_a_few_lanes_are_read_out_of_many() -> None:
    store, now = store_of([(lane, lane % 7 + 1, ring.SLEEP) for lane in range(LANES)] * 3)
    edges = BEGIN + 2 * MS * np.arange(12, dtype=np.int64)
    among = range(40, 47)
    np.testing.assert_array_equal(store.shares(edges, now, among), store.shares(edges, now)[40:47])
    assert set(store.between(BEGIN, now, now, among)["lane"]) == set(among)
    found = store.at(44, BEGIN + MS, now)
    assert found is not None
    assert (found.lane, found.state, found.start) == (44, states.SLEEP, BEGIN)


def test_totals_follow_the_headers_that_are_looked_at() -> None:
    totals = Totals(3)
    headers = np.zeros((3, ring.HEADER_WORDS), np.uint64)
    headers[:, ring.W_STARTED] = (0, 7 * MS, 5 * MS)
    headers[:, ring.W_OPS] = (0, 10, 20)
    headers[:, ring.W_CPU] = (0, 3, 4)
    totals.look(np.array([1, 2]), headers[1:])
    assert (totals.ops, totals.begun, totals.started_ns, totals.start_all_ms) == (30, 2, 5 * MS, None)
    headers[0, ring.W_STARTED], headers[1, ring.W_OPS] = 9 * MS, 11
    totals.look(np.arange(3), headers)
    totals.look(np.arange(3), headers)
    assert (totals.ops, totals.begun, int(totals.cpu_ns.sum())) == (31, 3, 7)
    assert totals.start_all_ms == pytest.approx(4.0)


def test_who_began_with_the_clock_has_begun() -> None:
    totals = Totals(1)
    headers = np.zeros((1, ring.HEADER_WORDS), np.uint64)
    totals.look(np.array([0]), headers)
    assert (totals.begun, totals.started_ns) == (0, None)
    headers[0, ring.W_STARTED] = 1
    totals.look(np.array([0]), headers)
    assert (totals.begun, totals.started_ns, totals.start_all_ms) == (1, 1, 0.0)


def test_time_of_all_is_that_of_each_together() -> None:
    store, now = store_of([(lane, lane % 5 + 1, ring.IO) for lane in range(LANES)])
    assert store.spent.shape == (LANES, STATE_COUNT)
    np.testing.assert_allclose(store.spent_by_all(), store.spent.sum(axis=0))
    store.finish(now)
    np.testing.assert_allclose(store.spent_by_all(), store.spent.sum(axis=0))
