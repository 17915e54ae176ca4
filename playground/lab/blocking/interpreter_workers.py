"""Subinterpreters with a GIL of their own, made by whichever module this Python has for them, and the life of workers
in them.

Interpreters share no objects: what a worker needs is pickled to it, and what workers share is made of pipes. Each
worker says when it is ready, and begins when all are. In between, the main interpreter notes the GIL and the thread
state of each worker, which an interpreter of Python 3.12 cannot find by itself (it has no ctypes)."""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import threading
from functools import partial
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from ..recording import worker
from ..recording.order import Order
from ..watching import gil
from ..wire import output_rings, ring
from . import blocking, pipes

# those of Python 3.14, 3.13 and 3.12; the first that is there is the best
MODULES = ("concurrent.interpreters", "_interpreters", "_xxsubinterpreters")
OLDEST = (3, 12)  # before that all interpreters of a process shared one GIL

ENTER = """
import sys
sys.path[:] = {path!r}
from playground.lab.blocking import interpreter_workers
interpreter_workers.live({parcel!r})
"""


def unavailable() -> Optional[str]:
    if sys.implementation.name != "cpython" or sys.version_info < OLDEST:
        return "needs CPython 3.12 or later, whose subinterpreters have a GIL each"
    return None


class Failed(Exception):
    """What went wrong inside an interpreter."""


class Interpreter:
    """A new subinterpreter, with a GIL of its own."""

    def __init__(self) -> None:
        self._module = _module()
        if self._module.__name__ == "concurrent.interpreters":  # written after the documentation, not run yet
            self._made = self._module.create()
            self.number = self._made.id
        elif self._module.__name__ == "_interpreters":
            self._made = self.number = self._module.create("isolated")
        else:
            self._made = self._module.create(isolated=True)
            self.number = int(self._made)

    def run(self, source: str) -> None:
        """Run source code inside, in the calling thread, until it has ended."""
        if hasattr(self._made, "exec"):
            self._made.exec(source)
        elif hasattr(self._module, "exec"):
            problem = self._module.exec(self._made, source)
            if problem is not None:
                raise Failed(problem.errdisplay)
        else:
            self._module.run_string(self._made, source)

    def set_switch_interval(self, seconds: float) -> None:
        self.run("import sys; sys.setswitchinterval(%r)" % seconds)


def _module() -> Any:
    for name in MODULES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ImportError("this Python has no module for subinterpreters")


# --- in the main interpreter


class Interpreters:
    """The workers of a run, spread over several interpreters."""

    def __init__(self, order: Order, things: blocking.Things) -> None:
        self._order, self._things = order, things  # the things are made of pipes
        self._ready, self._gate = pipes.Queue(), pipes.Semaphore(0)
        self._records: Dict[int, Tuple[Optional[gil.GilRecord], int]] = {}  # worker → its GIL, its interpreter

    def live(self, workers: Sequence[int]) -> None:
        """The whole lives of these workers, in a new interpreter that the calling thread makes and enters: Python 3.12
        enters with the thread state of the thread that made it."""
        try:
            interpreter = Interpreter()
            record = gil.of_interpreter(interpreter.number, interpreter.set_switch_interval)
            for index in workers:
                self._records[index] = (record, interpreter.number)
            parcel = pickle.dumps((self._order.under(record), list(workers), self._things, self._ready, self._gate))
            interpreter.run(ENTER.format(path=sys.path, parcel=parcel))
        except Exception as problem:
            for index in workers:
                self._order.mapped.report(index, None, str(problem))
                self._ready.put((index, 0, 0))

    def begin(self, workers: Iterable[int]) -> None:
        """Let the workers begin when all of them are ready."""
        missing = set(workers)
        count = len(missing)
        while missing:
            index, ident, tid = self._ready.get()
            missing.discard(index)
            if ident:
                self._note(index, ident, tid)
        for _ in range(count):
            self._gate.release()

    def _note(self, index: int, ident: int, tid: int) -> None:
        record, number = self._records[index]
        if record is not None:
            state = gil.thread_state_of(number, ident, tid)
            self._order.mapped.rings.ring(index).words[ring.W_THREAD_STATE] = state


# --- inside


def live(parcel: bytes) -> None:
    order, workers, things, ready, gate = pickle.loads(parcel)
    carry_out = blocking.Blocking(things)
    threads: List[threading.Thread] = []
    with output_rings.taken(order.path("output")):
        for index in workers[1:]:
            threads.append(threading.Thread(target=_live_one, args=(order, index, carry_out, ready, gate)))
            threads[-1].start()
        _live_one(order, workers[0], carry_out, ready, gate)
        for thread in threads:
            thread.join()


def _live_one(order: Order, index: int, carry_out: Any, ready: pipes.Queue, gate: pipes.Semaphore) -> None:
    waited = []

    def wait() -> None:
        waited.append(True)
        ready.put((index, threading.get_ident(), threading.get_native_id()))
        gate.acquire()

    worker.work(order, index, carry_out, wait)
    if not waited:  # it could not even get ready: the others must not wait for it
        ready.put((index, 0, 0))


# --- inside, as a pool

_task: Callable[[int], None]  # of this interpreter


def join_pool(order: Order, things: Any) -> None:
    """How an interpreter of a pool begins; its tasks follow."""
    global _task
    output_rings.take(order.path("output"))
    _task = partial(worker.work, order.under(gil.find()), carry_out=blocking.Blocking(things))


def take(index: int) -> None:
    """A task of a pool: be the worker of that number."""
    _task(index)


# --- the end


def leave_at_once() -> None:
    """End this process without taking its interpreters down; for atexit. Taking them down makes Python 3.12 hang (if a
    thread other than the main one has imported threading) or abort (OpenSSL)."""
    from ..watching import descendants

    descendants.end_below()
    os._exit(0)
