"""What a rule says about a run: the rule's kind, one sentence, and the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playground.figures.reach import Machine
from playground.figures.records import RunStatistics
from playground.reading.states import ASKED
from playground.verdict.words import Words


class Said(NamedTuple):
    kind: str  # starting short gil_bound parallel waiting talking holding machine_full mixed …
    sentence: str
    reason: str  # **bold** marks the figure


Rule = Callable[[RunStatistics, Machine, Words], Said | None]
ALL_CORES = 0.9  # of a computer's cores (or of a loop's one): if so much is busy, it is full


def waited(run: RunStatistics) -> float:
    """The part of their time that workers waited for something they had asked for: a time, a device, each other."""
    return float(sum(getattr(run.share, row.share) for row in ASKED))
