"""Thread pool: `ThreadPoolExecutor`. A few threads take the workers as tasks, one after the other: those that wait in
the pool's queue are lanes too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ..blocking.blocking import Blocking
from ..lab import Lab
from ..wire.knob import POOL_SIZE

NAME = "thread-pool"
TITLE = "Thread pool"
SUMMARY = "a few threads take tasks from a queue"
WORKER = ("task", "tasks")
ORDER = 3
HOSTS = ("lab",)
SHARED_GIL = True
ONE_PROCESS = True
KNOBS = (POOL_SIZE,)


def run(lab: Lab) -> None:
    carry_out = Blocking(lab.things())
    lab.queue_all()
    with ThreadPoolExecutor(lab.knobs["pool_size"]) as pool:
        for index in range(lab.count):
            pool.submit(lab.work, index, carry_out)
