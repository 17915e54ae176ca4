"""Calls that a loop hands to other threads: carried out and measured there, and reported to the loop with their
result."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from ..recording.control import Control, Stopped
from ..watching import machine
from ..wire import clocks, ring
from ..wire.ops import Call


class Ran(NamedTuple):
    result: Any
    kind: int
    began: int
    ended: int
    cpu: int
    core_wait: int
    core: int
    flags: int = ring.SLEPT  # whoever waits for the GIL here gives up its core


class Watched(threading.local):
    """A watch on each thread that carries out calls."""

    def __init__(self) -> None:
        self.watch = machine.ThreadWatch()


own = Watched()


def run(op: Call, control: Control) -> Ran:
    """Carry out a call, in another thread than the loop's. A call that is still queued when the run is stopped does not
    begin."""
    if control.stopping:
        raise Stopped
    watch, core_wait = own.watch, 0
    waited, used, began = watch.core_wait_ns(), clocks.resumed(), clocks.clock()
    result = op.fn(*op.args)
    ended, cpu = clocks.clock(), clocks.cpu_clock() - used
    if ended - began - cpu > clocks.LOST_NS:
        core_wait = watch.core_wait_ns() - waited
    return Ran(result, op.kind, began, ended, cpu, core_wait, watch.core(), ring.SLEPT | watch.doubt)
