"""What lanes have done since their last records, from sightings alone: each piece was worked out by hand, in ms."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.lanes.segments import NEVER, Edge
from playground.reading.lanes.sightings import BRIEF_NS, FAR_NS, SIGHTING, Sightings
from playground.reading.states import CORE, GIL, IO, LOCK, RUN, SLEEP, UNKNOWN
from tests.core.test_sightings import SEEN_GIL, SEEN_IO, Scene

MS = 1_000_000


def see(to: Sightings, *seen: tuple[float, int, float], lane: int = 0) -> None:
    """(when, what, CPU time by then)."""
    to.see(np.array([(t * MS, cpu * MS, 0, lane, state) for t, state, cpu in seen], SIGHTING))


def edge(of: Sightings, *headers: tuple[int, float]) -> Edge:
    """By lane: what the header says that it does, and since when."""
    return of.edge(np.array([kind for kind, _ in headers]), np.array([since * MS for _, since in headers], np.int64))


def pieces(found: Edge, lane: int = 0) -> list[tuple[int, float, float]]:
    own = found.pieces[found.pieces["lane"] == lane]
    return [(int(one["state"]), one["start"] / MS, one["end"] / MS) for one in own]


def last(found: Edge) -> list[tuple[int, float, int]]:
    return [(int(one["lane"]), one["t"] / MS, int(one["state"])) for one in found.last]


@pytest.fixture
def one() -> Sightings:
    return Sightings(1)


def test_without_sightings_there_is_no_edge(one: Sightings) -> None:
    found = edge(one, (ring.RUN, 10))
    assert (len(found.pieces), len(found.last), found.changed) == (0, 0, NEVER)


def test_each_lane_has_an_edge_of_its_own() -> None:
    three = Sightings(3)
    see(three, (15, IO, 0), lane=0)
    see(three, (15, LOCK, 0), (20, LOCK, 0), (22, GIL, 0), lane=1)
    see(three, (12, RUN, 3), (16, RUN, 7), lane=2)
    found = edge(three, (ring.IO, 10), (ring.LOCK, 11), (ring.RUN, 11))
    assert pieces(found, 0) == [(IO, 10, 15)]
    assert pieces(found, 1) == [(LOCK, 11, 15), (LOCK, 15, 20), (GIL, 20, 22)]
    assert pieces(found, 2) == [(RUN, 11, 12), (RUN, 12, 16)]
    assert last(found) == [(0, 15, IO), (1, 22, GIL), (2, 16, RUN)]
    assert (found.pieces["core"] == ring.CORE_UNKNOWN).all()


def test_what_was_seen_before_the_last_record_is_behind_the_edge(one: Sightings) -> None:
    see(one, (10, IO, 0))
    assert last(edge(one, (ring.IO, 10))) == []
    see(one, (10.5, IO, 0))
    assert last(edge(one, (ring.IO, 10))) == [(0, 10.5, IO)]


@pytest.mark.parametrize("kind", [ring.NONE, ring.PAUSED])
def test_who_has_ended_or_is_paused_has_no_edge(one: Sightings, kind: int) -> None:
    see(one, (15, GIL, 0))
    found = edge(one, (kind, 10))
    assert (len(found.pieces), len(found.last), found.changed) == (0, 0, NEVER)


def test_from_when_on_it_is_to_be_painted_anew(one: Sightings) -> None:
    """From the sighting before the first new one; or from the record on."""
    see(one, (15, IO, 0), (20, IO, 0))
    assert edge(one, (ring.IO, 10)).changed == 10 * MS
    assert edge(one, (ring.IO, 10)).changed == NEVER, "nothing has come since"
    see(one, (25, IO, 0), (30, IO, 0))
    assert edge(one, (ring.IO, 10)).changed == 20 * MS


# --- who is ready


def test_of_who_was_never_seen_before_nothing_is_known(one: Sightings) -> None:
    """Not even that it has not run at all: its CPU time was none when the app began to look."""
    see(one, (15, RUN, 0))
    found = edge(one, (ring.RUN, 10))
    assert pieces(found) == [(UNKNOWN, 10, 15)]
    assert last(found) == [(0, 15, UNKNOWN)]


def test_the_clock_may_have_begun_just_before(one: Sightings) -> None:
    one.see(np.array([(1, 0, 0, 0, RUN), (5 * MS, 5 * MS, 0, 0, RUN)], SIGHTING))
    assert pieces(edge(one, (ring.RUN, 0))) == [(RUN, 0, 1e-6), (RUN, 1e-6, 5)]


def test_between_two_looks_it_ran_as_long_as_its_clock_says(one: Sightings) -> None:
    see(one, (11, RUN, 2), (12, RUN, 2.9))
    assert pieces(edge(one, (ring.RUN, 10))) == [(RUN, 10, 11), (CORE, 11, 11.1), (RUN, 11.1, 12)]


def test_its_clock_may_say_more_than_there_was(one: Sightings) -> None:
    see(one, (11, RUN, 2), (12, RUN, 9), (13, RUN, 8))
    assert pieces(edge(one, (ring.RUN, 10))) == [(RUN, 10, 11), (RUN, 11, 12), (CORE, 12, 13)]


def test_who_waits_just_after_its_record_has_not_run(one: Sightings) -> None:
    see(one, (11, GIL, 0))
    assert pieces(edge(one, (ring.RUN, 10))) == [(GIL, 10, 11)]


@pytest.mark.parametrize(("after", "state"), [(-1, RUN), (0, UNKNOWN)])
def test_who_is_ready_runs_on_for_a_moment(one: Sightings, after: int, state: int) -> None:
    end = 10 * MS + BRIEF_NS + after
    one.see(np.array([(end, 3, 0, 0, RUN)], SIGHTING))
    assert pieces(edge(one, (ring.RUN, 10))) == [(state, 10, end / MS)]


@pytest.mark.parametrize(("after", "known"), [(-1, True), (0, False)])
def test_looks_that_are_far_apart_say_nothing_of_between(one: Sightings, after: int, known: bool) -> None:
    """It ran for all of the time between, by its clock."""
    end = 11 * MS + FAR_NS + after
    one.see(np.array([(11 * MS, 0, 0, 0, RUN), (end, end - 11 * MS, 0, 0, RUN)], SIGHTING))
    assert pieces(edge(one, (ring.RUN, 10)))[1:] == [(RUN if known else UNKNOWN, 11, end / MS)]


def test_who_waited_and_is_ready_waited_for_the_same_until_it_ran(one: Sightings) -> None:
    for waits in (GIL, LOCK, IO, SLEEP, UNKNOWN):
        sightings = Sightings(1)
        see(sightings, (12, waits, 0), (15, RUN, 2.7))
        assert pieces(edge(sightings, (ring.RUN, 10))) == [(waits, 10, 12), (waits, 12, 12.3), (RUN, 12.3, 15)]


def test_who_had_no_core_and_is_ready_still_waited_for_one(one: Sightings) -> None:
    see(one, (11, RUN, 2), (14, RUN, 2), (18, RUN, 5.5))
    assert pieces(edge(one, (ring.RUN, 10))) == [(RUN, 10, 11), (CORE, 11, 14), (CORE, 14, 14.5), (RUN, 14.5, 18)]


@pytest.mark.parametrize(("ran", "state"), [(8.0, RUN), (7.9, UNKNOWN)])
def test_who_ran_for_less_than_most_of_it_did_so_at_no_known_moment(one: Sightings, ran: float, state: int) -> None:
    see(one, (11, GIL, 0), (21, RUN, ran))
    found = edge(one, (ring.RUN, 10))
    assert pieces(found)[1:] == [(GIL, 11, 21 - ran), (state, 21 - ran, 21)]


def test_who_has_not_run_since_before_its_record_waits_for_a_core(one: Sightings) -> None:
    see(one, (8, RUN, 5), (15, RUN, 5))
    found = edge(one, (ring.RUN, 10))
    assert pieces(found) == [(CORE, 10, 15)]
    assert last(found) == [(0, 15, CORE)]


def test_who_has_run_since_before_its_record_did_so_nobody_knows_when(one: Sightings) -> None:
    see(one, (8, RUN, 5), (15, RUN, 6))
    assert pieces(edge(one, (ring.RUN, 10))) == [(UNKNOWN, 10, 15)]


def test_who_waits_now_ran_first(one: Sightings) -> None:
    see(one, (11, RUN, 1), (21, GIL, 9.5))
    assert pieces(edge(one, (ring.RUN, 10)))[1:] == [(RUN, 11, 19.5), (GIL, 19.5, 21)]


# --- what a worker says of its wait


@pytest.mark.parametrize(
    ("kind", "seen", "state"),
    [
        (ring.LOCK, IO, LOCK),  # a queue of processes is a pipe
        (ring.LOCK, SLEEP, LOCK),
        (ring.IO, LOCK, IO),
        (ring.SLEEP, LOCK, SLEEP),
        (ring.IO, GIL, GIL),
        (ring.IO, UNKNOWN, UNKNOWN),
        (ring.RUN, IO, IO),
        (ring.TURN, LOCK, LOCK),
        (ring.AFTER, SLEEP, SLEEP),
    ],
)
def test_a_worker_knows_what_it_waits_for_unless_it_is_the_gil(
    one: Sightings, kind: int, seen: int, state: int
) -> None:
    see(one, (15, seen, 0))
    found = edge(one, (kind, 10))
    assert (pieces(found), last(found)) == ([(state, 10, 15)], [(0, 15, state)])


# --- the end of a run


def test_what_was_seen_last_is_told_once_when_the_run_has_ended() -> None:
    """By the store then, and no longer by the edge as well: the sums and the picture have each moment once."""
    scene = Scene()
    scene.record(0, 10, ring.RUN, cpu=10)
    scene.header(ring.IO, 10)
    scene.see((12, SEEN_IO), (20, SEEN_IO), (30, SEEN_GIL))
    scene.store.settled()
    before = scene.drawn(40)
    scene.store.finish(40 * MS)
    assert scene.drawn(900) == before
    assert len(scene.store.tails(900 * MS)) == 0
    assert scene.store.spent_by_all(900 * MS).sum() == 40 * MS
    scene.store.settled()  # sightings that come after the end tell nothing more
    assert scene.drawn(900) == before
