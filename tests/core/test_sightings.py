"""What a worker waited for, from sightings of its thread: made up here, so that every ns is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from playground.lab.watching import thread_looks
from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading.lanes import sightings
from playground.reading.lanes.live_edge import GUESS_NS, STALE_NS
from playground.reading.lanes.segments import most_at_once
from playground.reading.lanes.sightings import ENOUGH, LATELY, of_samples
from playground.reading.rings import RECORD, SAMPLE
from playground.reading.states import CORE, EMPTY, GIL, IO, LOCK, RUN, SLEEP, TURN, UNKNOWN, WORDS
from tests.core.recorded import RecordedLanes

MS = 1_000_000
RUNS, SLEEPS, SEEN_IO, SEEN_LOCK, SEEN_GIL = (
    thread_looks.RUNS,
    thread_looks.SLEEPS,
    thread_looks.IO,
    thread_looks.LOCK,
    thread_looks.GIL,
)


class Scene:
    """A lane store, to which tests tell records, headers and sightings; times in ms."""

    def __init__(self, lanes: int = 2, shared_gil: bool = True, cores: int = 2) -> None:
        self.store = RecordedLanes(lanes, shared_gil, cores)
        self.store.live.observed = True

    def see(self, *seen: tuple[float, int], lane: int = 0, cpu: float | list[float] = 0) -> None:
        """(when, what), and the thread's CPU time then."""
        samples = np.zeros(len(seen), SAMPLE)
        samples["t"] = [round(when * MS) for when, _ in seen]
        samples["state"] = [what for _, what in seen]
        samples["cpu"] = np.array(cpu, float) * MS
        samples["worker"], samples["flags"] = lane, thread_looks.TELLS
        self.store.sightings.see(of_samples(samples))

    def record(self, start: float, end: float, kind: int, cpu: float = 0, lane: int = 0, core_wait: float = 0) -> None:
        one = np.zeros(1, RECORD)
        for name, value in (("start", start), ("end", end), ("cpu", cpu), ("core_wait", core_wait)):
            one[name] = round(value * MS)
        one["task"], one["kind"], one["flags"] = lane, kind, SLEPT
        self.store.write(one)
        self.store.settled()

    def header(self, kind: int, since: float, lane: int = 0, due: float = 0) -> None:
        self.store.live.set_tails(np.array([lane]), np.array([kind]), np.array([since * MS]), np.array([due * MS]))
        self.store.settled()

    def drawn(self, now: float = 0, lane: int = 0) -> list[tuple[str, float, float]]:
        own = self.store.slices(0, 10**15, round(now * MS), range(lane, lane + 1))
        return [(WORDS.get(one.state, ""), one.start / MS, one.end / MS) for one in own]

    def spent(self, state: int, lane: int = 0) -> float:
        return float(self.store.spent[lane, state]) / MS

    def now(self, at: float) -> list[int]:
        return [int(state) for state in self.store.states_now(round(at * MS))]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# --- ops that have ended


def test_after_what_it_waited_for_a_worker_waits_for_the_gil(scene: Scene) -> None:
    scene.see((12, SEEN_IO), (14, SEEN_GIL), (16, SEEN_GIL), (18, SEEN_GIL))
    scene.record(10, 20, ring.IO)
    assert scene.drawn() == [("in I/O", 10, 12.5), ("waits for the GIL", 12.5, 20)]
    assert (scene.spent(IO), scene.spent(GIL), scene.spent(UNKNOWN)) == (2.5, 7.5, 0)


def test_what_it_ran_and_waited_for_a_core_is_no_part_of_that(scene: Scene) -> None:
    scene.see((12, SEEN_LOCK), (14, SEEN_GIL), (16, SEEN_LOCK), (18, SEEN_GIL), (19, RUNS))
    scene.record(10, 20, ring.LOCK, cpu=1, core_wait=3)
    assert scene.drawn() == [
        ("waits for a lock", 10, 13),
        ("waits for a core", 13, 16),
        ("waits for the GIL", 16, 19),
        ("running", 19, 20),
    ]


def test_an_op_within_which_nobody_looked_is_as_others_of_its_worker(scene: Scene) -> None:
    scene.see((1, SEEN_IO), (2, SEEN_GIL), (3, SEEN_GIL), (4, SEEN_GIL))
    scene.record(0, 5, ring.IO)
    scene.record(5, 9, ring.IO)
    assert scene.drawn()[2:] == [("in I/O", 5, 6), ("waits for the GIL", 6, 9)]
    scene.record(9, 13, ring.LOCK)  # of another kind of op that says nothing
    assert scene.drawn()[-1] == ("not known", 9, 13)


def test_few_looks_within_an_op_count_beside_the_others(scene: Scene) -> None:
    scene.see((1, SEEN_IO), (2, SEEN_IO), (3, SEEN_IO))
    scene.record(0, 4, ring.IO)
    scene.see((6, SEEN_GIL))  # one here against all of before: half and half
    scene.record(4, 8, ring.IO)
    assert scene.spent(GIL) == 2
    scene.see(*((8 + n, SEEN_GIL) for n in range(1, ENOUGH + 1)))  # so many speak for themselves
    scene.record(8, 12, ring.IO)
    assert scene.spent(GIL) == 2 + 4


def test_a_worker_that_nobody_saw_is_as_the_others(scene: Scene) -> None:
    scene.see((1, SEEN_GIL), (2, SEEN_IO), lane=0)
    scene.record(0, 4, ring.IO, lane=0)
    scene.record(0, 4, ring.IO, lane=1)
    assert scene.spent(GIL, lane=1) == scene.spent(IO, lane=1) == 2


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (ring.RUN, GIL),  # a call of Python waits for nothing else
        (ring.AFTER, GIL),  # nor does who has slept enough
        (ring.IO, UNKNOWN),
        (ring.LOCK, UNKNOWN),
        (ring.SLEEP, SLEEP),
        (ring.TURN, TURN),
    ],
)
def test_what_nobody_ever_saw_is_not_known_unless_it_can_be_but_one_thing(scene: Scene, kind: int, state: int) -> None:
    scene.record(0, 4, kind)
    assert scene.spent(state) == 4
    assert scene.store.spent.sum() == 4 * MS


@pytest.mark.parametrize("kind", [ring.IO, ring.LOCK, ring.RUN])
def test_what_a_look_could_not_tell_is_not_known(scene: Scene, kind: int) -> None:
    scene.see((1, thread_looks.UNSURE), (2, thread_looks.UNSURE), (3, SEEN_GIL), (4, SEEN_LOCK))
    scene.record(0, 8, kind)
    assert (scene.spent(UNKNOWN), scene.spent(GIL)) == (4, 2)


def test_a_call_that_was_seen_in_a_lock_did_not_wait_for_the_gil(scene: Scene) -> None:
    scene.see((1, SEEN_LOCK), (2, SEEN_LOCK), (3, SEEN_GIL))
    scene.record(0, 3.6, ring.RUN, cpu=0.6)
    assert (scene.spent(LOCK), scene.spent(GIL), scene.spent(RUN)) == (2, 1, pytest.approx(0.6))


def test_who_shares_no_gil_waits_for_what_it_asked_for() -> None:
    scene = Scene(shared_gil=False)
    scene.see((1, SEEN_GIL), (2, thread_looks.UNSURE), (3, SEEN_GIL))
    for kind, state in ((ring.IO, IO), (ring.LOCK, LOCK), (ring.SLEEP, SLEEP), (ring.AFTER, SLEEP)):
        before = scene.spent(state)
        scene.record(0, 4, kind)
        assert scene.spent(state) == before + 4
    assert scene.spent(GIL) == scene.spent(UNKNOWN) == 0


def test_where_nobody_can_look_ops_are_taken_at_their_word(scene: Scene) -> None:
    """The run says that its lanes are estimated."""
    scene.store.live.observed = False
    for kind, state in ((ring.IO, IO), (ring.LOCK, LOCK), (ring.RUN, GIL), (ring.AFTER, GIL)):
        before = scene.spent(state)
        scene.record(0, 4, kind)
        assert scene.spent(state) == before + 4


def test_old_sightings_fade(scene: Scene) -> None:
    """So a worker that begins to wait for the GIL is soon believed."""
    for turn in range(40):
        scene.see(*((turn * 10 + n, SEEN_IO) for n in (1, 2, 3)))
        scene.record(turn * 10, turn * 10 + 10, ring.IO)
    counts = scene.store.sightings._counts[0, ring.IO]
    assert LATELY / 2 <= counts.sum() <= LATELY
    for turn in range(40, 60):
        scene.see(*((turn * 10 + n, SEEN_GIL) for n in (1, 2, 3)))
        scene.record(turn * 10, turn * 10 + 10, ring.IO)
    parts, *_ = scene.store.sightings.parts(np.array([(0, 10, 0, 0, 0, 0, ring.IO, 0, 0)], RECORD))
    assert parts[0] > 0.5


def test_a_sighting_serves_the_op_in_which_it_fell(scene: Scene) -> None:
    scene.see((2, SEEN_IO), (6, SEEN_GIL), (6.5, SEEN_GIL), (7, SEEN_GIL))
    both = np.zeros(2, RECORD)
    both["start"], both["end"] = [0, 4 * MS], [4 * MS, 8 * MS]
    both["kind"], both["flags"] = ring.IO, SLEPT
    scene.store.write(both)
    scene.store.settled()
    assert scene.drawn()[-1] == ("waits for the GIL", 4, 8)
    assert scene.spent(IO) > scene.spent(UNKNOWN) == 0
    assert len(scene.store.sightings._waiting) == 0


# --- the live edge


def test_what_a_lane_was_seen_doing_is_what_it_does(scene: Scene) -> None:
    scene.record(0, 10, ring.RUN, cpu=10)
    scene.header(ring.RUN, 0)
    scene.see((15, SEEN_GIL))
    scene.store.settled()
    assert scene.drawn(now=18) == [("running", 0, 10), ("waits for the GIL", 10, 18)]
    assert scene.now(18)[0] == GIL


def test_a_wait_that_turns_into_one_for_the_gil(scene: Scene) -> None:
    scene.header(ring.IO, 10)
    scene.see((15, SEEN_IO), (20, SEEN_IO), (25, SEEN_GIL))
    scene.store.settled()
    assert scene.drawn(now=30) == [("in I/O", 10, 20), ("waits for the GIL", 20, 30)]
    shares = scene.store.spent_by_all(30 * MS)
    assert (shares[IO], shares[GIL]) == (10 * MS, 10 * MS)


def test_a_queue_of_processes_is_read_from_a_pipe() -> None:
    scene = Scene(shared_gil=False)
    scene.header(ring.LOCK, 10)
    scene.see((15, SEEN_IO))
    scene.store.settled()
    assert scene.drawn(now=20) == [("waits for a lock", 10, 20)]


def test_who_could_run_and_did_not_waits_for_a_core(scene: Scene) -> None:
    scene.header(ring.RUN, 10)
    scene.see((15, RUNS), (20, RUNS), (25, RUNS), cpu=[3, 7, 7])
    scene.store.settled()
    assert scene.drawn(now=26) == [
        ("not known", 10, 15),  # seen for the first time
        ("waits for a core", 15, 16),
        ("running", 16, 20),
        ("waits for a core", 20, 26),
    ]
    assert scene.now(26)[0] == CORE


def test_who_ran_and_now_waits_ran_first(scene: Scene) -> None:
    scene.header(ring.RUN, 10)
    scene.see((15, RUNS), (20, SEEN_GIL), cpu=[3, 7])
    scene.store.settled()
    assert scene.drawn(now=21) == [("not known", 10, 15), ("running", 15, 19), ("waits for the GIL", 19, 21)]


def test_who_was_ready_just_after_its_record_ran_on(scene: Scene) -> None:
    brief = sightings.BRIEF_NS / MS
    for seen, state in ((10 + brief - 0.001, RUN), (10 + brief, UNKNOWN)):
        scene = Scene()
        scene.header(ring.RUN, 10)
        scene.see((seen, RUNS), cpu=[3])
        scene.store.settled()
        assert scene.now(seen + 0.5)[0] == state


def test_who_has_not_run_since_before_its_record_has_no_core(scene: Scene) -> None:
    scene.see((5, RUNS), cpu=[1])
    scene.record(0, 10, ring.RUN, cpu=1)
    scene.header(ring.RUN, 0)
    scene.see((15, RUNS), cpu=[1])
    scene.store.settled()
    assert scene.drawn(now=16)[-1] == ("waits for a core", 10, 16)


def test_a_call_that_reads_a_page_is_in_io() -> None:
    for shared in (False, True):
        scene = Scene(shared_gil=shared)
        scene.see((1, SEEN_IO), (2, SEEN_IO), (3, SEEN_LOCK))
        scene.record(0, 4, ring.RUN)
        assert scene.spent(IO) == 4


def test_who_waited_and_now_runs_ran_last(scene: Scene) -> None:
    scene.header(ring.RUN, 10)
    scene.see((15, SEEN_GIL), (20, RUNS), cpu=[3, 7])
    scene.store.settled()
    assert scene.drawn(now=21) == [("waits for the GIL", 10, 16), ("running", 16, 21)]


@pytest.mark.parametrize(("ran", "state"), [(4, "running"), (3.5, "not known")])
def test_who_ran_only_a_part_of_the_time_did_so_nobody_knows_when(scene: Scene, ran: float, state: str) -> None:
    scene.header(ring.RUN, 10)
    scene.see((15, SEEN_GIL), (20, RUNS), cpu=[3, 3 + ran])
    scene.store.settled()
    assert scene.drawn(now=20) == [("waits for the GIL", 10, 20 - ran), (state, 20 - ran, 20)]


def test_what_it_ran_before_its_last_record_is_not_counted_again(scene: Scene) -> None:
    scene.see((5, RUNS), cpu=[1])
    scene.record(0, 10, ring.RUN, cpu=10)
    scene.header(ring.RUN, 0)
    scene.see((15, SEEN_GIL), cpu=[6])
    scene.store.settled()
    assert scene.drawn(now=16)[-1] == ("waits for the GIL", 10, 16)


def test_what_was_seen_long_ago_says_nothing_of_now(scene: Scene) -> None:
    scene.header(ring.RUN, 10)
    scene.see((15, SEEN_GIL))
    scene.store.settled()
    late = 15 + STALE_NS / MS
    assert scene.now(late)[0] == GIL
    assert scene.now(late + 0.001)[0] == UNKNOWN
    assert scene.drawn(now=late + 1) == [("waits for the GIL", 10, 15), ("not known", 15, late + 1)]


def test_between_looks_that_are_far_apart_nothing_is_known_of_who_runs(scene: Scene) -> None:
    scene.header(ring.RUN, 10)
    far = sightings.FAR_NS / MS
    scene.see((15, RUNS), (15 + far, RUNS), cpu=[3, 9])
    scene.store.settled()
    assert scene.drawn(now=16 + far) == [("not known", 10, 16 + far)]
    scene.see((20 + far, RUNS), cpu=[13])  # from here on it is watched again
    scene.store.settled()
    assert scene.drawn(now=20 + far)[1:] == [("waits for a core", 15 + far, 16 + far), ("running", 16 + far, 20 + far)]


def test_a_call_that_nobody_sees_go_on_is_not_known(scene: Scene) -> None:
    scene.record(0, 10, ring.RUN, cpu=10)
    scene.header(ring.RUN, 0)
    guess = 10 + GUESS_NS / MS
    assert scene.now(guess)[0] == RUN
    assert scene.now(guess + 0.001)[0] == UNKNOWN


def test_a_sleep_is_over_when_it_said_it_would_be(scene: Scene) -> None:
    scene.header(ring.SLEEP, 10, due=15)
    assert scene.drawn(now=14) == [("sleeping", 10, 14)]
    assert scene.drawn(now=18) == [("sleeping", 10, 15), ("not known", 15, 18)]
    assert float(scene.store.spent_by_all(18 * MS)[SLEEP]) == 5 * MS
    scene.store.live.in_turns = True
    scene.header(ring.SLEEP, 10, due=15)
    assert scene.drawn(now=18) == [("sleeping", 10, 15), ("waits for its turn", 15, 18)]
    scene.see((17, SEEN_GIL))
    scene.store.settled()
    assert scene.now(18)[0] == GIL


def test_paused_and_ended_workers_do_nothing_whatever_was_seen(scene: Scene) -> None:
    for kind in (ring.PAUSED, ring.NONE):
        scene.header(ring.RUN, 10)
        scene.see((15, SEEN_GIL))
        scene.header(kind, 16)
        assert scene.now(18)[0] == EMPTY


def test_no_more_run_than_there_are_cores() -> None:
    scene = Scene(lanes=5, shared_gil=False, cores=2)
    for lane in range(5):
        scene.record(0, 10 + lane / 10, ring.RUN, cpu=10, lane=lane)
        scene.header(ring.RUN, 0, lane=lane)
    assert scene.now(11) == [UNKNOWN, UNKNOWN, UNKNOWN, RUN, RUN]  # those that told last


def test_of_those_that_share_a_gil_only_one_runs_unless_more_were_seen() -> None:
    scene = Scene(lanes=3, cores=2)
    for lane in range(3):
        scene.record(0, 10 + lane / 10, ring.RUN, cpu=10, lane=lane)
        scene.header(ring.RUN, 0, lane=lane)
    assert scene.now(11) == [UNKNOWN, UNKNOWN, RUN]
    scene.see((10.5, RUNS), lane=0, cpu=[1])  # in C code, which has let go of the GIL
    scene.see((10.6, RUNS), lane=1, cpu=[1])
    scene.store.settled()
    assert scene.now(11).count(RUN) == 2


def test_what_was_seen_to_run_runs_only_where_there_is_a_core() -> None:
    """Three threads ran for most of the same 5 ms, the system says; when within them it does not."""
    scene = Scene(lanes=4, shared_gil=False, cores=2)
    scene.record(0, 30, ring.RUN, cpu=30, lane=3)
    for lane in range(3):
        scene.header(ring.RUN, 10, lane=lane)
        scene.see((15, RUNS), (20, RUNS), lane=lane, cpu=[3, 8 - lane / 2])
    scene.store.settled()
    drawn = [scene.drawn(now=20, lane=lane)[-1][0] for lane in range(4)]
    assert sorted(drawn) == ["not known", "not known", "running", "running"]
    assert drawn[3] == "running"  # its own record says so
    running = scene.store.between(0, 20 * MS, 20 * MS)
    running = running[running["state"] == RUN]
    assert most_at_once(running["start"], np.minimum(running["end"], 20 * MS)) == 2


def test_spans_that_touch_are_not_at_once() -> None:
    assert most_at_once(np.array([0, 5, 5]), np.array([5, 9, 6])) == 2
    assert most_at_once(np.array([0, 4, 5]), np.array([5, 9, 6])) == 2
    assert most_at_once(np.array([0, 4, 4]), np.array([5, 9, 6])) == 3
    assert most_at_once(np.array([], np.int64), np.array([], np.int64)) == 0


def test_what_is_found_behind_the_edge_is_painted_anew(scene: Scene) -> None:
    scene.header(ring.IO, 10)
    scene.store.take_dirty()
    scene.see((15, SEEN_IO))
    scene.store.settled()
    assert scene.store.take_dirty() == 10 * MS
    scene.see((25, SEEN_GIL))
    scene.store.settled()
    assert scene.store.take_dirty() == 15 * MS
    scene.store.settled()
    assert scene.store.take_dirty() is None


def test_the_band_of_very_many_counts_what_was_seen() -> None:
    scene = Scene(lanes=200)
    every = np.arange(200)
    scene.store.live.set_tails(every, np.full(200, ring.IO), np.full(200, 10 * MS))
    scene.see((20, SEEN_IO), (25, SEEN_GIL), lane=7)
    scene.store.settled()
    counts = scene.store.counts(np.arange(10, 31, 5, dtype=np.int64) * MS, 30 * MS)
    assert counts[:, GIL].tolist() == pytest.approx([0, 0, 1, 1], abs=1e-3)
    assert counts[:, IO].tolist() == pytest.approx([200, 200, 199, 199], abs=1e-3)


SEEN = some.lists(
    some.tuples(
        some.integers(1, 40), some.sampled_from([RUNS, SLEEPS, SEEN_IO, SEEN_LOCK, SEEN_GIL]), some.integers(0, 60)
    ),
    min_size=1,
)


@given(SEEN, some.integers(0, 100), some.sampled_from([ring.RUN, ring.IO, ring.LOCK]), some.booleans())
def test_the_edge_has_no_gap_and_nothing_twice(seen: list[Any], since: int, kind: int, shared: bool) -> None:
    scene, at, cpu = Scene(1, shared), 0, 0
    scene.header(kind, max(since, 1))
    for length, state, ran in seen:
        at, cpu = at + length, cpu + min(ran, length)
        scene.see((at, state), cpu=[cpu])
        scene.store.settled()
    now = max(at, since) + 3
    pieces = scene.store.tails(now * MS)
    assert int(pieces["start"][0]) == max(since, 1) * MS
    assert int(pieces["end"][-1]) == now * MS
    assert (pieces["start"][1:] == pieces["end"][:-1]).all()
    assert float(scene.store.spent_by_all(now * MS).sum()) == (now - max(since, 1)) * MS
