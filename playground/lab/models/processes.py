"""Processes: one `multiprocessing.Process` per worker. Each has an interpreter, and so a GIL, of its own."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import wait

from .. import leash, leashed
from ..knob import Knob
from ..running import Lab

NAME = "processes"
TITLE = "Processes"
SUMMARY = "one interpreter each"
WORKER = ("process", "processes")
ORDER = 3
HOSTS = ("lab",)
SHARED_GIL = False
ONE_PROCESS = False
START_METHODS = tuple(multiprocessing.get_all_start_methods())
KNOBS = (Knob("start_method", "Start method", "spawn", choices=START_METHODS),)


def run(lab: Lab) -> None:
    context = multiprocessing.get_context(lab.knobs["start_method"])
    if lab.knobs["start_method"] == "forkserver":
        os.environ[leashed.VARIABLE] = str(os.getpid())
        context.set_forkserver_preload([leashed.__name__])
    things = lab.things(context)
    processes = {}
    for index in range(lab.count):
        if lab.stopping:
            break
        process = context.Process(target=leash.work, args=(lab.order, index, things), name="worker %d" % index)
        process.start()
        processes[process.sentinel] = (index, process)
    while processes:
        for sentinel in wait(list(processes)):
            index, process = processes.pop(sentinel)
            process.join()
            lab.worker_ended(index, process.pid, process.exitcode)
            process.close()
