"""Which workers wait for a socket, and which for their turn: made-up looks of a loop, so that each ns is known."""

from __future__ import annotations

import numpy as np
import pytest

from playground.lab.loops.socket_polls import Polls
from playground.lab.models import gevent as gevent_model
from playground.lab.wire import ring
from playground.reading.rings import RECORD
from playground.reading.states import TURN, UNKNOWN
from tests.core.recorded import RecordedLanes

MS = 1_000_000


@pytest.fixture
def polls() -> Polls:
    polls = Polls()
    polls.looked(90 * MS, 100 * MS, 0)
    return polls


def test_what_came_while_the_loop_waited_was_not_there_before(polls: Polls) -> None:
    before = polls.begin()
    polls.looked(105 * MS, 120 * MS, 1)
    assert polls.end(101 * MS, before, 123 * MS) == (120 * MS, 120 * MS)


@pytest.mark.parametrize(("waited", "came_within"), [(50_000, 0), (49_999, 5 * MS)])
def test_what_a_look_found_at_once_came_at_any_time_since_the_last_one(waited: int, came_within: int) -> None:
    polls = Polls()
    polls.looked(99 * MS, 100 * MS, 0)
    before = polls.begin()
    look_end = 105 * MS + waited
    polls.looked(105 * MS, look_end, 1)
    assert polls.end(100 * MS, before, 110 * MS) == (look_end - came_within, look_end)


def test_of_many_only_as_many_as_were_found_can_have_been_ready(polls: Polls) -> None:
    before = [polls.begin() for _ in range(4)]
    polls.looked(108 * MS, 108 * MS, 1)  # one of four, for 8 ms at most
    assert polls.end(100 * MS, before[0], 109 * MS) == (106 * MS, 108 * MS)


def test_who_was_found_and_has_not_gone_on_is_ready(polls: Polls) -> None:
    """A fetch takes several looks."""
    before = [polls.begin() for _ in range(2)]
    polls.looked(100 * MS, 102 * MS, 1)  # the loop waited for it
    polls.looked(106 * MS, 110 * MS, 1)  # and again; between the two one of two was ready, for 4 ms
    assert polls.end(100 * MS, before[1], 111 * MS) == (108 * MS, 110 * MS)


def test_who_has_gone_on_is_not_ready_any_more(polls: Polls) -> None:
    before = [polls.begin() for _ in range(2)]
    polls.looked(100 * MS, 102 * MS, 1)
    polls.end(100 * MS, before[0], 103 * MS)
    polls.looked(106 * MS, 110 * MS, 1)
    assert polls.end(100 * MS, before[1], 111 * MS) == (110 * MS, 110 * MS)


def test_no_more_can_be_ready_than_wait(polls: Polls) -> None:
    before = polls.begin()
    polls.looked(104 * MS, 104 * MS, 7)
    assert polls.end(90 * MS, before, 105 * MS) == (100 * MS, 104 * MS)


def test_of_those_found_one_after_the_other_goes_on(polls: Polls) -> None:
    before = [polls.begin() for _ in range(4)]
    polls.looked(100 * MS, 101 * MS, 3)
    polls.end(100 * MS, before[0], 102 * MS)
    polls.looked(107 * MS, 108 * MS, 0)  # of the other three two were ready, for 6 ms
    assert polls.end(100 * MS, before[1], 109 * MS) == (104 * MS, 108 * MS)


def test_what_was_in_doubt_before_a_wait_is_no_part_of_it(polls: Polls) -> None:
    first = polls.begin()
    polls.looked(104 * MS, 104 * MS, 1)
    polls.end(100 * MS, first, 105 * MS)
    before = polls.begin()
    polls.looked(106 * MS, 106 * MS, 1)
    assert polls.end(90 * MS, before, 107 * MS) == (104 * MS, 106 * MS)


def test_before_the_first_look_nothing_is_in_doubt() -> None:
    polls = Polls()
    polls.begin()
    polls.looked(100 * MS, 100 * MS, 1)
    assert polls.doubt == 0


def test_doubt_is_no_longer_than_the_wait(polls: Polls) -> None:
    before = polls.begin()
    polls.looked(104 * MS, 104 * MS, 1)
    assert polls.end(102 * MS, before, 105 * MS) == (102 * MS, 104 * MS)


def test_who_goes_on_without_a_look_waited_all_the_time(polls: Polls) -> None:
    assert polls.end(100 * MS, polls.begin(), 103 * MS) == (103 * MS, 103 * MS)
    nobody_tells = Polls()
    assert nobody_tells.end(100 * MS, nobody_tells.begin(), 103 * MS) == (103 * MS, 103 * MS)
    assert (polls.waiting, nobody_tells.waiting) == (0, 0)


def test_while_nobody_waits_nothing_is_in_doubt(polls: Polls) -> None:
    polls.looked(150 * MS, 150 * MS, 3)
    assert polls.doubt == 0


def test_each_look_is_told_of() -> None:
    polls = Polls()
    assert polls.told(lambda seconds: ["one", "two"][:seconds])(1) == ["one"]
    assert polls.last
    polls.begin()
    polls.looked(polls.last + 8, polls.last + 8, 0)
    assert polls.doubt == 8, "of the one that was found"


@pytest.mark.parametrize(("flags", "state"), [(ring.DOUBT, UNKNOWN), (0, TURN), (ring.HELD_UP, TURN)])
def test_what_is_in_doubt_is_not_known(flags: int, state: int) -> None:
    store, one = RecordedLanes(1, shared_gil=False), np.zeros(1, RECORD)
    one["end"], one["kind"], one["flags"] = 10 * MS, ring.TURN, flags
    store.write(one)
    store.settled()
    assert [piece.state for piece in store.slices(0, 20 * MS, 20 * MS)] == [state]
    assert store.spent[0, state] == 10 * MS


def test_a_loop_that_tells_nobody_of_its_looks_connects_all_the_same() -> None:
    """gevent's loop on Windows, libuv."""

    class Loop:
        def prepare(self, ref: bool) -> None:
            raise TypeError("prepare watchers are not currently supported in libuv")

    polls = Polls()
    connect = gevent_model.noted(lambda *where: where, Loop(), polls)
    assert [connect("here", 1), connect("there", 2)] == [("here", 1), ("there", 2)]
    assert polls.last == 0
