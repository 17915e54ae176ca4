"""No more lanes run at a moment than there are cores: which ones are believed, case by case. Times in ms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from playground.lab.wire import ring
from playground.reading.lanes import live_edge as lanes
from playground.reading.lanes.live_edge import GUESS_NS
from playground.reading.lanes.segments import SEGMENT
from playground.reading.states import EMPTY, GIL, LOCK, RUN, SLEEP, UNKNOWN
from tests.core.recorded import RecordedLanes
from tests.core.test_sightings import MS, RUNS, SEEN_GIL, Scene
from tests.core.test_store import record

Piece = tuple[float, float, int]


def fit(
    pieces: Sequence[Piece],
    tails: Sequence[tuple[int, float]] = (),
    recorded: Sequence[tuple[float, float]] = (),
    cores: int = 1,
) -> tuple[list[int], list[int]]:
    """Pieces (start, end, state) that were sighted, and what goes on (state, since) until 20: the states they get.
    `recorded`: what ran for certain."""
    store = RecordedLanes(20, shared_gil=False, cores=cores)
    for lane, (start, end) in enumerate(recorded):
        store.write(record(start, end, task=10 + lane))
    store.settled()
    before = np.array([(start * MS, end * MS, 0, 0, state) for start, end, state in pieces], SEGMENT)
    state = np.array([state for state, _ in tails], np.uint8)
    store.live._fit(before, state, np.array([since * MS for _, since in tails], np.int64), 20 * MS, store)
    return before["state"].tolist(), state.tolist()


def test_where_none_runs_nothing_is_in_doubt() -> None:
    assert fit([(0, 5, GIL)], [(LOCK, 3)], [(0, 9)]) == ([GIL], [LOCK])


@pytest.mark.parametrize(
    ("pieces", "states"),
    [
        ([(0, 10, RUN), (5, 15, RUN)], [UNKNOWN, RUN]),  # whoever ran last is believed
        ([(5, 15, RUN), (0, 10, RUN)], [RUN, UNKNOWN]),
        ([(0, 10, RUN), (10, 15, RUN)], [RUN, RUN]),
        ([(0, 10, RUN), (5, 15, LOCK)], [RUN, LOCK]),
        ([(0, 4, RUN), (3, 15, RUN), (0, 2, RUN)], [UNKNOWN, RUN, RUN]),
    ],
)
def test_of_pieces_those_that_ended_last_are_believed(pieces: list[Piece], states: list[int]) -> None:
    assert fit(pieces) == (states, [])


def test_what_goes_on_is_believed_before_what_is_over() -> None:
    assert fit([], [(RUN, 5), (RUN, 10)]) == ([], [UNKNOWN, RUN])
    assert fit([(0, 3, RUN)], [(RUN, 5), (RUN, 10)]) == ([RUN], [UNKNOWN, RUN])
    assert fit([(0, 8, RUN)], [(GIL, 1), (RUN, 7)]) == ([UNKNOWN], [GIL, RUN])
    assert fit([(0, 8, RUN)], [(GIL, 1), (RUN, 7)], cores=2) == ([RUN], [GIL, RUN])


def test_records_are_believed_before_all_else() -> None:
    assert fit([(5, 8, RUN), (10, 12, RUN)], [(RUN, 15)], recorded=[(4, 10)]) == ([UNKNOWN, RUN], [RUN])
    assert fit([(5, 8, RUN)], recorded=[(8, 10), (8, 10), (4, 5)]) == ([RUN], []), "even where they are too many"
    assert fit([(10, 12, RUN)], recorded=[(8, 10), (8, 10)]) == ([RUN], [])
    assert fit([(5, 8, RUN)], recorded=[(4, 6)], cores=2) == ([RUN], [])


def test_what_is_over_takes_no_core_any_more() -> None:
    """Two cores: one that ran 0–20, one that ran 0–5; a third may have run from 6 on."""
    assert fit([(6, 9, RUN), (1, 2, RUN)], recorded=[(0, 20), (0, 5)], cores=2) == ([RUN, UNKNOWN], [])


def test_those_that_ran_one_after_the_other_take_one_core() -> None:
    recorded = [(7, 8), (8, 9), (0, 5), (0, 5)]
    assert fit([(6, 9, RUN), (1, 2, RUN)], recorded=recorded, cores=2) == ([RUN, UNKNOWN], [])


def test_as_many_as_there_are_cores_run_at_once() -> None:
    three = [(0, 10, RUN), (2, 12, RUN), (4, 14, RUN)]
    assert fit(three, cores=3) == ([RUN, RUN, RUN], [])
    assert fit(three, cores=2) == ([UNKNOWN, RUN, RUN], [])


def test_the_newest_run_whichever_lanes_they_are() -> None:
    scene = Scene(lanes=3, shared_gil=False, cores=1)
    for lane in range(3):
        scene.record(0, 10 - lane / 10, ring.RUN, cpu=9, lane=lane)
        scene.header(ring.RUN, 0, lane=lane)
    assert scene.now(11) == [RUN, UNKNOWN, UNKNOWN]


def test_as_many_lanes_as_are_asked_about_together_are_bound_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both were seen to have run 11–20, and there is one core."""
    for most, unknown in ((2, 1), (1, 0)):
        monkeypatch.setattr(lanes, "MOST_TOGETHER", most)
        scene = Scene(lanes=2, shared_gil=True, cores=1)
        for lane in (0, 1):
            scene.header(ring.RUN, 10, lane=lane)
            scene.see((11, RUNS), (21, SEEN_GIL), lane=lane, cpu=[1, 10])
        scene.store.settled()
        drawn = ["not known" in [name for name, *_ in scene.drawn(now=21, lane=lane)] for lane in (0, 1)]
        assert sum(drawn) == unknown, most


def test_of_very_many_each_is_asked_about_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def states() -> list[list[int]]:
        scene = Scene(lanes=3, shared_gil=False, cores=1)
        for lane, since in enumerate((1, 3, 2)):
            scene.store.live.set_tails(np.array([lane]), np.array([ring.RUN]), np.array([since * MS]))
        whole = scene.now(3.5)
        return [
            whole,
            *(
                [int(one["state"]) for one in scene.store.tails(round(3.5 * MS), range(lane, lane + 1))]
                for lane in range(3)
            ),
        ]

    together = states()
    assert together == [[UNKNOWN, RUN, UNKNOWN], [UNKNOWN], [RUN], [UNKNOWN]]
    monkeypatch.setattr(lanes, "MOST_TOGETHER", 3)
    assert states() == together
    monkeypatch.setattr(lanes, "MOST_TOGETHER", 2)
    assert states() == [[UNKNOWN, RUN, UNKNOWN], [UNKNOWN if 2.5 * MS > GUESS_NS else RUN], [RUN], [RUN]]


def test_of_very_many_only_the_lanes_that_were_asked_about_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (1, 2048):
        monkeypatch.setattr(lanes, "MOST_TOGETHER", most)
        scene = Scene(lanes=4)
        for lane in range(4):
            scene.header(ring.IO, 10, lane=lane)
            scene.see((15, SEEN_GIL), lane=lane)
        scene.store.settled()
        tails = scene.store.tails(20 * MS, range(1, 3))
        assert [(int(one["lane"]), int(one["start"]) // MS) for one in tails] == [(1, 10), (2, 10), (1, 15), (2, 15)]
        assert len(scene.store.tails(20 * MS)) == 8


# --- what goes on


def test_a_lane_begins_with_its_first_ns_and_not_before() -> None:
    store = RecordedLanes(3, shared_gil=False)
    assert store.tail(0, 5) == (5, EMPTY), "nobody has told anything yet"
    store.live.set_tails(np.arange(3), np.full(3, ring.SLEEP), np.array([0, 1, 10]))
    assert store.states_now(10).tolist() == [EMPTY, SLEEP, EMPTY], "0: it has not begun; what has just begun is not yet"
    assert store.states_now(11).tolist() == [EMPTY, SLEEP, SLEEP]


def test_only_sleepers_whose_time_is_up_have_woken() -> None:
    scene = Scene(lanes=3)
    for lane, due in enumerate((15, 25, 10)):
        scene.header(ring.SLEEP, 10, lane=lane, due=due)
    assert scene.now(15) == [SLEEP, SLEEP, SLEEP]
    assert scene.now(20) == [UNKNOWN, SLEEP, SLEEP]
    scene.header(ring.IO, 10, lane=0, due=15)
    assert scene.store.tail(0, 20 * MS)[0] == 10 * MS, "only a sleep has an end that is known"


def test_a_long_call_that_nobody_looks_at_waits_once_others_are_further() -> None:
    scene = Scene(lanes=3)
    scene.store.live.observed = False
    for lane, end in ((0, 5), (1, 9), (2, 10)):
        scene.record(0, end, ring.RUN, cpu=1, lane=lane)
        scene.header(ring.RUN, 0, lane=lane)
    just = GUESS_NS / MS
    assert scene.now(9.5 + just) == [GIL, GIL, RUN]
    assert scene.now(9 + just) == [GIL, UNKNOWN, RUN], "not for that long yet; but only one has the GIL"
    assert scene.now(13) == [GIL, GIL, RUN], "nobody is further than the last"


def test_who_was_seen_running_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.header(ring.RUN, 10)
    scene.see((11, RUNS), (12, RUNS), cpu=[1, 2])
    scene.store.settled()
    assert scene.now(12 + 2 * GUESS_NS / MS)[0] == RUN


def test_a_moment_before_the_edge_can_be_asked_about() -> None:
    scene = Scene(lanes=2)
    scene.header(ring.IO, 10)
    scene.see((15, SEEN_GIL), (20, SEEN_GIL))
    scene.store.settled()
    assert scene.store.tail(0, 12 * MS) == (12 * MS, GIL)
    assert scene.drawn(now=12) == [("waits for the GIL", 10, 12)]
    assert scene.drawn(now=15) == [("waits for the GIL", 10, 15)]
    assert len(scene.store.tails(15 * MS)) == 1, "what begins then is not there yet"


def test_what_was_seen_is_forgotten_once_there_is_a_record() -> None:
    scene = Scene()
    scene.header(ring.IO, 10)
    scene.see((15, SEEN_GIL))
    scene.store.settled()
    scene.record(10, 20, ring.IO)
    scene.header(ring.IO, 20)
    assert scene.drawn(now=30)[-1] == ("in I/O", 20, 30)
