"""A worker's life, from its first moment to the line that it leaves in the run's reports: the whole of it for threads
and processes (`work`); for workers that take turns, the parts that are the same (`begin`, `ops_of`)."""

from __future__ import annotations

import threading
from _thread import get_ident  # bound now: gevent may replace it later
from contextlib import suppress
from typing import Any, Callable

from ..beside import plain_messages
from ..watching import born_threads, gil, machine
from ..wire import clocks, current_worker, output_rings, ring, shelf
from ..wire.declaration import Job
from . import own_module
from .control import Stopped
from .drive import CarryOut, drive
from .order import Order
from .own_call import in_own_thread

clock = clocks.clock


def work(order: Order, index: int, carry_out: CarryOut, wait: Callable[[], object] | None = None) -> None:
    """A worker's whole life, in the thread or process that is the worker. Leaves a line in the run's reports.
    `wait`, called when all is prepared, holds it back until the others are there too."""
    result, error = None, None
    try:
        result = live(order, index, carry_out, wait)
    except Stopped:
        return
    except BaseException as problem:
        error = own_module.error_text(problem)
    if error or result is not None:
        order.mapped.report(index, result, error)


def live(order: Order, index: int, carry_out: CarryOut, wait: Callable[[], object] | None = None) -> Any:
    """Run the worker; gives the job's result."""
    own_ring, control = order.mapped.rings.ring(index), order.mapped.control
    watch = machine.ThreadWatch()
    before = current_worker.worker.set(index)
    output_rings.begin(index)
    try:
        ops = ops_of(order, index)
        if wait is not None:
            wait()
        plain_messages.before(order, index, getattr(carry_out, "things", None))
        if control.stopping or control.over(index):  # its turn comes when its time is over: it does not begin
            raise Stopped
        clocks.begin()
        used = clocks.exact()
        begin(order, own_ring, threading.get_native_id(), gil.thread_state())
        try:
            if isinstance(ops, own_module.Whole):
                result = in_own_thread(ops, own_ring, watch, control)
            else:
                result = drive(own_ring, watch, control, ops, carry_out, order.numbers)
            own_ring.words[ring.W_DONE] = 1
            return result
        except Stopped:
            close(ops)
            raise
        finally:
            own_ring.words[ring.W_CORE_WAIT] = watch.core_wait_ns()
            own_ring.words[ring.W_CPU] = clocks.exact() - used
            own_ring.end(clock())
    finally:
        output_rings.end(index)
        current_worker.worker.reset(before)  # the thread may live on: as the next worker, or as the window's own
        watch.close()


def close(ops: Any) -> None:
    """Let the job close what it keeps open, before the next worker begins."""
    with suppress(Exception):  # neither its result nor its last error is wanted any more
        getattr(ops, "close", int)()


def begin(order: Order, own_ring: ring.Ring, tid: int, thread_state: int, stamps: Any = None) -> int:
    """Write the worker's first moment into its ring, and give it. `stamps`: of a loop, as its helpers write to the same
    stream."""
    words, now = own_ring.words, clock()
    queued = words[ring.W_SINCE] if words[ring.W_STATE] == ring.TURN else 0
    words[ring.W_TOTAL], words[ring.W_IDENT] = order.total, get_ident()
    own_ring.begin(tid, thread_state, now)
    record = order.own_gil_record()
    if record is not None:
        words[ring.W_GIL_LAYOUT] = record.layout
        words[ring.W_GIL_ADDRESS] = record.address
    if queued and stamps is not None:
        stamps.stamp(own_ring.index, ring.TURN, queued, now, 0, 0, 0)
    elif queued:
        stream = order.mapped.rings.words  # begins with the first worker's header, which has a shared stream's head
        head = words if stream[ring.W_STREAMS] > 1 else stream
        place = own_ring.first + head[ring.W_HEAD] % own_ring.capacity * ring.RECORD.size
        waited = (queued, now, 0, 0, own_ring.index, ring.CORE_UNKNOWN, ring.TURN, 0, 0)
        ring.RECORD.pack_into(own_ring.block, place, *waited)
        head[ring.W_HEAD] += 1
    order.mapped.control.note_begin(now)
    return now


def ops_of(order: Order, index: int) -> Any:
    """The job's generator of ops, or an object like one; or a job that is called as a whole (own_module.Whole)."""
    job = shelf.load(Job, order.recipe["job"])
    born_threads.listen(order.path(born_threads.FILE))
    ops = job.ops(index, order.recipe.get("amount"), **order.prepared)
    if isinstance(ops, own_module.Whole):
        gil.allow_tracing(order.app)  # for the probe, which looks at its thread
    return ops
