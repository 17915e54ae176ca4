"""Thread pool: `ThreadPoolExecutor`. A few threads take the workers as tasks, one after the other: those that wait in
the pool's queue are lanes too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ..blocking.blocking import Blocking
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import POOL_SIZE


def run(lab: Lab) -> None:
    carry_out = Blocking(lab.things())
    lab.queue_all()
    with ThreadPoolExecutor(lab.knobs["pool_size"]) as pool:
        for index in range(lab.count):
            pool.submit(lab.work, index, carry_out)


MODEL = Model(
    name="thread-pool",
    title="Thread pool",
    summary="a few threads take tasks from a queue",
    worker=("task", "tasks"),
    order=3,
    shared_gil=True,
    knobs=(POOL_SIZE,),
    run=run,
)
