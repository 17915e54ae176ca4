"""Processes: one `multiprocessing.Process` per worker. Each has an interpreter, and so a GIL, of its own."""

from __future__ import annotations

from ..blocking import tied_process
from ..lab import Lab
from ..wire.declaration import Model


def run(lab: Lab) -> None:
    context = tied_process.context(lab.knobs["start_method"])
    things = lab.things(context)
    processes = []
    for index in range(lab.count):
        if lab.stopping:
            break
        process = context.Process(target=tied_process.work, args=(lab.order, [index], things), name="worker %d" % index)
        process.start()
        processes.append(process)
    for index, process in tied_process.as_they_end(processes, lab.knobs["start_method"]):
        lab.worker_ended(index, process.pid, process.exitcode)
        process.close()


MODEL = Model(
    name="processes",
    title="Processes",
    summary="one interpreter each",
    worker=("process", "processes"),
    order=4,
    one_process=False,
    knobs=(tied_process.START_METHOD,),
    run=run,
)
