"""The parts of an op's wait, as fractions of 1: worked out by hand, sighting by sighting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from playground.lab.watching import thread_looks
from playground.lab.wire import ring
from playground.reading.lanes.sightings import LATELY, WAITS, Sightings, of_samples
from playground.reading.rings import RECORD, SAMPLE
from playground.reading.states import GIL, IO, LOCK, RUN, SLEEP, UNKNOWN

SAID = {
    "run": thread_looks.RUNS,
    "sleep": thread_looks.SLEEPS,
    "io": thread_looks.IO,
    "lock": thread_looks.LOCK,
    "gil": thread_looks.GIL,
    "?": thread_looks.UNSURE,
}


def see(to: Sightings, *seen: tuple[int, str], lane: int = 0) -> None:
    samples = np.zeros(len(seen), SAMPLE)
    samples["t"] = [when for when, _ in seen]
    samples["state"] = [SAID[what] for _, what in seen]
    samples["worker"] = lane
    to.see(of_samples(samples))


def ops(*each: tuple[int, int, int], lane: int = 0) -> np.ndarray:
    """(start, end, kind)."""
    records = np.zeros(len(each), RECORD)
    records["start"], records["end"], records["kind"] = zip(*each, strict=True)
    records["task"] = lane
    return records


def parts(of: Sightings, *each: tuple[int, int, int], lane: int = 0) -> list[tuple[float, float, int]]:
    """(for the GIL, not known, what else) of each."""
    gil, unknown, others, _ = of.parts(ops(*each, lane=lane))
    return [(round(a, 6), round(b, 6), int(c)) for a, b, c in zip(gil, unknown, others, strict=True)]


def seen_in(of: Sightings, lane: int, kind: int) -> list[float]:
    """As waits for the GIL, for nobody knows what, for a lock, in I/O, asleep."""
    return of._counts[lane, kind, WAITS].tolist()


def ready(of: Sightings, *each: tuple[int, int, int], lane: int = 0) -> list[float | None]:
    return [None if np.isnan(part) else round(float(part), 6) for part in of.parts(ops(*each, lane=lane)).ready]


@pytest.fixture
def two() -> Sightings:
    return Sightings(2)


def test_a_sample_says_when_who_and_what() -> None:
    samples = np.zeros(7, SAMPLE)
    samples["t"], samples["cpu"], samples["core_wait"], samples["worker"] = 1, 2, 3, 4
    said = (
        thread_looks.RUNS,
        thread_looks.SLEEPS,
        thread_looks.IO,
        thread_looks.LOCK,
        thread_looks.GIL,
        thread_looks.UNSURE,
        200,
    )
    samples["state"] = said
    found = of_samples(samples)
    assert found.tolist() == [(1, 2, 3, 4, state) for state in (RUN, SLEEP, IO, LOCK, GIL, UNKNOWN, UNKNOWN)]


def test_sightings_are_counted(two: Sightings) -> None:
    see(two, (5, "io"))
    see(two, (3, "io"), (4, "io"), lane=1)
    see(two)
    assert two._waiting[["lane", "t"]].tolist() == [(0, 5), (1, 3), (1, 4)]


def test_what_is_seen_is_what_it_waited_for(two: Sightings) -> None:
    see(two, (1, "gil"), (2, "io"), (3, "io"), (4, "?"), (5, "run"))
    assert parts(two, (0, 10, ring.IO)) == [(0.25, 0.25, IO)]
    assert seen_in(two, 0, ring.IO) == [1, 1, 0, 2, 0]
    assert len(two._waiting) == 0


def test_an_op_in_the_same_batch_is_as_the_one_before(two: Sightings) -> None:
    """When the first is read nothing is known of such ops; then it is."""
    see(two, (1, "gil"), (2, "gil"), (3, "gil"), (4, "sleep"))
    assert parts(two, (0, 10, ring.LOCK), (10, 20, ring.LOCK), (20, 30, ring.IO)) == [
        (0.75, 0.0, SLEEP),
        (0.75, 0.0, SLEEP),
        (0.0, 1.0, LOCK),  # of another kind: nobody ever saw one
    ]


def test_one_that_was_only_seen_ready_is_as_those_in_the_same_batch(two: Sightings) -> None:
    see(two, (1, "run"), (11, "gil"), (12, "io"), (13, "io"), (14, "io"))
    assert parts(two, (0, 10, ring.IO), (10, 20, ring.IO)) == [(0.25, 0.0, IO), (0.25, 0.0, IO)]


def test_two_looks_count_beside_what_is_usual_and_three_do_not(two: Sightings) -> None:
    see(two, (1, "io"), (2, "io"), (3, "io"), (4, "gil"))
    assert parts(two, (0, 10, ring.IO)) == [(0.25, 0.0, IO)]
    see(two, (11, "gil"), (12, "gil"))
    assert parts(two, (10, 20, ring.IO)) == [(round(2.25 / 3, 6), 0.0, IO)]
    see(two, (21, "io"), (22, "gil"), (23, "gil"))
    assert parts(two, (20, 30, ring.IO)) == [(round(2 / 3, 6), 0.0, IO)]


def test_one_look_counts_as_much_as_what_is_usual(two: Sightings) -> None:
    see(two, (1, "io"))
    parts(two, (0, 10, ring.IO))
    see(two, (11, "gil"))
    assert parts(two, (10, 20, ring.IO)) == [(0.5, 0.0, IO)]


def test_others_say_what_is_usual_for_who_was_seen_but_once() -> None:
    """Of others three in four; of its own one."""
    three = Sightings(3)
    see(three, (1, "gil"), (2, "gil"), (3, "gil"), (4, "io"))
    parts(three, (0, 10, ring.IO))
    see(three, (15, "gil"), lane=2)
    gil, *_ = three.parts(np.concatenate([ops((10, 20, ring.IO), lane=lane) for lane in (0, 2)]))
    assert gil.tolist() == [0.75, 1.75 / 2]


def test_what_another_worker_did_later_does_not_hide_it(two: Sightings) -> None:
    see(two, (5, "gil"), lane=1)
    later = ops(*((start, start + 10, ring.IO) for start in (100, 200, 300)))
    two.parts(np.concatenate((later, ops((0, 10, ring.IO), lane=1))))
    assert seen_in(two, 1, ring.IO) == [1, 0, 0, 0, 0]


def test_who_was_never_seen_is_as_all_others_were_together() -> None:
    three = Sightings(3)
    see(three, (1, "io"), (2, "gil"))
    see(three, (1, "gil"), (2, "gil"), lane=1)
    parts(three, (0, 10, ring.IO))
    parts(three, (0, 10, ring.IO), lane=1)
    assert parts(three, (0, 10, ring.IO), lane=2) == [(0.75, 0.0, IO)]
    assert parts(three, (10, 20, ring.IO), lane=0) == [(0.5, 0.0, IO)], "its own count more"
    gil, *_ = three.parts(np.concatenate([ops((20, 30, ring.IO), lane=lane) for lane in (1, 2)]))
    assert gil.tolist() == [1.0, 0.75]


@pytest.mark.parametrize(
    ("kind", "gil", "unknown"),
    [
        (ring.RUN, 1, 0),
        (ring.AFTER, 1, 0),
        (ring.IO, 0, 1),
        (ring.LOCK, 0, 1),
        (ring.NONE, 0, 1),
        (ring.SLEEP, 0, 0),
        (ring.TURN, 0, 0),
        (ring.PAUSED, 0, 0),
    ],
)
def test_where_nobody_looked_its_kind_decides(two: Sightings, kind: int, gil: int, unknown: int) -> None:
    assert parts(two, (0, 10, kind)) == [(gil, unknown, LOCK)]


@pytest.mark.parametrize("kind", [ring.SLEEP, ring.TURN, ring.PAUSED])
def test_a_sleep_is_what_it_is_whatever_was_seen(two: Sightings, kind: int) -> None:
    see(two, (1, "gil"), (2, "?"), (3, "io"), (4, "gil"))
    assert parts(two, (0, 10, kind)) == [(0.0, 0.0, IO)]


def test_a_sighting_is_within_an_op_from_its_start_until_before_its_end(two: Sightings) -> None:
    see(two, (9, "io"), (10, "gil"), (15, "gil"), (19, "gil"), (20, "io"))
    assert parts(two, (10, 20, ring.IO)) == [(1.0, 0.0, LOCK)]
    assert seen_in(two, 0, ring.IO) == [3, 0, 0, 0, 0]
    assert two._waiting["t"].tolist() == [20], "no record has reached it"


def test_between_two_ops_it_belongs_to_neither(two: Sightings) -> None:
    see(two, (12, "gil"), (25, "io"))
    parts(two, (0, 10, ring.IO), (20, 30, ring.IO))
    assert seen_in(two, 0, ring.IO) == [0, 0, 0, 1, 0]
    assert len(two._waiting) == 0


def test_records_may_come_in_any_order_and_of_several_lanes(two: Sightings) -> None:
    see(two, (5, "gil"), (15, "io"))
    see(two, (5, "lock"), (15, "?"), (35, "io"), lane=1)
    records = np.concatenate(
        (ops((10, 20, ring.IO), (0, 10, ring.LOCK)), ops((10, 20, ring.LOCK), (0, 10, ring.IO), lane=1))
    )
    two.parts(records)
    assert [seen_in(two, 0, kind) for kind in (ring.IO, ring.LOCK)] == [[0, 0, 0, 1, 0], [1, 0, 0, 0, 0]]
    assert [seen_in(two, 1, kind) for kind in (ring.IO, ring.LOCK)] == [[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]]
    assert two._waiting[["lane", "t"]].tolist() == [(1, 35)]
    assert two._before[["lane", "t"]].tolist() == [(0, 15), (1, 15)], "the last that a record has reached"


def test_of_whom_there_are_no_records_sightings_wait(two: Sightings) -> None:
    see(two, (5, "gil"))
    see(two, (6, "gil"), lane=1)
    parts(two, (0, 10, ring.IO), lane=1)
    assert two._waiting[["lane", "t"]].tolist() == [(0, 5)]
    assert [len(part) for part in two.parts(np.empty(0, RECORD))] == [0, 0, 0, 0]


def test_older_sightings_fade_once_there_are_many(two: Sightings) -> None:
    see(two, *((n, "io") for n in range(1, LATELY + 1)))
    parts(two, (0, 1000, ring.IO))
    assert seen_in(two, 0, ring.IO) == [0, 0, 0, 64, 0], "so many are kept"
    see(two, (1001, "gil"), (1101, "gil"))
    parts(two, (1000, 1100, ring.IO), (1100, 1200, ring.IO))
    assert seen_in(two, 0, ring.IO) == [1, 0, 0, 32, 0], "once, although it was in two records"
    assert seen_in(two, 1, ring.IO) == seen_in(two, 0, ring.LOCK) == [0, 0, 0, 0, 0]


def test_how_long_it_was_ready_is_told_by_all_that_was_seen(two: Sightings) -> None:
    assert ready(two, (0, 10, ring.AFTER)) == [None], "nobody has seen any"
    see(two, (11, "run"), (12, "gil"), (13, "run"), (14, "run"))
    assert ready(two, (10, 20, ring.AFTER)) == [0.75]
    assert ready(two, (20, 30, ring.AFTER)) == [0.75], "as usual"
    see(two, (31, "gil"))  # one here against all of before
    assert ready(two, (30, 40, ring.AFTER)) == [0.375]
    assert ready(two, (30, 40, ring.AFTER), lane=1) == [0.6], "as the others"
    assert ready(two, (40, 50, ring.IO)) == [None]


def test_who_was_only_seen_ready_waited_as_usual(two: Sightings) -> None:
    see(two, (1, "io"), (2, "gil"))
    parts(two, (0, 10, ring.IO))
    see(two, (11, "run"), (12, "run"), (13, "run"))
    assert parts(two, (10, 20, ring.IO)) == [(0.5, 0.0, IO)]


@given(
    some.lists(some.tuples(some.integers(0, 3), some.integers(0, 90), some.integers(0, 30)), max_size=12),
    some.lists(some.tuples(some.integers(0, 3), some.integers(0, 130), some.sampled_from(list(SAID))), max_size=20),
    some.integers(0, 10**15),
)
def test_each_is_counted_where_it_lies(
    spans: list[tuple[int, int, int]], looks: list[tuple[int, int, str]], begin: int
) -> None:
    """Of ops that do not overlap, however many lanes and in whatever order."""
    of, kept, free = Sightings(4), [], dict.fromkeys(range(4), 0)
    for lane, gap, length in spans:
        start = free[lane] + gap
        free[lane] = start + length
        kept.append((lane, start, start + length))
    for lane, when, what in looks:
        see(of, (begin + when, what), lane=lane)
    records = [ops((begin + start, begin + end, ring.IO), lane=lane) for lane, start, end in kept]
    of.parts(np.concatenate([*records[::-1], np.empty(0, RECORD)]))
    for lane in range(4):
        own = [(start, end) for one, start, end in kept if one == lane]
        within = [when for one, when, _ in looks if one == lane and any(a <= when < b for a, b in own)]
        assert of._counts[lane].sum() == len(within)
        later = [when for one, when, _ in looks if one == lane and when >= max((b for _, b in own), default=0)]
        assert (of._waiting["lane"] == lane).sum() == len(later)
