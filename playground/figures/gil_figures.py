"""Who holds the GIL, how often it changes hands, and how long a thread keeps it: from the probe's samples, from the
interpreter's counter, or from the workers' stamps."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.figures.records import GilFigures
from playground.reading import lately, states
from playground.reading.lanes import store as lanes
from playground.reading.reading import Reading
from playground.reading.worker_name import worker_name

MOST_HELD_TOLD = 512


class Found(NamedTuple):
    handoffs_per_s: float | None
    held: dict[str, float]  # worker → part of the samples or of the time
    free: float | None = None


def gil_figures(run: Reading, seconds: float, counted_per_s: float | None, why: str | None, alone: bool) -> GilFigures:
    """`counted_per_s`: hand-offs by the lab's own counter; `why`: the reason why nothing is measured; `alone`: there is
    no other thread to hand the GIL to, so no slice has an end."""
    source = run.gil_source
    if source == "none":
        return GilFigures(why=why)
    found = _measured(run) if source == "measured" else _by_stamps(run, seconds, counted_per_s)
    busy = 1.0 if found.free is None else 1.0 - found.free
    gils = len(run.gils) if run.lanes.live.shared_gil else 0
    mean = busy * gils / found.handoffs_per_s * 1000 if found.handoffs_per_s and gils and not alone else None
    return GilFigures(source, why, found.handoffs_per_s, mean, found.held, found.free, run.holders.samples)


def _measured(run: Reading) -> Found:
    holders = run.holders
    held = {name: round(holders.held_share(lane), 4) for lane, name in _named(holders.held)}
    return Found(holders.handoffs_per_s(run.pauses), held, holders.free_share)


def _by_stamps(run: Reading, seconds: float, rate: float | None) -> Found:
    """The figures from stamps: a worker that runs has the GIL."""
    ran = run.lanes.spent[:, states.RUN]
    if rate is None and run.lanes.lanes <= lanes.MANY:
        latest = run.lanes.latest
        slice_ns = run.lanes.mean_slice_ns(latest - lately.WINDOW_NS, latest)
        rate = float(ran.sum()) / slice_ns / seconds if slice_ns and seconds else None
    return Found(rate, {name: float(ran[lane] / (seconds * 1e9 or 1)) for lane, name in _named(ran)})


def _named(held: npt.NDArray[Any]) -> list[tuple[int, str]]:
    """The workers to name: all, or if there are very many, the first ones that held the GIL at all."""
    told = range(len(held)) if len(held) <= MOST_HELD_TOLD else np.flatnonzero(held)[:MOST_HELD_TOLD]
    return [(int(lane), worker_name(int(lane))) for lane in told]
