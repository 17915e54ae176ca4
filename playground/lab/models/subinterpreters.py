"""Subinterpreters: several interpreters in one process, each with a GIL of its own (Python 3.12 and later). They share
no objects, as if they were processes, but start faster and live in one memory."""

from __future__ import annotations

import atexit
from threading import Thread

from ..blocking import interpreter_workers
from ..lab import Lab
from ..wire.knob import Knob

NAME = "subinterpreters"
TITLE = "Subinterpreters"
SUMMARY = "a GIL each, in one process"
WORKER = ("worker", "workers")
ORDER = 14
HOSTS = ("lab",)
SHARED_GIL = False
OWN_GILS = True
ONE_PROCESS = True
EACH_MB = 8.0  # an interpreter with its imports: 7.5 MB here
KNOBS = (
    Knob(
        "interpreters",
        "Interpreters (0: one each)",
        0,
        0,
        64,
        text="How many interpreters the workers share, each with a GIL of its own",
    ),
)

unavailable = interpreter_workers.unavailable


def run(lab: Lab) -> None:
    atexit.register(interpreter_workers.leave_at_once)
    count = min(lab.knobs["interpreters"] or lab.count, lab.count)
    together = interpreter_workers.Interpreters(lab)
    threads = []
    for first in range(count):
        threads.append(Thread(target=together.live, args=(range(first, lab.count, count),)))
        threads[-1].start()
    together.begin(range(lab.count))
    for thread in threads:
        thread.join()
