"""Threads: one `threading.Thread` per worker, all in one process. They share one interpreter, hence one GIL."""

from __future__ import annotations

from threading import Lock, Thread

from ..blocking import Blocking
from ..running import Lab

NAME = "threads"
TITLE = "Threads"
SUMMARY = "share one interpreter"
WORKER = ("thread", "threads")
ORDER = 2
HOSTS = ("lab", "app")
SHARED_GIL = True
ONE_PROCESS = True


def run(lab: Lab) -> None:
    # They begin together: where some already work, each system call that the next one needs to get ready costs it its
    # place in the queue for the GIL. With 64 threads that added up to 20 s.
    carry_out = Blocking(lab.things())
    gates, threads = [], []
    for index in range(lab.count):
        if lab.stopping:
            break
        gate = Lock()
        gate.acquire()
        thread = Thread(target=lab.work, args=(index, carry_out, gate.acquire), name="worker %d" % index)
        thread.start()
        gates.append(gate)
        threads.append(thread)
    for gate in gates:
        gate.release()
    for thread in threads:
        thread.join()
