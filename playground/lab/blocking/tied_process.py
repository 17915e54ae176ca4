"""The first thing that a worker process does: tie its life to the lab's, then work.

On Linux the kernel holds the leash (PR_SET_PDEATHSIG), which also ends a worker that is deep in C code. A fork server
stands between lab and workers: `tied_on_import.py` ties it to the lab, and its workers are tied to it. On other systems
a thread waits for the parent's end."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from functools import partial
from itertools import cycle
from multiprocessing.connection import wait
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

from ..watching import machine
from ..wire.knob import Knob

START_METHOD = Knob(
    "start_method",
    "Start method",
    "spawn",
    choices=tuple(multiprocessing.get_all_start_methods()),
    text="How a process is started: fork copies this one, spawn begins a new Python",
)

AT_ONCE = 60 if os.name == "nt" else 100_000  # Python before 3.13 refuses to wait for more than 63 there
A_MOMENT_S = 0.02

_task: Callable[[int], None]  # of a process of a pool


def context(start_method: str) -> Any:
    """multiprocessing, with a fork server that is tied to this lab, and with the name of the lab's folder in the names
    of semaphores: so those of a killed lab can be recognised, and removed."""
    made = multiprocessing.get_context(start_method)
    if sys.platform.startswith("linux"):  # elsewhere such names are too long
        multiprocessing.current_process()._config["semprefix"] = "/mp-" + os.path.basename(os.getcwd())  # type: ignore[attr-defined]
    if start_method == "forkserver":
        from . import tied_on_import  # not sooner: where the environment names a lab, it ties whoever imports it

        os.environ[tied_on_import.VARIABLE] = str(os.getpid())
        made.set_forkserver_preload([tied_on_import.__name__])
    return made


def work(order: Any, indices: Sequence[int], things: Any) -> None:
    """The life of a process with one worker, or with several as threads."""
    _tie(order)
    from ..recording import worker
    from ..wire import output_rings
    from . import blocking, gates

    carry_out = blocking.Blocking(things)
    with output_rings.taken(order.path("output")):
        if len(indices) == 1:
            worker.work(order, indices[0], carry_out)
        else:
            gates.work(order, indices, carry_out)


def as_they_end(processes: Sequence[Any], start_method: object) -> Iterator[Tuple[int, Any]]:
    """Each process with its place in the list, when it has ended. multiprocessing waits until the last holder of a
    pipe's end is gone, and that may be a process that the user's code has detached; so where possible the system is
    asked instead. The system no longer knows of processes that multiprocessing has noticed itself, as it does whenever
    it starts another: those come first."""
    asked = hasattr(os, "waitid") and start_method != "forkserver"
    left = dict(enumerate(processes))
    ended = [place for place, process in left.items() if process.exitcode is not None]
    while left:
        for place in ended:
            process = left.pop(place)
            process.join()
            yield place, process
        if left:
            ended = _ended_child(left) if asked else _ended(left)


def _ended(processes: Dict[int, Any], at_once: int = AT_ONCE) -> List[int]:
    """Windows waits for a few dozen at a time; of more, each group gets a moment in turn."""
    places = list(processes)
    groups = [places[first : first + at_once] for first in range(0, len(places), at_once)]
    for group in cycle(groups):
        ready = wait([processes[place].sentinel for place in group], None if len(groups) == 1 else A_MOMENT_S)
        found = [place for place in group if processes[place].sentinel in ready]
        if found:
            return found
    return []


def _ended_child(processes: Dict[int, Any]) -> List[int]:
    """The place of a child that has ended; multiprocessing still has to notice it. Any other child was an orphan left
    to this lab, and is reaped here."""
    child = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    pid = child.si_pid if child is not None else 0
    found = [place for place, process in processes.items() if process.pid == pid]
    if not found:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return found


def join_pool(order: Any, things: Any) -> None:
    """How a process of a pool begins; its tasks follow."""
    global _task
    _tie(order)
    from ..recording import worker
    from ..wire import output_rings
    from . import blocking

    output_rings.take(order.path("output"))
    _task = partial(worker.work, order, carry_out=blocking.Blocking(things))


def take(index: int) -> None:
    """A task of a pool: be the worker of that number."""
    _task(index)


def _tie(order: Any) -> None:
    """Tie this process's life to the lab's, and let the app ask where it is."""
    by_server = order.recipe["knobs"].get("start_method") == "forkserver"
    machine.die_with_parent(os.getppid() if by_server else order.pid)
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)
    if parent is not None and not sys.platform.startswith("linux"):
        threading.Thread(target=_end_with, args=(parent,), daemon=True, name="leash").start()
    from ..recording import noted_lines, own_module
    from ..watching import stacks

    stacks.tell(order.directory)
    if order.recipe["job"] == own_module.NAME:
        noted_lines.listen()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
