"""States of a worker: one row for each state, with the kinds of record that mean it, its names, its words and its
pattern. Lanes, samples, shares, verdicts, legends, patterns and `run --json` all read this table, so all say the same
about the same moment. A new state is a new row; a new pattern is painted in `ui/kit/patterns.py`.

The rows are in the order in which a lane's column is stacked, from the bottom. The state that is drawn as a base line,
not as an area, comes last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.lab.watching import thread_looks
from playground.lab.wire import ring

NOT_STARTED, HELD, ENDED = "not started", "paused", "ended"  # names, and words, for a worker that has no state


@dataclass(frozen=True, kw_only=True)
class State:
    name: str  # the value of `WorkerStatistics.state`
    share: str = ""  # the field of `figures.records.Shares`, and its key in JSON; empty: as `name`
    words: str  # about one worker
    several: str = ""  # about several workers; empty: as `words`
    short: str
    did: str  # about a stretch of time that is over
    # before the part of their time that workers spent so; {was} and {its} are singular or plural. Empty for a part that
    # has its own place in a verdict: running stands at the front, what is not known at the end
    spent: str = ""
    part: str = ""  # the label of that part in the text of `run`; empty: as `short`
    meaning: str  # for people who see the pattern for the first time
    explained: str  # the same as a sentence
    pattern: str  # a word of ui/kit/patterns.py
    told: int  # its place where states are listed
    kinds: tuple[int, ...] = ()  # of records and headers that mean this state (lab/wire/ring.py)
    here: str = ""  # beside the line of code that a worker in this state is at
    seen: int | None = None  # the probe's word for a thread in this state (lab/watching/thread_looks.py)
    asked: bool = False  # did the worker itself ask to wait, by an op of the first of `kinds`? If not, it would go on
    number: int = -1  # its place in the table

    @property
    def count_words(self) -> str:
        """The words after the number of workers in this state, where there is little room."""
        return f"waiting: {self.short}" if self.several.startswith("waiting ") else self.several


_ROWS = (
    State(
        name="running",
        share="run",
        words="running",
        short="running",
        did="ran {}",
        part="run",
        meaning="running on a core",
        explained="its code runs on a core",
        pattern="solid",
        told=0,
        kinds=(ring.RUN,),
        seen=thread_looks.RUNS,
    ),
    State(
        name="wait_core",
        words="waits for a core",
        several="waiting for a core",
        short="core",
        did="waited {} for a core",
        spent="waited for a core",
        meaning="ready, but waits for a core",
        explained="it could go on, but others have all cores",
        pattern="dots",
        told=2,
    ),
    State(
        name="io",
        words="in I/O",
        short="I/O",
        did="in I/O for {}",
        spent="{was} in I/O",
        meaning="waits for disk or network",
        explained="it waits for disk or network, and needs no core meanwhile",
        pattern="lines",
        told=5,
        kinds=(ring.IO,),
        here="in I/O here",
        seen=thread_looks.IO,
        asked=True,
    ),
    State(
        name="blocked",
        words="waits for a lock",
        several="waiting for a lock",
        short="lock",
        did="waited {} for a lock",
        spent="{was} blocked",
        part="blocked",
        meaning="waits for a lock someone holds",
        explained="it waits until somebody lets go of a lock, or sends a message",
        pattern="cross",
        told=4,
        kinds=(ring.LOCK,),
        here="waits here",
        seen=thread_looks.LOCK,
        asked=True,
    ),
    State(
        name="wait_gil",
        words="waits for the GIL",
        several="waiting for the GIL",
        short="GIL",
        did="waited {} for the GIL",
        spent="waited for the GIL",
        meaning="ready, but waits for the GIL",
        explained="it could go on, but another thread holds the GIL",
        pattern="hatched",
        told=1,
        seen=thread_looks.GIL,
    ),
    State(
        name="queued",
        share="wait_turn",
        words="waits for its turn",
        several="waiting for their turn",
        short="turn",
        did="waited {} for its turn",
        spent="waited for {its} turn",
        meaning="ready, but waits for its turn",
        explained="it could go on, but the loop or the pool is busy with others",
        pattern="bars",
        told=3,
        kinds=(ring.TURN,),
        here="waits for its turn here",
    ),
    State(
        name="unknown",
        words="not known",
        short="unknown",
        did="not known for {}",
        part="not known",
        meaning="nobody saw what it was",
        explained="nobody saw what it did then, and no guess is counted",
        pattern="grey",
        told=7,
        seen=thread_looks.UNSURE,
    ),
    State(
        name="sleeping",
        share="sleep",
        words="sleeping",
        short="sleep",
        did="slept {}",
        spent="{was} asleep",
        meaning="sleeping",
        explained="it asked to be woken later, and needs no core until then",
        pattern="base line",
        told=6,
        kinds=(ring.SLEEP, ring.AFTER),
        here="sleeps here",
        seen=thread_looks.SLEEPS,
        asked=True,
    ),
)
TABLE = tuple(
    replace(row, number=at, share=row.share or row.name, several=row.several or row.words, part=row.part or row.short)
    for at, row in enumerate(_ROWS)
)
TOLD = tuple(sorted(TABLE, key=lambda row: row.told))  # in the order in which states are listed
NUMBERS = {row.name: row.number for row in TABLE}
WORDS = {row.number: row.words for row in TABLE}
SHORT_WORDS = {row.number: row.short for row in TABLE}
STATE_COUNT = len(TABLE)
EMPTY = STATE_COUNT  # the rest of a column: not begun, paused, ended
PAUSED = EMPTY + 1  # a paint for the paused part of that
RUN, CORE, IO, LOCK = (NUMBERS[name] for name in ("running", "wait_core", "io", "blocked"))
GIL, TURN, UNKNOWN, SLEEP = (NUMBERS[name] for name in ("wait_gil", "queued", "unknown", "sleeping"))

_of_kind = {kind: row.number for row in TABLE for kind in row.kinds}
OF_KIND = tuple(_of_kind.get(kind, EMPTY) for kind in range(ring.KINDS))  # by the kind of a record
OF_SEEN = {row.seen: row.number for row in TABLE if row.seen is not None}  # by what the probe says
ASKED = tuple(row for row in TABLE if row.asked)


def number_of(name: str) -> int:
    """The number of a state's paint, by the state's name."""
    return PAUSED if name == HELD else NUMBERS.get(name, EMPTY)


def words_of(name: str) -> str:
    return TABLE[NUMBERS[name]].words if name in NUMBERS else name


def explained(name: str) -> str:
    """A state as a sentence, for somebody who sees its words for the first time."""
    other = {
        NOT_STARTED: "it has not begun yet",
        ENDED: "it has done all its work, or was stopped",
        HELD: "it does nothing until the run goes on",
    }
    return TABLE[NUMBERS[name]].explained if name in NUMBERS else other.get(name, "")
