"""The words for what workers do. They stand on the screen, in verdicts and in JSON, so each is written down here once
more: a change of one changes what people and scripts read."""

from __future__ import annotations

import pytest

from playground.figures.records import Shares
from playground.lab.wire import ring
from playground.reading import states
from playground.reading.states import State

TOLD = {
    states.RUN: ("running", "run", "running", "running", "running", "ran {}", "running on a core"),
    states.CORE: (
        "wait_core",
        "wait_core",
        "waits for a core",
        "waiting for a core",
        "core",
        "waited {} for a core",
        "ready, but waits for a core",
    ),
    states.IO: ("io", "io", "in I/O", "in I/O", "I/O", "in I/O for {}", "waits for disk or network"),
    states.LOCK: (
        "blocked",
        "blocked",
        "waits for a lock",
        "waiting for a lock",
        "lock",
        "waited {} for a lock",
        "waits for a lock someone holds",
    ),
    states.GIL: (
        "wait_gil",
        "wait_gil",
        "waits for the GIL",
        "waiting for the GIL",
        "GIL",
        "waited {} for the GIL",
        "ready, but waits for the GIL",
    ),
    states.TURN: (
        "queued",
        "wait_turn",
        "waits for its turn",
        "waiting for their turn",
        "turn",
        "waited {} for its turn",
        "ready, but waits for its turn",
    ),
    states.UNKNOWN: (
        "unknown",
        "unknown",
        "not known",
        "not known",
        "unknown",
        "not known for {}",
        "nobody saw what it was",
    ),
    states.SLEEP: ("sleeping", "sleep", "sleeping", "sleeping", "sleep", "slept {}", "sleeping"),
}


def of(state: State) -> tuple[str, ...]:
    return state.name, state.share, state.words, state.several, state.short, state.did, state.meaning


def test_each_state_has_its_words() -> None:
    assert {state.number: of(state) for state in states.TABLE} == TOLD


def test_a_column_is_stacked_in_the_order_of_the_table() -> None:
    assert [state.number for state in states.TABLE] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [*TOLD] == [*range(states.STATE_COUNT)]
    assert (states.STATE_COUNT, states.EMPTY) == (8, 8)


def test_what_a_worker_asks_for_is_a_kind_of_op() -> None:
    assert {row.name: row.kinds[:1] for row in states.ASKED} == {
        "io": (ring.IO,),
        "blocked": (ring.LOCK,),
        "sleeping": (ring.SLEEP,),
    }


def test_words_are_found_by_number_and_by_name() -> None:
    assert states.WORDS[states.GIL] == "waits for the GIL"
    assert states.SHORT_WORDS[states.GIL] == "GIL"
    assert {name: TOLD[number][0] for name, number in states.NUMBERS.items()} == {name: name for name in states.NUMBERS}
    assert len(states.WORDS) == len(states.SHORT_WORDS) == len(states.NUMBERS) == 8
    assert states.EMPTY not in states.WORDS


@pytest.mark.parametrize("state", states.TABLE, ids=lambda state: state.name)
def test_each_share_is_a_field_of_the_figures(state: State) -> None:
    assert getattr(Shares(**{state.share: 0.5}), state.share) == 0.5


def test_what_has_no_state_has_words_and_a_paint_too() -> None:
    names = ("not started", "paused", "ended", "running", "queued")
    assert [states.words_of(name) for name in names] == [*names[:4], "waits for its turn"]
    assert [states.number_of(name) for name in names] == [
        states.EMPTY,
        states.PAUSED,
        states.EMPTY,
        states.RUN,
        states.TURN,
    ]
    assert states.PAUSED not in range(states.STATE_COUNT + 1)


def test_what_a_state_is_stays() -> None:
    with pytest.raises(AttributeError):
        states.TABLE[0].words = "runs"
