"""What the lanes take over and keep, piece by piece, and what they forget. Times in ms."""

from __future__ import annotations

import os

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading.lanes import store as lanes
from playground.reading.lanes.recorded_lanes import UNSEEN_NS
from playground.reading.lanes.segments import SEGMENT
from playground.reading.states import EMPTY, GIL, IO, LOCK, RUN, SLEEP, TURN, UNKNOWN
from tests.core.recorded import RecordedLanes
from tests.core.test_store import MS, pieces, record, set_tail


def segments(*each: tuple[float, float, int, int]) -> np.ndarray:
    """(start, end, lane, state)."""
    return np.array([(start * MS, end * MS, lane, 0, state) for start, end, lane, state in each], SEGMENT)


def chain(count: int, first: int = 0) -> np.ndarray:
    """Ops of 1 ms one after the other, on two cores in turns, which keeps them apart."""
    return np.concatenate([record(first + n, first + n + 1, core=n % 2) for n in range(count)])


def kept(store: RecordedLanes) -> list[int]:
    return [len(chunk) for chunk in store._chunks]


def test_a_new_store_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = RecordedLanes(2, shared_gil=True)
    assert (store.latest, store.take_dirty(), store.live.in_turns, store.live.observed) == (0, None, False, False)
    assert store.spent.shape == (2, 8)
    assert (store.usual_wait == EMPTY).all()
    assert RecordedLanes(1, shared_gil=False, cores=3).live.cores == 3
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert RecordedLanes(1, shared_gil=False).live.cores == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert RecordedLanes(1, shared_gil=False).live.cores == 1


# --- chunks


def test_small_chunks_become_one_up_to_a_size() -> None:
    store = RecordedLanes(1, shared_gil=False)
    for count, expected in ((4000, [4000]), (95, [4095]), (1, [4095, 1]), (4094, [4095, 4095]), (5, [4095, 4095, 5])):
        store.write(chain(count, first=round(store.latest / MS)))
        store.settled()
        assert kept(store) == expected
    store.settled()
    assert kept(store) == [4095, 4095, 5]
    starts = np.concatenate([*store._chunks])["start"]
    assert (starts == np.arange(8195) * MS).all()


def test_the_oldest_chunk_goes_when_there_are_more_pieces_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MOST_SEGMENTS", 5000)
    store = RecordedLanes(1, shared_gil=False)
    for count, expected in ((4096, [4096]), (904, [4096, 904]), (1, [905]), (4095, [905, 4095]), (1, [4095, 1])):
        store.write(chain(count, first=round(store.latest / MS)))
        store.settled()
        assert kept(store) == expected


def test_a_chunk_goes_when_its_newest_piece_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "KEEP_NS", 1000 * MS)
    store = RecordedLanes(1, shared_gil=False)
    store.write(chain(4096))
    store.settled()
    for until, expected in ((5096, [4096, 1]), (5097, [2])):
        store.write(record(until - 1, until))
        store.settled()
        assert kept(store) == expected


# --- what is painted anew


def test_only_ops_that_tell_something_new_are_painted_anew() -> None:
    for kind in (ring.RUN, ring.TURN, ring.PAUSED, ring.AFTER):
        store = RecordedLanes(1, shared_gil=False)
        store.write(np.concatenate((record(3, 5, cpu=0, kind=kind), record(5, 6, cpu=0, kind=kind))))
        assert store.take_dirty() == 3 * MS
    for kind in (ring.SLEEP, ring.IO, ring.LOCK):
        store = RecordedLanes(1, shared_gil=False)
        store.write(record(3, 5, cpu=0, kind=kind))
        assert store.take_dirty() is None


# --- segments of another source


def test_segments_of_another_source_are_as_good_as_records() -> None:
    store = RecordedLanes(2, shared_gil=True)
    store.add_segments(segments())
    assert (store.latest, store.take_dirty()) == (0, None)
    store.add_segments(segments((7, 9, 1, LOCK), (3, 4, 0, RUN), (4, 5, 0, RUN), (2, 7, 1, GIL)))
    store.settled()
    assert (store.latest, store.take_dirty()) == (9 * MS, 2 * MS)
    assert pieces(store) == [("running", 3, 5), ("waits for the GIL", 2, 7), ("waits for a lock", 7, 9)]
    assert (store.spent[0, RUN], store.spent[1, GIL], store.spent[1, LOCK]) == (2 * MS, 5 * MS, 2 * MS)
    assert store.spent_by_all()[[RUN, GIL, LOCK]].tolist() == [2 * MS, 5 * MS, 2 * MS]
    set_tail(store, 0, ring.SLEEP, 1)
    set_tail(store, 1, ring.SLEEP, 1)
    assert [store.tail(lane, 20 * MS)[0] for lane in (0, 1)] == [5 * MS, 9 * MS], "since the last of them"
    store.add_segments(segments((1, 2, 0, RUN)))
    assert store.latest == 9 * MS
    assert store.tail(0, 20 * MS)[0] == 5 * MS


def test_what_was_told_too_much_is_taken_back() -> None:
    store = RecordedLanes(2, shared_gil=True)
    store.add_segments(segments((0, 10, 1, GIL)))
    store.take_back(1, GIL, 3 * MS, LOCK)
    assert (store.spent[1, GIL], store.spent[1, LOCK], store.spent[0].sum()) == (7 * MS, 3 * MS, 0)
    assert store.spent_by_all()[[GIL, LOCK]].tolist() == [7 * MS, 3 * MS]


def test_somebody_who_looks_tells_what_a_call_does() -> None:
    store = RecordedLanes(2, shared_gil=False)
    set_tail(store, 0, ring.RUN, 10 * MS)
    set_tail(store, 1, ring.IO, 10 * MS)
    for lane in (0, 1):
        store.live.tell_tail(lane, LOCK)
    store.settled()
    assert store.states_now(11 * MS).tolist() == [LOCK, IO], "who says what it waits for is believed"
    store.live.tell_tail(0, EMPTY)
    store.settled()
    assert store.states_now(11 * MS).tolist() == [RUN, IO]


# --- an op's parts


def test_each_kind_of_op_is_drawn_in_its_order() -> None:
    def drawn(kind: int, **fields: int) -> list[tuple[str, float, float]]:
        store = RecordedLanes(1, shared_gil=False)
        store.write(record(10, 20, cpu=4, kind=kind, core_wait=2 * MS, flags=SLEPT, **fields))
        store.settled()
        return pieces(store)

    assert drawn(ring.RUN) == [
        ("running", 10, 12),
        ("waits for a core", 12, 14),
        ("waits for a lock", 14, 18),
        ("running", 18, 20),
    ]
    assert drawn(ring.SLEEP) == [("waits for a core", 10, 12), ("sleeping", 12, 16), ("running", 16, 20)]
    for kind, word in ((ring.IO, "in I/O"), (ring.LOCK, "waits for a lock")):
        assert drawn(kind) == [(word, 10, 14), ("waits for a core", 14, 16), ("running", 16, 20)]
    assert drawn(ring.AFTER)[0] == ("sleeping", 10, 14)
    assert drawn(ring.TURN) == [("waits for its turn", 10, 16), ("running", 16, 20)]
    assert [name for name, *_ in drawn(ring.PAUSED)] == [""]


def test_a_record_that_says_nothing_is_counted_nowhere() -> None:
    store = RecordedLanes(1, shared_gil=False)
    store.write(record(0, 5, cpu=0, kind=ring.NONE))
    assert store.spent.sum() == 0
    assert store.latest == 5 * MS


@pytest.mark.parametrize(("lost", "drawn"), [(UNSEEN_NS - 1, 1), (UNSEEN_NS, 3)])
def test_a_wait_is_drawn_from_a_length_on(lost: int, drawn: int) -> None:
    store = RecordedLanes(1, shared_gil=True)
    one = record(0, 1, flags=SLEPT)
    one["cpu"] = MS - lost
    store.write(one)
    store.settled()
    assert len(pieces(store)) == drawn
    assert store.spent[0, GIL] == lost


def test_what_is_not_known_is_drawn_between_its_own_wait_and_the_gil() -> None:
    store = RecordedLanes(1, shared_gil=True)
    store.live.observed = True
    store.sightings._counts[0, ring.IO] = (1, 1, 0, 2, 0, 0)
    store.write(record(0, 8, cpu=0, kind=ring.IO, flags=SLEPT))
    store.settled()
    assert pieces(store) == [("in I/O", 0, 4), ("not known", 4, 6), ("waits for the GIL", 6, 8)]


def test_parts_of_a_few_ns_are_not_more_than_the_whole() -> None:
    """3 ns, half of them for the GIL and half not known: rounded, that would be 4."""
    store = RecordedLanes(1, shared_gil=True)
    store.live.observed = True
    store.sightings._counts[0, ring.IO] = (1, 1, 0, 0, 0, 0)
    one = record(0, 1, cpu=0, kind=ring.IO, flags=SLEPT)
    one["end"] = 3
    store.write(one)
    assert store.spent[0, [GIL, UNKNOWN, IO]].tolist() == [2, 1, 0]


@pytest.mark.parametrize("observed", [True, False])
def test_a_call_of_code_that_is_sampled_waited_for_what_was_seen(observed: bool) -> None:
    store = RecordedLanes(1, shared_gil=True)
    store.live.observed = observed
    store.usual_wait[0] = LOCK
    store.write(record(0, 10, cpu=4, flags=SLEPT))
    assert store.spent[0, [RUN, GIL, UNKNOWN, LOCK]].tolist() == [4 * MS, 0, 0, 6 * MS]


def test_in_one_thread_who_has_woken_waits_for_its_turn() -> None:
    store = RecordedLanes(2, shared_gil=False)
    store.live.in_turns = True
    store.live.set_tails(np.arange(2), np.full(2, ring.SLEEP), np.full(2, 10 * MS), np.array([15, 30]) * MS)
    assert store.states_now(20 * MS).tolist() == [TURN, SLEEP]
