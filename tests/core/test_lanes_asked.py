"""Questions to the lanes: small pictures, with every answer worked out by hand. Times in ms."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.lanes.heat_bins import BIN_NS
from playground.reading.lanes.segments import SEGMENT
from playground.reading.lanes.store import MANY, NOT_RUN
from playground.reading.states import IO, RUN, SLEEP
from tests.core.recorded import RecordedLanes
from tests.core.test_store import MS, record, set_tail


def edges(first: float, last: float, width: float) -> np.ndarray:
    return np.arange(round(first * MS), round(last * MS) + 1, round(width * MS), dtype=np.int64)


@pytest.fixture
def three() -> RecordedLanes:
    """Lane 0 ran 0–10 and 20–25, lane 2 ran 10–19 and slept until 40, lane 1 slept 0–30 and runs since."""
    store = RecordedLanes(3, shared_gil=False, cores=4)
    store.write(np.concatenate((record(0, 10, core=0), record(20, 25, core=1))))
    store.write(np.concatenate((record(10, 19, core=1, task=2), record(19, 40, cpu=0, kind=ring.SLEEP, task=2))))
    store.write(record(0, 30, cpu=0, kind=ring.SLEEP, task=1))
    set_tail(store, 1, ring.RUN, 30 * MS)
    store.settled()
    return store


# --- who ran longest


def test_who_ran_longest_in_each_column(three: RecordedLanes) -> None:
    assert three.longest_running(edges(0, 50, 10)).tolist() == [0, 2, 0, 1, 1]
    assert three.longest_running(edges(5, 25, 10)).tolist() == [0, 0], "5 of each; then 4 against 5"


def test_what_goes_on_counts_to_the_end_of_the_window(three: RecordedLanes) -> None:
    assert three.longest_running(edges(28, 34, 2)).tolist() == [NOT_RUN, 1, 1]


def test_among_some_lanes_only_those_are_named(three: RecordedLanes) -> None:
    assert three.longest_running(edges(0, 40, 10), [2]).tolist() == [NOT_RUN, 2, NOT_RUN, NOT_RUN]
    assert three.longest_running(edges(0, 40, 10), [0, 1]).tolist() == [0, NOT_RUN, 0, 1]
    assert three.longest_running(edges(0, 40, 10), [0, 1, 2]).tolist() == [0, 2, 0, 1]


def test_where_none_ran_none_is_named(three: RecordedLanes) -> None:
    assert three.longest_running(edges(0, 40, 10), []).tolist() == [NOT_RUN] * 4
    assert RecordedLanes(2, shared_gil=False).longest_running(edges(0, 30, 10)).dtype == np.int32


@pytest.mark.parametrize(("ran", "named"), [(0.5, 0), (0.49, NOT_RUN)])
def test_who_ran_for_less_than_a_twentieth_is_not_named(ran: float, named: int) -> None:
    store = RecordedLanes(1, shared_gil=False)
    store.write(record(2, 2 + ran))
    store.settled()
    assert store.longest_running(edges(0, 10, 10)).tolist() == [named]


# --- segments


def found(store: RecordedLanes, *asked: int, **more: int) -> list[tuple[int, int]]:
    pieces = store.between(*(ms * MS for ms in asked), **{name: ms * MS for name, ms in more.items()})
    return [(int(one["lane"]), int(one["start"]) // MS) for one in pieces]


def test_a_window_has_what_touches_it(three: RecordedLanes) -> None:
    assert sorted(found(three, 10, 20)) == [(1, 0), (2, 10), (2, 19)]
    assert sorted(found(three, 19, 21)) == [(0, 20), (1, 0), (2, 19)]
    assert sorted(found(three, 29, 30, now=40)) == [(1, 0), (2, 19)], "what begins at its end is not in it"
    assert sorted(found(three, 29, 31, now=40)) == [(1, 0), (1, 30), (2, 19)]
    assert found(three, 90, 99) == []


def test_chunks_come_in_their_order_and_are_searched_until_one_is_too_old() -> None:
    store = RecordedLanes(2, shared_gil=False)
    for chunk in ([(0, 5, 0), (12, 15, 1)], [(5, 9, 0), (50, 60, 0)], [(60, 70, 0)]):
        store._chunks.append(np.array([(a * MS, b * MS, lane, 0, RUN) for a, b, lane in chunk], SEGMENT))
    assert found(store, 10, 20) == [(1, 12)], "the chunk between reaches over it"
    assert found(store, 4, 90) == [(0, 0), (1, 12), (0, 5), (0, 50), (0, 60)]
    assert found(store, 70, 90) == []


def test_slices_may_be_of_one_state(three: RecordedLanes) -> None:
    now = 40 * MS
    ran = [(one.lane, one.start // MS, one.end // MS, one.core) for one in three.slices(0, now, now, state=RUN)]
    assert ran == [(0, 0, 10, 0), (0, 20, 25, 1), (1, 30, 40, None), (2, 10, 19, 1)]
    slept = three.slices(0, now, now, range(2, 3), SLEEP)
    assert [(one.lane, one.start // MS, one.end // MS) for one in slept] == [(2, 19, 40)]


def test_a_moment_is_from_a_begin_until_before_the_end(three: RecordedLanes) -> None:
    def at(lane: int, ms: float) -> int | None:
        piece = three.at(lane, round(ms * MS), 40 * MS)
        return None if piece is None else piece.state

    assert [at(0, ms) for ms in (0, 9.9, 10, 20, 25)] == [RUN, RUN, None, RUN, None]
    assert [at(2, ms) for ms in (0, 10, 19)] == [None, RUN, SLEEP]


def test_cores_are_those_that_the_machine_has(three: RecordedLanes) -> None:
    core, lane, used = three.core_use(5 * MS, 23 * MS, 2)
    assert [*zip(core.tolist(), lane.tolist(), (used / MS).tolist(), strict=True)] == [(0, 0, 5), (1, 0, 3), (1, 2, 9)]
    core, lane, used = three.core_use(5 * MS, 23 * MS, 1)
    assert [*zip(core.tolist(), lane.tolist(), strict=True)] == [(0, 0)]


# --- shares and counts


def test_shares_are_those_of_the_window(three: RecordedLanes) -> None:
    shares = three.shares(edges(5, 45, 10), 40 * MS)
    ran = [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], [0.5, 0.4, 0, 0]]
    np.testing.assert_allclose(shares[:, :, RUN], ran, atol=1e-6)
    np.testing.assert_allclose(three.shares(edges(0, 20, 10), 40 * MS)[2, :, RUN], [0, 0.9], atol=1e-6)
    part = three.shares(edges(5, 45, 10), 40 * MS, range(1, 3))
    np.testing.assert_array_equal(part, shares[1:])
    assert three.shares(edges(90, 99, 3), 50 * MS, range(0)).shape == (0, 3, 8)


def test_counts_are_the_lanes_in_each_state_on_average(three: RecordedLanes) -> None:
    counts = three.counts(edges(0, 40, 10), 40 * MS)
    np.testing.assert_allclose(counts[:, RUN], [1, 0.9, 0.5, 1], atol=1e-6)
    np.testing.assert_allclose(counts[:, SLEEP], [1, 1.1, 2, 1], atol=1e-6)
    until_its_begin = three.counts(edges(0, 30, 10), 40 * MS)
    np.testing.assert_allclose(until_its_begin[:, RUN], [1, 0.9, 0.5], atol=1e-6)


@pytest.mark.parametrize("lanes", [MANY, MANY + 1])
def test_of_many_lanes_counts_are_kept_and_say_the_same(lanes: int) -> None:
    store = RecordedLanes(lanes, shared_gil=False)
    assert (store._counts is not None) == (lanes > MANY)
    store.write(record(0, 10, cpu=0, kind=ring.IO))
    store.settled()
    for bins in (1, 2, 4):
        width = bins * BIN_NS
        columns = np.arange(0, 4 * 10 * MS, width, dtype=np.int64)
        expected = np.clip((10 * MS - columns[:-1]) / width, 0, 1)
        np.testing.assert_allclose(store.counts(columns, 40 * MS)[:, IO], expected, atol=1e-6)
