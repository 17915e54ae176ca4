"""Lane arithmetic against slow, exact references: no time is made up, none is lost, and zoom changes nothing."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading import states
from playground.reading.lanes import store as lanes
from playground.reading.lanes.columns import column_shares
from playground.reading.lanes.segments import SEGMENT, merged
from playground.reading.rings import RECORD
from playground.reading.states import EMPTY, STATE_COUNT, WORDS
from tests.core import strategies
from tests.core.recorded import RecordedLanes

MS = 1_000_000
LANES = 3


@st.composite
def segments(draw: st.DrawFn, overlap: bool = False) -> np.ndarray:
    """Random segments of a few lanes; one lane is in one state at a time."""
    made = []
    for lane in range(LANES):
        now = draw(st.integers(0, 200))
        for _ in range(draw(st.integers(0, 8))):
            now += draw(st.sampled_from((0, 0, 1, 7)) | st.integers(0, 300))
            length = draw(st.integers(1, 20) | st.integers(1, 1000))
            state = draw(st.integers(0, EMPTY))
            core = draw(st.sampled_from((0, 1)))
            made.append((now, now + length, lane, core, state))
            now += length
    made = draw(st.permutations(made))
    return np.array(made, SEGMENT)


@st.composite
def columns(draw: st.DrawFn) -> np.ndarray:
    origin, width = draw(st.integers(0, 1500)), draw(st.integers(1, 200))
    return origin + width * np.arange(draw(st.integers(2, 30)), dtype=np.int64)


def exact_shares(made: np.ndarray, edges: np.ndarray) -> dict[tuple[int, int, int], Fraction]:
    shares: dict[tuple[int, int, int], Fraction] = defaultdict(Fraction)
    for segment in made:
        if segment["state"] == EMPTY:
            continue
        for column, (left, right) in enumerate(pairwise(edges)):
            part = min(int(segment["end"]), int(right)) - max(int(segment["start"]), int(left))
            if part > 0:
                shares[int(segment["lane"]), column, int(segment["state"])] += Fraction(part, int(right - left))
    return shares


@given(made=segments(), edges=columns())
def test_column_shares_are_the_exact_ones(made: np.ndarray, edges: np.ndarray) -> None:
    shares = column_shares(made, edges, LANES)
    expected = np.zeros(shares.shape)
    for place, share in exact_shares(made, edges).items():
        expected[place] = float(share)
    assert shares.shape == (LANES, len(edges) - 1, STATE_COUNT)
    np.testing.assert_allclose(shares, expected, atol=2e-6)
    assert (shares >= 0).all()
    assert (shares.sum(axis=2) <= 1 + 1e-5).all()


@given(made=segments(), origin=st.integers(0, 1500), width=st.integers(1, 100), count=st.integers(1, 16))
def test_a_column_is_the_mean_of_its_halves(made: np.ndarray, origin: int, width: int, count: int) -> None:
    fine = column_shares(made, origin + width * np.arange(2 * count + 1, dtype=np.int64), LANES)
    coarse = column_shares(made, origin + 2 * width * np.arange(count + 1, dtype=np.int64), LANES)
    np.testing.assert_allclose(coarse, fine.reshape(LANES, count, 2, STATE_COUNT).mean(axis=2), atol=2e-6)


@given(made=segments(), width=st.integers(1, 300))
def test_no_time_is_lost_between_columns(made: np.ndarray, width: int) -> None:
    last = int(made["end"].max(initial=1))
    edges = width * np.arange(last // width + 2, dtype=np.int64)
    spent = column_shares(made, edges, LANES).sum(axis=1, dtype=np.float64) * width
    for lane in range(LANES):
        for state in range(STATE_COUNT):
            own = made[(made["lane"] == lane) & (made["state"] == state)]
            assert spent[lane, state] == pytest.approx((own["end"] - own["start"]).sum(), abs=1e-4 * last)


def test_shares_stay_exact_days_after_the_clock_began() -> None:
    """Nanoseconds since boot do not fit into a float; what is drawn is relative to the window."""
    start = 90 * 24 * 3600 * 10**9 + 1
    made = np.array([(start, start + 100, 0, 0, states.RUN), (start + 100, start + 1000, 0, 0, states.GIL)], SEGMENT)
    shares = column_shares(made, start + 500 * np.arange(3, dtype=np.int64), 1)
    np.testing.assert_allclose(shares[0, :, states.RUN], [0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(shares[0, :, states.GIL], [0.8, 1.0], atol=1e-6)


@given(made=segments())
def test_merging_changes_nothing_but_the_count(made: np.ndarray) -> None:
    made = made[np.lexsort((made["start"], made["lane"]))]
    joined = merged(made)
    assert len(joined) <= len(made)
    edges = 50 * np.arange(80, dtype=np.int64)
    np.testing.assert_allclose(column_shares(joined, edges, LANES), column_shares(made, edges, LANES), atol=2e-6)
    for one, next_one in pairwise(joined):
        touching = (
            one["lane"] == next_one["lane"] and one["end"] == next_one["start"] and one["core"] == next_one["core"]
        )
        assert not (touching and one["state"] == next_one["state"])


# --- records → segments


def store_of(written: np.ndarray, shared_gil: bool = True) -> RecordedLanes:
    store = RecordedLanes(1, shared_gil)
    store.write(written)
    store.settled()
    return store


@given(written=strategies.records(), shared_gil=st.booleans())
def test_the_parts_of_each_op_add_up_to_its_time(written: np.ndarray, shared_gil: bool) -> None:
    store = store_of(written, shared_gil)
    alive = written[written["kind"] != ring.PAUSED]
    assert store.spent[0].sum() == (alive["end"] - alive["start"]).sum()
    assert (store.spent >= 0).all()
    pieces = store.between(0, 2**62)
    assert (pieces["end"] > pieces["start"]).all()
    assert (np.sort(pieces["start"])[1:] >= np.sort(pieces["end"])[:-1]).all(), "one lane does one thing at a time"
    drawn = pieces[pieces["state"] < EMPTY]
    assert (drawn["end"] - drawn["start"]).sum() == (alive["end"] - alive["start"]).sum()
    if not shared_gil:
        assert not store.spent[0, states.GIL]


@given(written=strategies.records(most=30), data=st.data())
def test_how_often_the_rings_were_read_does_not_show(written: np.ndarray, data: st.DataObject) -> None:
    whole, parts = store_of(written), RecordedLanes(1, True)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(written)), max_size=5)))
    for first, last in zip([0, *cuts], [*cuts, len(written)], strict=True):
        parts.write(written[first:last])
        parts.settled()
    now = int(written["end"].max(initial=1))
    edges = (now // 7 + 1) * np.arange(8, dtype=np.int64)
    np.testing.assert_array_equal(parts.spent, whole.spent)
    np.testing.assert_allclose(parts.shares(edges, now), whole.shares(edges, now), atol=2e-6)
    assert parts.latest == whole.latest
    assert parts.slices(0, now + 1, now) == whole.slices(0, now + 1, now)


def record(start: float, end: float, cpu: float | None = None, **fields: int) -> np.ndarray:
    """One record; times in ms."""
    one = np.zeros(1, RECORD)
    one["start"], one["end"] = start * MS, end * MS
    one["cpu"] = (end - start if cpu is None else cpu) * MS
    one["kind"] = ring.RUN
    for name, value in fields.items():
        one[name] = value
    return one


def set_tail(store: RecordedLanes, lane: int, kind: int, since: int) -> None:
    store.live.set_tails(np.array([lane]), np.array([kind]), np.array([since]))


def pieces(
    store: RecordedLanes, first: float = 0, last: float = 1000, now: float | None = None
) -> list[tuple[str, float, float]]:
    found = store.slices(int(first * MS), int(last * MS), int((last if now is None else now) * MS))
    return [(WORDS.get(one.state, ""), one.start / MS, one.end / MS) for one in found]


def test_an_op_that_waited_for_the_gil_shows_the_wait_in_its_middle() -> None:
    waited = record(10, 16, cpu=1, flags=SLEPT)
    assert pieces(store_of(waited)) == [("running", 10, 10.5), ("waits for the GIL", 10.5, 15.5), ("running", 15.5, 16)]
    alone = pieces(store_of(waited, shared_gil=False))
    assert [name for name, _, _ in alone] == ["running", "waits for a lock", "running"]


def test_an_op_that_was_pushed_aside_waited_for_a_core() -> None:
    assert [name for name, *_ in pieces(store_of(record(10, 16, cpu=1)))] == ["running", "waits for a core", "running"]
    both = record(10, 16, cpu=1, core_wait=2 * MS, flags=SLEPT)
    assert pieces(store_of(both)) == [
        ("running", 10, 10.5),
        ("waits for a core", 10.5, 12.5),
        ("waits for the GIL", 12.5, 15.5),
        ("running", 15.5, 16),
    ]


def test_what_is_too_short_to_draw_is_still_counted() -> None:
    store = store_of(record(10, 10.15, cpu=0.13, flags=SLEPT))
    assert pieces(store) == [("running", 10, 10.15)]
    assert store.spent[0, states.GIL] == pytest.approx(0.02 * MS)


@pytest.mark.parametrize(
    ("kind", "name"), [(ring.SLEEP, "sleeping"), (ring.IO, "in I/O"), (ring.LOCK, "waits for a lock")]
)
def test_waits_are_drawn_as_what_they_are(kind: int, name: str) -> None:
    assert pieces(store_of(record(1, 5, cpu=0, kind=kind))) == [(name, 1, 5)]


def test_who_reads_what_is_in_memory_may_wait_for_a_core() -> None:
    store = store_of(record(1, 5, cpu=0.5, core_wait=1_500_000, kind=ring.IO, flags=SLEPT))
    assert pieces(store) == [("in I/O", 1, 3), ("waits for a core", 3, 4.5), ("running", 4.5, 5)]
    assert store.spent[0, [states.CORE, states.IO, states.RUN]].tolist() == [1.5 * MS, 2 * MS, 0.5 * MS]


def test_a_pause_is_empty_and_not_counted() -> None:
    store = store_of(np.concatenate((record(1, 2), record(2, 50, cpu=0, kind=ring.PAUSED), record(50, 51))))
    assert [piece for piece in pieces(store) if piece[0]] == [("running", 1, 2), ("running", 50, 51)]
    assert store.spent.sum() == 2 * MS


def test_an_op_that_took_no_time_is_not_drawn() -> None:
    """The clock of some systems stands still for 100 ns and more."""
    store = store_of(record(5, 5))
    assert pieces(store) == []
    assert store.latest == 5 * MS
    store.write(record(5, 6))
    store.settled()
    assert pieces(store) == [("running", 5, 6)]


# --- tails: what has no record yet


def test_a_lane_shows_what_it_is_doing_now() -> None:
    store = RecordedLanes(2, shared_gil=False)
    set_tail(store, 0, ring.SLEEP, 10 * MS)
    assert pieces(store, now=30) == [("sleeping", 10, 30)]
    assert store.tail(0, 30 * MS) == (10 * MS, states.SLEEP)
    assert store.tail(1, 30 * MS) == (30 * MS, EMPTY)
    store.write(record(10, 20, cpu=0, kind=ring.SLEEP))
    set_tail(store, 0, ring.RUN, 20 * MS)
    store.settled()
    assert pieces(store, now=30) == [("sleeping", 10, 20), ("running", 20, 30)]
    set_tail(store, 0, ring.NONE, 25 * MS)
    assert pieces(store, now=30) == [("sleeping", 10, 20)]


def test_a_call_that_lasts_while_others_finish_theirs_waits_for_the_gil() -> None:
    store = RecordedLanes(2, shared_gil=True)
    for lane in (0, 1):
        store.write(record(0, 1, task=lane))
        set_tail(store, lane, ring.RUN, 0)
    store.write(record(1, 8, task=1))
    store.settled()
    assert store.tail(0, 9 * MS) == (1 * MS, states.GIL)
    assert store.tail(1, 9 * MS) == (8 * MS, states.RUN)
    alone = RecordedLanes(2, shared_gil=False)
    alone.write(record(0, 1))
    alone.write(record(0, 8, task=1))
    set_tail(alone, 0, ring.RUN, 0)
    assert alone.tail(0, 9 * MS) == (1 * MS, states.RUN)


def test_what_a_lane_was_in_the_middle_of_when_its_run_ended_stays() -> None:
    store = RecordedLanes(3, shared_gil=False)
    store.write(record(0, 10))
    set_tail(store, 0, ring.RUN, 0)
    set_tail(store, 1, ring.SLEEP, 5 * MS)
    set_tail(store, 2, ring.PAUSED, 5 * MS)
    store.settled()
    store.finish(20 * MS)
    assert pieces(store, now=900) == [("running", 0, 10), ("running", 10, 20), ("sleeping", 5, 20)]
    np.testing.assert_array_equal(store.spent.sum(axis=1), np.array([20, 15, 0]) * MS)
    assert store.latest == 20 * MS


def test_shares_count_tails() -> None:
    store = RecordedLanes(1, shared_gil=False)
    store.write(record(0, 10))
    set_tail(store, 0, ring.SLEEP, 10 * MS)
    store.settled()
    shares = store.shares(np.arange(5, dtype=np.int64) * 10 * MS, 25 * MS)
    np.testing.assert_allclose(shares[0, :, states.RUN], [1, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(shares[0, :, states.SLEEP], [0, 1, 0.5, 0], atol=1e-6)


# --- what is kept


def test_old_pieces_are_forgotten_and_sums_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "KEEP_NS", 1000 * MS)
    store = RecordedLanes(1, shared_gil=True)
    for second in range(40):
        ops = np.concatenate([record(second * 1000 + n, second * 1000 + n + 1, flags=n % 2) for n in range(1000)])
        ops["core"] = np.arange(1000) % 2  # keeps neighbours apart
        store.write(ops)
        store.settled()
    kept = store.between(0, 2**62)
    assert len(kept) < 10_000
    assert int(kept["end"].max()) == store.latest == 40_000 * MS
    np.testing.assert_array_equal(
        np.unique(store.between(39_000 * MS, 40_000 * MS)["start"]), np.arange(39_000, 40_000) * MS
    )
    assert store.spent.sum() == 40_000 * MS


def test_however_many_pieces_there_are_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MOST_SEGMENTS", 20_000)
    store = RecordedLanes(1, shared_gil=True)
    for second in range(60):
        ops = np.concatenate([record(second + n / 1000, second + (n + 1) / 1000, core=n % 2) for n in range(1000)])
        store.write(ops)
        store.settled()
    assert 0 < len(store.between(0, 2**62)) <= 20_000


def test_the_earliest_change_is_told_once() -> None:
    store = RecordedLanes(2, shared_gil=True)
    store.write(record(7, 9))
    store.write(record(5, 9, task=1))
    store.settled()
    assert store.take_dirty() == 5 * MS
    assert store.take_dirty() is None


# --- questions to the picture


def test_a_moment_is_explained() -> None:
    store = store_of(np.concatenate((record(0, 4, core=1), record(4, 9, cpu=0, kind=ring.SLEEP, core=1))))
    found = store.at(0, 5 * MS, 20 * MS)
    assert found is not None
    assert (found.state, found.start, found.end, found.core) == (states.SLEEP, 4 * MS, 9 * MS, 1)
    assert store.at(0, 9 * MS, 20 * MS) is None


def test_core_use_tells_who_ran_where() -> None:
    store = RecordedLanes(2, shared_gil=False)
    store.write(np.concatenate((record(0, 4, core=0), record(4, 10, core=1))))
    store.write(record(0, 10, core=ring.CORE_UNKNOWN, task=1))
    store.settled()
    core, lane, used = store.core_use(2 * MS, 6 * MS, 2)
    assert [*zip(core, lane, used, strict=True)] == [(0, 0, 2 * MS), (1, 0, 2 * MS)]


def test_the_mean_slice_is_that_of_unbroken_runs() -> None:
    ops = [record(start, start + 1) for start in (0, 1, 2, 10, 11)]
    store = store_of(np.concatenate(ops))
    assert store.mean_slice_ns(0, 100 * MS) == 2.5 * MS
    assert store.mean_slice_ns(50 * MS, 100 * MS) is None
