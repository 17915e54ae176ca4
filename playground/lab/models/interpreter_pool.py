"""Interpreter pool: `InterpreterPoolExecutor` (Python 3.14 and later). A thread pool in which each thread has an
interpreter, and so a GIL, of its own. Written after the documentation; not run yet."""

from __future__ import annotations

import atexit
import concurrent.futures
from typing import Any, Optional

from ..blocking import interpreter_workers, pipes
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import POOL_SIZE


def unavailable() -> Optional[str]:
    if hasattr(concurrent.futures, "InterpreterPoolExecutor"):
        return None
    return "needs CPython 3.14 or later, which brought InterpreterPoolExecutor"


def run(lab: Lab) -> None:
    atexit.register(interpreter_workers.leave_at_once)
    executor: Any = getattr(concurrent.futures, "InterpreterPoolExecutor")  # noqa: B009 (older Pythons have none)
    shared = (lab.order, lab.things(pipes))
    lab.queue_all()
    with executor(lab.knobs["pool_size"], initializer=interpreter_workers.join_pool, initargs=shared) as pool:
        tasks = [pool.submit(interpreter_workers.take, index) for index in range(lab.count)]
    for task in tasks:
        task.result()  # says why an interpreter could not be made


MODEL = Model(
    name="interpreter-pool",
    title="Interpreter pool",
    summary="a few interpreters take tasks from a queue",
    worker=("task", "tasks"),
    order=15,
    own_gils=True,
    each_mb=8.0,  # an interpreter with its imports: 7.5 MB here
    knobs=(POOL_SIZE,),
    run=run,
    unavailable=unavailable,
)
