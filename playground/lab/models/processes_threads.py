"""Processes × threads: a few processes, each with its share of the workers as threads. Threads wait for the GIL of
their own process only, and what the processes cost is paid a few times and not for each worker."""

from __future__ import annotations

from .. import leash
from ..knob import Knob
from ..running import Lab

NAME = "processes-threads"
TITLE = "Processes × threads"
SUMMARY = "a few interpreters, threads in each"
WORKER = ("thread", "threads")
ORDER = 6
HOSTS = ("lab",)
SHARED_GIL = True  # by those of one process
OWN_GILS = True
ONE_PROCESS = False
KNOBS = (
    Knob(
        "processes",
        "Processes",
        2,
        1,
        64,
        text="How many processes the threads are divided among, each with a GIL of its own",
    ),
    leash.START_METHOD,
)


def run(lab: Lab) -> None:
    context = leash.context(lab.knobs["start_method"])
    things = lab.things(context)
    shares = [range(first, lab.count, lab.knobs["processes"]) for first in range(lab.knobs["processes"])]
    shares, processes = list(filter(len, shares)), []
    for share in shares:
        if lab.stopping:
            break
        process = context.Process(target=leash.work, args=(lab.order, share, things), name="process %d" % share[0])
        process.start()
        processes.append(process)
    for place, process in leash.as_they_end(processes, lab.knobs["start_method"]):
        lab.worker_ended(shares[place][0], process.pid, process.exitcode)
        process.close()
