"""The round trips of a *ping-pong* that is running or has ended, as its workers write them (lab/wire/trip_times.py)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.lab.wire import trip_times as layout


@dataclass(frozen=True)
class Trips:
    made: int = 0  # by all workers
    median_us: float | None = None  # median of the workers' medians over their last thousand; None: there is none yet
    plain_us: float | None = None  # the same for messages in plain code, before the run; None: not measured
    plain_took_ms: float = 0.0  # by how much measuring `plain_us` delayed the workers


def read(directory: Path) -> Trips | None:
    """The round trips; None without a file, as for another job or a run whose files are gone."""
    try:
        whole = memoryview((directory / layout.NAME).read_bytes()).cast("Q")
    except OSError:
        return None
    layout.FORMAT.check(whole, layout.NAME)
    words = np.frombuffer(whole[layout.FIRST :], "<u8").reshape(-1, layout.WORDS)
    told, plain = words[words[:, layout.MADE] > 0], words[words[:, layout.PLAIN] > 0]
    return Trips(
        made=int(words[:, layout.MADE].sum()),
        median_us=_median_us(told[:, layout.MEDIAN]),
        plain_us=_median_us(plain[:, layout.PLAIN]),
        plain_took_ms=int(words[:, layout.PLAIN_TOOK].max(initial=0)) / 1e6,
    )


def _median_us(took_ns: npt.NDArray[np.uint64]) -> float | None:
    return float(np.median(took_ns)) / 1000 if len(took_ns) else None
