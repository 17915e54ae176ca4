"""Process pool: `ProcessPoolExecutor`. A few processes take the workers as tasks, one after the other: those that wait
in the pool's queue are lanes too. What all share reaches a process when it starts; a task is only a number."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import Optional

from ..blocking import tied_process
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import POOL_SIZE


def unavailable() -> Optional[str]:
    if hasattr(ProcessPoolExecutor, "_adjust_process_count"):
        return None
    return "needs another release of this Python, whose ProcessPoolExecutor cannot start a process"  # PyPy 7.3.11


def run(lab: Lab) -> None:
    context = tied_process.context(lab.knobs["start_method"])
    shared = (lab.order, lab.things(context))
    lab.queue_all()
    with ProcessPoolExecutor(min(lab.knobs["pool_size"], lab.count), context, tied_process.join_pool, shared) as pool:
        try:
            tasks = [pool.submit(tied_process.take, index) for index in range(lab.count)]
            pool.submit(int)  # makes the pool's own thread look again which processes there are: it missed the last one
            processes = active_children()
            problem = next(filter(None, [task.exception() for task in tasks]), None)
        except BrokenProcessPool as broke:  # one died while others still began
            processes, problem = list((pool._processes or {}).values()), broke
    if isinstance(problem, BrokenProcessPool):
        lab.pool_broke(processes)
    elif problem is not None:
        raise problem


MODEL = Model(
    name="process-pool",
    title="Process pool",
    summary="a few processes take tasks from a queue",
    worker=("task", "tasks"),
    order=5,
    one_process=False,
    knobs=(POOL_SIZE, tied_process.START_METHOD),
    run=run,
    unavailable=unavailable,
)
