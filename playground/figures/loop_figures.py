"""How late the loop of a lab is, and what it costs, from the counts that the lab writes into the control block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from playground.figures.records import LoopFigures
from playground.lab.loops import heartbeat
from playground.lab.wire import ring


def loop_figures(
    word: Callable[[int], int], seconds: float, until: int | None, watch_cores: float | None
) -> LoopFigures | None:
    """The figures of a loop; None before the first beat is due. `until`: a beat that is due and does not come counts as
    late up to then; None: it does not count."""
    beats, due = word(ring.C_LOOP_BEATS), word(ring.C_LOOP_DUE)
    if not (beats or due):
        return None
    counts = np.array([word(ring.C_LOOP_COUNTS + step) for step in range(ring.LOOP_COUNTS)])
    reached = np.cumsum(counts)
    overdue = max(0, until - due) if due and until is not None else 0
    worst = max(word(ring.C_LOOP_LATE_MAX), overdue)
    p50 = p99 = float(worst)  # before the first beat: workers that never give up the loop hold it off
    if beats:
        p50, p99 = (heartbeat.late_ns_of(int(np.searchsorted(reached, part * reached[-1]))) for part in (0.5, 0.99))
    return LoopFigures(
        late_p50_ms=min(p50, worst) / 1e6,
        late_p99_ms=min(p99, worst) / 1e6,
        late_max_ms=worst / 1e6,
        beats=beats,
        cores=word(ring.C_LOOP_CPU) / (seconds * 1e9) if seconds else 0.0,
        switches_per_s=word(ring.C_SWITCHES) / seconds if seconds else 0.0,
        switches_source="trace" if word(ring.C_SWITCHES_TRACED) else "counted",
        watch_cores=watch_cores,
    )
