"""The round trips of a *ping-pong* that is running, or has ended, as its workers tell them (lab/trips.py)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground.lab import trips as layout


@dataclass(frozen=True)
class Trips:
    made: int  # by all workers
    median_us: float | None  # of the workers' medians over their last thousand; None until there is one


def read(directory: Path) -> Trips | None:
    """None where there is no such file: another job, or a run whose files are gone."""
    try:
        words = np.frombuffer((directory / layout.NAME).read_bytes(), "<u8").reshape(-1, layout.WORDS)
    except OSError:
        return None
    told = words[words[:, 0] > 0]
    return Trips(int(words[:, 0].sum()), float(np.median(told[:, 1])) / 1000 if len(told) else None)
