"""Threads: one `threading.Thread` per worker, all in one process. They share one interpreter, hence one GIL."""

from __future__ import annotations

from threading import Thread

from ..blocking.blocking import Blocking
from ..blocking.gates import Gates
from ..lab import Lab
from ..wire.declaration import Model


def run(lab: Lab) -> None:
    carry_out = Blocking(lab.things())
    threads = []
    with Gates() as gates:
        for index in range(lab.count):
            if lab.stopping:
                break
            thread = Thread(target=lab.work, args=(index, carry_out, gates.one()), name="worker %d" % index)
            thread.start()
            threads.append(thread)
    for thread in threads:
        thread.join()


MODEL = Model(
    name="threads",
    title="Threads",
    summary="share one interpreter",
    worker=("thread", "threads"),
    order=2,
    hosts=("lab", "app"),
    shared_gil=True,
    run=run,
)
