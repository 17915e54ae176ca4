"""What recording costs: the same job with and without stamps, alternating within one run, so that both run under the
same conditions. Ops are counted in phases of a quarter second and compared pair by pair; the order within each pair is
random."""

from __future__ import annotations

import random
import time
from statistics import median

from playground.lab.wire import ring
from playground.recipe.recipe import Recipe
from playground.run.run import Run

PHASE_S = 0.25
SETTLE_S = 0.5


def measure(recipe: Recipe, pairs: int = 24) -> float:
    """The part of the throughput that stamping takes: 0.01 is one percent. A negative value is noise."""
    run = Run(1, recipe)
    try:
        run.start()
        while run.phase == "starting" or not run.rings.column(ring.W_OPS).all():
            run.poll()
            if run.phase == "ended":
                raise RuntimeError(f"the run ended before it began: {run.engine.error}")
            time.sleep(0.01)
        _wait(run, SETTLE_S)
        costs = []
        for _ in range(pairs):
            order = ["on", "off"]
            random.shuffle(order)
            rate = {stamps: _rate(run, stamps) for stamps in order}
            costs.append(1.0 - rate["on"] / rate["off"])
        return median(costs)
    finally:
        run.abandon()


def _rate(run: Run, stamps: str) -> float:
    run.set_knob("stamps", stamps)
    _wait(run, 0.02)
    before, begun = _ops(run), time.perf_counter()
    _wait(run, PHASE_S)
    return (_ops(run) - before) / (time.perf_counter() - begun)


def _ops(run: Run) -> int:
    return int(run.rings.column(ring.W_OPS).sum())


def _wait(run: Run, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        run.poll()
        time.sleep(min(0.02, left))
