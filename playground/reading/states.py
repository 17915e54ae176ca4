"""States of a worker: one row for each, with its names, its words and its share. Lanes, tasks, shares, verdicts,
legends and `run --json` read them here, so all of them say the same of the same moment.

Rows stand in the order in which a column of a lane is stacked, from the bottom."""

from __future__ import annotations

from dataclasses import dataclass

RUN, CORE, IO, LOCK, GIL, TURN, UNKNOWN, SLEEP, EMPTY, PAUSED = range(10)
STATE_COUNT = 8  # EMPTY is what is left of a column: not begun, paused, ended; PAUSED is a paint for a part of that
NOT_STARTED, HELD, ENDED = "not started", "paused", "ended"  # names, and words, of a worker that has no state


@dataclass(frozen=True)
class State:
    number: int
    name: str  # of what a worker is doing now
    share: str  # the field of figures.Shares, and its key in JSON
    words: str  # of one worker
    several: str  # of several
    short: str
    did: str  # of a length of time that is over
    meaning: str  # for those who see the pattern for the first time
    explained: str  # the same, where there is room for a sentence


TABLE = (
    State(
        RUN, "running", "run", "running", "running", "running", "ran {}", "running on a core", "its code runs on a core"
    ),
    State(
        CORE,
        "wait_core",
        "wait_core",
        "waits for a core",
        "waiting for a core",
        "core",
        "waited {} for a core",
        "ready, but waits for a core",
        "it could go on, but others have all cores",
    ),
    State(
        IO,
        "io",
        "io",
        "in I/O",
        "in I/O",
        "I/O",
        "in I/O for {}",
        "waits for disk or network",
        "it waits for disk or network, and needs no core meanwhile",
    ),
    State(
        LOCK,
        "blocked",
        "blocked",
        "waits for a lock",
        "waiting for a lock",
        "lock",
        "waited {} for a lock",
        "waits for a lock someone holds",
        "it waits until somebody lets go of a lock, or sends a message",
    ),
    State(
        GIL,
        "wait_gil",
        "wait_gil",
        "waits for the GIL",
        "waiting for the GIL",
        "GIL",
        "waited {} for the GIL",
        "ready, but waits for the GIL",
        "it could go on, but another thread holds the GIL",
    ),
    State(
        TURN,
        "queued",
        "wait_turn",
        "waits for its turn",
        "waiting for their turn",
        "turn",
        "waited {} for its turn",
        "ready, but waits for its turn",
        "it could go on, but the loop or the pool is busy with others",
    ),
    State(
        UNKNOWN,
        "unknown",
        "unknown",
        "not known",
        "not known",
        "unknown",
        "not known for {}",
        "nobody saw what it was",
        "nobody saw what it did then, and no guess is counted",
    ),
    State(
        SLEEP,
        "sleeping",
        "sleep",
        "sleeping",
        "sleeping",
        "sleep",
        "slept {}",
        "sleeping",
        "it asked to be woken later, and needs no core until then",
    ),
)
WORDS = {state.number: state.words for state in TABLE}
MEANINGS = {state.number: state.explained for state in TABLE}
SHORT_WORDS = {state.number: state.short for state in TABLE}
NUMBERS = {state.name: state.number for state in TABLE}


def number_of(name: str) -> int:
    """By which paint a worker is known that is doing this now."""
    return PAUSED if name == HELD else NUMBERS.get(name, EMPTY)


def words_of(name: str) -> str:
    return TABLE[NUMBERS[name]].words if name in NUMBERS else name


def explained(name: str) -> str:
    """In a sentence, for somebody who sees the words for the first time."""
    other = {
        NOT_STARTED: "it has not begun yet",
        ENDED: "it has done all its work, or was stopped",
        HELD: "it does nothing until the run goes on",
    }
    return MEANINGS[NUMBERS[name]] if name in NUMBERS else other.get(name, "")
