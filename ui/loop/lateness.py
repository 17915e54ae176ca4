"""How late the UI is, counted by time and not by beats. A freeze of 2 s is one late beat, but 120 were due in it, and a
click might have met any of them. So the missed beats count too, as late as they would have been. Otherwise, the worse
the freeze, the fewer beats would show it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ui.loop.frame_clock import PERIOD_NS

PERIOD_MS = PERIOD_NS / 1e6
MOST_MISSED = 100_000  # a freeze of half an hour


def with_missed(late_ms: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The lateness of each beat that came, and of each that was due and did not come."""
    late = np.asarray(late_ms, np.float64)
    missed = np.minimum(np.floor(late / PERIOD_MS), MOST_MISSED).astype(np.int64)
    if not missed.any():
        return late
    whose = np.repeat(np.arange(len(late)), missed)
    place = np.arange(len(whose)) - np.repeat(np.cumsum(missed) - missed, missed) + 1
    return np.concatenate((late, late[whose] - place * PERIOD_MS))
