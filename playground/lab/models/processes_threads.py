"""Processes × threads: a few processes, each with its share of the workers as threads. Threads wait for the GIL of
their own process only, and the cost of a process is paid a few times, not for each worker."""

from __future__ import annotations

from ..blocking import tied_process
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import Knob


def run(lab: Lab) -> None:
    context = tied_process.context(lab.knobs["start_method"])
    things = lab.things(context)
    shares = [range(first, lab.count, lab.knobs["processes"]) for first in range(lab.knobs["processes"])]
    shares, processes = list(filter(len, shares)), []
    for share in shares:
        if lab.stopping:
            break
        process = context.Process(
            target=tied_process.work, args=(lab.order, share, things), name="process %d" % share[0]
        )
        process.start()
        processes.append(process)
    for place, process in tied_process.as_they_end(processes, lab.knobs["start_method"]):
        lab.worker_ended(shares[place][0], process.pid, process.exitcode)
        process.close()


MODEL = Model(
    name="processes-threads",
    title="Processes × threads",
    summary="a few interpreters, threads in each",
    worker=("thread", "threads"),
    order=6,
    shared_gil=True,  # by those of one process
    own_gils=True,
    one_process=False,
    knobs=(
        Knob(
            "processes",
            "Processes",
            2,
            1,
            64,
            text="How many processes the threads are divided among, each with a GIL of its own",
        ),
        tied_process.START_METHOD,
    ),
    run=run,
)
