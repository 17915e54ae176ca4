"""An op that goes on for long: the older of its many sightings are folded, which changes nothing that is said of the
op, while it goes on or when it has ended."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.lanes import sightings
from playground.reading.lanes.segments import SEGMENT, Edge, merged
from playground.reading.lanes.sightings import SIGHTING, Parts, Sightings
from playground.reading.rings import RECORD
from playground.reading.states import GIL, IO, LOCK, RUN, SLEEP, UNKNOWN

MS, BEGIN = 1_000_000, 10**12
LANES = 3
STATES = (GIL, LOCK, IO, SLEEP, RUN, UNKNOWN)
Looks = list[tuple[int, int, int, int]]


class Told:
    """What is told of the same looks, pull by pull."""

    def __init__(self, looks: Looks, kinds: list[int], each: int = 7, late: int = 0) -> None:
        """`late`: so many ms after its end an op's record comes; what was seen meanwhile belongs to the next."""
        self.seen = Sightings(LANES)
        kind, since = np.array(kinds), np.full(LANES, BEGIN)
        now, cpu = BEGIN + 1, np.zeros(LANES, np.int64)
        self.edges: list[Edge] = []
        for first in range(0, len(looks), each):
            made = np.zeros(len(looks[first : first + each]), SIGHTING)
            for row, (lane, step, state, ran) in zip(made, looks[first : first + each], strict=True):
                now, cpu[lane] = now + step * MS, cpu[lane] + ran * step * MS // 10
                row["t"], row["cpu"], row["lane"], row["state"] = now, cpu[lane], lane, state
            self.seen.see(made)
            self.edges.append(self.seen.edge(kind, since))
        self.parts = self.end(kinds, now + MS - late * MS)

    def end(self, kinds: list[int], now: int) -> Parts:
        """Each op ends, and each lane has another, short one behind it."""
        records = np.zeros(2 * LANES, RECORD)
        records["task"] = np.repeat(np.arange(LANES), 2)
        records["kind"] = np.repeat(kinds, 2)
        records["start"], records["end"] = np.tile((BEGIN, now), LANES), np.tile((now, now + 10**9), LANES)
        return self.seen.parts(records)


def drawn(edge: Edge) -> list[tuple[int, ...]]:
    pieces = merged(edge.pieces[np.lexsort((edge.pieces["start"], edge.pieces["lane"]))])
    return [tuple(int(value) for value in piece) for piece in pieces]


@pytest.mark.parametrize("seed", range(40))
def test_folded_they_tell_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    kinds = random.choice((ring.RUN, ring.LOCK, ring.SLEEP), LANES).tolist()
    usual = random.choice(STATES, LANES)
    looks: Looks = []
    for lane in random.integers(0, LANES, int(random.integers(30, 150))).tolist():
        state = int(random.choice(STATES)) if random.random() < 0.4 else int(usual[lane])
        looks.append((lane, int(random.integers(1, 30)), state, int(random.integers(0, 10) * random.integers(2))))
    newest = int(random.integers(1, 80))
    plain = Told(looks, kinds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sightings, "MOST_WAITING", 5)
        patch.setattr(sightings, "NEWEST_NS", newest * MS)
        folded = Told(looks, kinds)
    for one, other in zip(plain.edges, folded.edges, strict=True):
        assert drawn(one) == drawn(other)
        assert one.last.tolist() == other.last.tolist()
    for expected, found in zip(plain.parts, folded.parts, strict=True):
        np.testing.assert_allclose(expected, found)  # type: ignore[call-overload]
    assert not folded.seen._folded_until.any(), "its op has ended"
    assert not len(folded.seen._past)


@pytest.mark.parametrize("seed", range(20))
def test_what_was_seen_after_the_end_of_an_op_is_not_folded_into_it(seed: int) -> None:
    """Its record comes later than looks at the next one do, but not later than the newest are kept."""
    random = np.random.default_rng(seed)
    kinds, late = [ring.RUN] * LANES, int(random.integers(20, 100))
    steps = random.integers(1, 10, 120).tolist()
    left, looks = sum(steps), []
    for step in steps:
        left -= step
        # Within the op each waits for the GIL, and after it for a lock.
        looks.append((int(random.integers(0, LANES)), step, GIL if left >= late else LOCK, 0))
    plain = Told(looks, kinds, late=late)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sightings, "MOST_WAITING", 5)
        patch.setattr(sightings, "NEWEST_NS", (late + 1) * MS)
        folded = Told(looks, kinds, late=late)
    for expected, found in zip(plain.parts, folded.parts, strict=True):
        np.testing.assert_allclose(expected, found)  # type: ignore[call-overload]


def seen_for(seconds: int, lanes: int = 20) -> Sightings:
    """Of threads that wait for a lock all the time, 2000 looks a second."""
    seen, kind, since = Sightings(lanes), np.full(lanes, ring.LOCK), np.full(lanes, BEGIN)
    for second in range(seconds):
        made = np.zeros(2000, SIGHTING)
        made["t"] = BEGIN + second * 10**9 + np.arange(1, 2001) * 500_000
        made["lane"], made["state"] = np.arange(2000) % lanes, LOCK
        seen.see(made)
        edge = seen.edge(kind, since)
    assert len(merged(edge.pieces[np.lexsort((edge.pieces["start"], edge.pieces["lane"]))])) == lanes
    assert int(edge.pieces["start"].min()) == BEGIN
    return seen


def test_what_is_kept_does_not_grow_with_the_age_of_an_op() -> None:
    short, long = seen_for(10), seen_for(120)
    assert len(long._waiting) <= 1.2 * len(short._waiting) <= 1.2 * sightings.MOST_WAITING
    assert len(long._past) == len(short._past) == 20


def test_of_what_cannot_be_looked_at_any_more_only_the_sums_are_kept() -> None:
    pieces = np.zeros(40, SEGMENT)
    pieces["lane"], pieces["state"] = np.repeat((0, 2), 20), np.tile((RUN, GIL), 20)
    pieces["start"] = np.tile(np.arange(20) * 10 * MS, 2)
    pieces["end"] = pieces["start"] + np.tile((4 * MS, 10 * MS), 20)
    found = sightings._summed(pieces, 100 * MS)

    def spent(of: np.ndarray) -> np.ndarray:
        return np.bincount(of["lane"] * 10 + of["state"], of["end"] - of["start"], 30)

    np.testing.assert_array_equal(spent(found), spent(pieces))
    assert len(found) == 26  # of each lane two sums, and eleven that end within the time
    for lane in (0, 2):
        own = found[found["lane"] == lane]
        assert (own["end"][:-1] <= own["start"][1:]).all(), "one after the other"
