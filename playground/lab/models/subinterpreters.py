"""Subinterpreters: several interpreters in one process, each with a GIL of its own (Python 3.12 and later). They share
no objects, as if they were processes, but start faster and live in one memory."""

from __future__ import annotations

import atexit
from threading import Thread

from ..blocking import interpreter_workers, pipes
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import Knob


def run(lab: Lab) -> None:
    atexit.register(interpreter_workers.leave_at_once)
    count = min(lab.knobs["interpreters"] or lab.count, lab.count)
    together = interpreter_workers.Interpreters(lab.order, lab.things(pipes))
    threads = []
    for first in range(count):
        threads.append(Thread(target=together.live, args=(range(first, lab.count, count),)))
        threads[-1].start()
    together.begin(range(lab.count))
    for thread in threads:
        thread.join()


MODEL = Model(
    name="subinterpreters",
    title="Subinterpreters",
    summary="a GIL each, in one process",
    order=14,
    own_gils=True,
    each_mb=8.0,  # an interpreter with its imports: 7.5 MB here
    knobs=(
        Knob(
            "interpreters",
            "Interpreters (0: one each)",
            0,
            0,
            64,
            text="How many interpreters the workers share, each with a GIL of its own",
        ),
    ),
    run=run,
    unavailable=interpreter_workers.unavailable,
)
