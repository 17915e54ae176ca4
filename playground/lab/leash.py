"""The first thing a worker process does: tie its life to the lab's, then work.

On Linux the kernel holds the leash (PR_SET_PDEATHSIG), which also ends a worker that is deep in C code. A fork server
stands between lab and worker: it is tied to the lab by `leashed.py`, and its workers are tied to it. Other systems wait
for the parent in a thread that sleeps until then."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from typing import Any

from . import machine


def work(order: Any, index: int, things: Any) -> None:
    from . import blocking, worker

    tie(order.pid, order.recipe["knobs"].get("start_method"))
    worker.work(order, index, blocking.Blocking(things))


def tie(lab: int, start_method: object) -> None:
    machine.die_with_parent(os.getppid() if start_method == "forkserver" else lab)
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if not parent.is_alive():
        os._exit(1)
    if not sys.platform.startswith("linux"):
        threading.Thread(target=_end_with, args=(parent,), daemon=True, name="leash").start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
