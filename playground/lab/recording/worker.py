"""Driving one worker: take its job's ops one by one, carry each out, stamp it into the worker's ring.

`drive` is for workers that may block: threads and processes. Most of what a stamp costs is the system call that reads
the thread's CPU time (0.4 µs in a tight loop, 0.9 µs between real ops). So it is left out after an op that was as quick
as such ops are when nothing disturbs them: it ran all the time. What that leaves unseen, a quarter of an op at most, is
put right at the next reading, 10 ms later at the latest. A look at the operating system (core, core wait) costs 2 µs
and is taken only when the op lost time or every 10 ms."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from _thread import get_ident  # as it is now: gevent may put its own in its place
from contextlib import suppress
from typing import Any, Callable, Dict, Optional

from ..beside import plain_messages
from ..watching import born_threads, gil, machine
from ..wire import appending, clocks, current_worker, output_rings, ring, shelf
from ..wire.declaration import Job
from ..wire.ops import Call
from . import own_module
from .own_call import in_own_thread

clock, cpu_clock = clocks.clock, clocks.cpu_clock
sleep = time.sleep  # as it is now: gevent may put its own in its place

SLACK_NS = ring.SLACK_NS
LOST_NS = 30_000  # an op whose wall time exceeds its CPU time by more was kept waiting: find out by what
LOOK_NS = 10_000_000  # look at the core at least this often
PAUSE_POLL_S = 0.02

CarryOut = Callable[[Any], Any]


class Stopped(Exception):
    """The run was asked to stop; or this worker's share of its time is over, and it is the next one's turn."""


class Order:
    """What a worker needs to know to start, small enough to be pickled to a worker process."""

    def __init__(
        self,
        directory: str,
        recipe: dict[str, Any],
        prepared: dict[str, Any],
        gil_record: gil.GilRecord | None = None,
        total: int | None = None,
        app: int = gil.NOBODY,
    ) -> None:
        self.directory = directory
        self.recipe = recipe
        self.prepared = prepared  # what the job calibrated, once, before the workers start
        self.gil_record = gil_record  # of the process that made the order
        self.pid = os.getpid()
        self.app = app  # whose probe may look at the workers
        self.total = total if total is not None else recipe.get("amount") or 0  # ops of each; 0: endless, or not known
        self._mapped: Optional[Mapped] = None

    def __getstate__(self) -> Dict[str, Any]:
        return dict(self.__dict__, _mapped=None)  # what is mapped is mapped anew in another process

    @property
    def mapped(self) -> Mapped:
        """The run's files, mapped once per process."""
        if self._mapped is None:
            self._mapped = Mapped(self)
        return self._mapped

    def unmap(self) -> None:
        """All workers of this process have ended."""
        self._mapped = None

    def queue_all(self) -> None:
        now = clock()
        for index in range(self.recipe["workers"]):
            self.mapped.rings.ring(index).queue(now)

    def own_gil_record(self) -> gil.GilRecord | None:
        """The GIL record of this process: another one has it at the same offset, which is verified, not believed."""
        if self.gil_record is None or os.getpid() == self.pid:
            return self.gil_record
        record = gil.find(self.gil_record.offset)
        if record is not None:
            gil.allow_tracing(self.app)
        return record

    def under(self, record: gil.GilRecord | None) -> Order:
        """The same, for workers in another interpreter of this process."""
        return Order(self.directory, self.recipe, self.prepared, record, self.total, self.app)

    def path(self, name: str) -> str:
        return os.path.join(self.directory, name)


class Mapped:
    """What a process has open of a run: its rings, the control block, and the file that takes the workers' reports."""

    def __init__(self, order: Order) -> None:
        self.rings = ring.Rings(order.path("rings"))
        self.control = Control(order.path("control"))
        self._reports = appending.to_append(order.path("reports"), appending.APPEND | os.O_CREAT)

    def report(self, index: int, result: Any, error: str | None) -> None:
        """One line, appended in one go: other processes append theirs."""
        line = json.dumps({"worker": index, "result": result, "error": error}, default=repr)
        os.write(self._reports, line.encode() + b"\n")

    def __del__(self) -> None:
        if hasattr(self, "_reports"):
            os.close(self._reports)


class Control:
    """The run's control block, as seen by one worker. Its bell is looked at before each op."""

    def __init__(self, path: str) -> None:
        self.block, self.words = ring.map_words(path)

    @property
    def stopping(self) -> bool:
        return ring.stopping(self.words)

    def over(self, index: int) -> bool:
        """Workers that run one after the other have each a share of the run's time: is that of this one over?"""
        return bool(self.words[ring.C_OVER] > index)

    def note_begin(self, now: int) -> None:
        """A run's length counts from when its first worker begins, not from when processes are being made."""
        if not self.words[ring.C_BEGUN]:
            self.words[ring.C_BEGUN] = now

    def attend(self, own_ring: ring.Ring) -> int:
        """Do what the control block asks for: stop, wait while paused, take over a changed knob. Gives the bell as it
        was before: what comes while this looks is heard the next time."""
        words = self.words
        paused_at = 0
        while True:
            bell = words[ring.C_BELL]
            if self.stopping or self.over(own_ring.index):
                raise Stopped
            if not words[ring.C_PAUSE]:
                break
            if not paused_at:
                paused_at = clock()
                own_ring.enter(ring.PAUSED, paused_at)
            sleep(PAUSE_POLL_S)
        apply_switch_interval(words[ring.C_SWITCH_INTERVAL])
        return bell


def apply_switch_interval(nanoseconds: int) -> None:
    if nanoseconds and hasattr(sys, "setswitchinterval") and sys.getswitchinterval() != nanoseconds / 1e9:
        sys.setswitchinterval(nanoseconds / 1e9)


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
    """The job's result."""
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
        used = clocks.exact()
        begin(order, own_ring, threading.get_native_id(), gil.thread_state())
        try:
            if isinstance(ops, own_module.Whole):
                result = in_own_thread(ops, own_ring, watch, control)
            else:
                result = drive(own_ring, watch, control, ops, carry_out)
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
    """What a job keeps open it closes now, before the next worker begins."""
    with suppress(Exception):  # its result is not wanted any more, and so is its last trouble
        getattr(ops, "close", int)()


def begin(order: Order, own_ring: ring.Ring, tid: int, thread_state: int, stamps: Any = None) -> int:
    """The worker's first moment, in its ring. Gives it. `stamps`: of a loop, whose helpers write to the same stream."""
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
        stream = order.mapped.rings.words  # its first words are those of the first worker, who counts for a stream
        head = words if stream[ring.W_STREAMS] > 1 else stream
        place = own_ring.first + head[ring.W_HEAD] % own_ring.capacity * ring.RECORD.size
        ring.RECORD.pack_into(own_ring.block, place, queued, now, 0, 0, own_ring.index, ring.CORE_UNKNOWN, ring.TURN, 0)
        head[ring.W_HEAD] += 1
    order.mapped.control.note_begin(now)
    return now


def ops_of(order: Order, index: int) -> Any:
    """A generator of ops, or what is as good; or what is called as a whole (own.Whole)."""
    job = shelf.load(Job, order.recipe["job"])
    born_threads.listen(order.path(born_threads.FILE))
    ops = job.ops(index, order.recipe.get("amount"), **order.prepared)
    if isinstance(ops, own_module.Whole):
        gil.allow_tracing(order.app)  # for the probe, which looks at its thread
    return ops


def drive(own_ring: ring.Ring, watch: machine.ThreadWatch, control: Control, ops: Any, carry_out: CarryOut) -> Any:
    """Run all ops to the end (gives the job's result) or until stopped.

    Stamping can be switched off and on while this runs; that is how its cost is measured."""
    words, block, task = own_ring.words, own_ring.block, own_ring.index
    command, pack, size = control.words, ring.RECORD.pack_into, ring.RECORD.size
    first, last = own_ring.first, own_ring.first + (own_ring.capacity - 1) * size
    head, count = words[ring.W_HEAD], 0
    place = first + head * size
    state, seen, look_at, core, stamping = ring.RUN, None, 0, ring.CORE_UNKNOWN, True
    core_wait, naps, doubt = watch.core_wait_ns(), watch.naps(), watch.doubt
    start, base = clock(), cpu_clock()
    told = 0  # CPU time that the records tell of
    frame = ops.gi_frame  # of the job: tells the line it has come to
    due = 0  # when a sleep is over; what comes after it is a wait of another kind
    quick, fast, exact = 0, LOST_NS, True  # how quick an op has to be to need no look; what is known of that
    try:
        op = next(ops)
        while True:
            if command[0] != seen:
                seen = control.attend(own_ring)
                now, used = clock(), cpu_clock() - base
                if words[ring.W_STATE] == ring.PAUSED:
                    spent = max(0, used - told)
                    pack(block, place, start, now, spent, 0, task, core, ring.PAUSED, 0)
                    place = place + size if place < last else first
                    head += 1
                    words[5] = head
                    start, told, state = now, used, ring.PAUSED
                if stamping == bool(command[ring.C_UNSTAMPED]):
                    stamping = not stamping
                    start, told = now, used
            kind = op.kind
            words[21] = frame.f_lineno
            if kind == 2:
                words[22] = due = start + int(op.seconds * 1e9) + SLACK_NS
            if kind != state:
                own_ring.enter(kind, start)
                state = kind
            try:
                result = op.fn(*op.args) if op.__class__ is Call else carry_out(op)
            except Exception as problem:
                if stamping:
                    end, spent = clock(), max(0, cpu_clock() - base - told)
                    now_wait, now_naps = watch.core_wait_ns(), watch.naps()
                    waited, slept, told = now_wait - core_wait, (now_naps != naps) | doubt, told + spent
                    core_wait, naps = now_wait, now_naps
                    pack(block, place, start, end, spent, waited, task, core, kind, slept)
                    place, start = place + size if place < last else first, end
                    head += 1
                    words[5] = head
                op = ops.throw(problem)
                continue
            count += 1
            words[11] = count
            if not stamping:
                op = ops.send(result)
                continue
            end = clock()
            wall = end - start
            if wall < quick and end < look_at and kind == 1:
                exact = False
                told += wall
                pack(block, place, start, end, wall, 0, task, core, 1, 0)
            else:
                spent = max(0, cpu_clock() - base - told)
                waited = slept = 0
                if exact and kind == 1:
                    fast = min(spent + (spent >> 2), fast + (fast >> 4) + 1000)
                quick, exact = fast if exact else 0, True
                if wall - spent > LOST_NS or end >= look_at:
                    now_wait, now_naps = watch.core_wait_ns(), watch.naps()
                    waited, core_wait = now_wait - core_wait, now_wait
                    slept, naps = (now_naps != naps) | doubt, now_naps
                    core = watch.core()
                    look_at = end + LOOK_NS
                    words[14] = core_wait
                    words[17] = core
                told += spent
                words[13] = told
                if kind == 2 and due + SLACK_NS < end:
                    pack(block, place, start, due, 0, 0, task, core, 2, 1)
                    place = place + size if place < last else first
                    head += 1
                    start, kind = due, 7
                pack(block, place, start, end, spent, waited, task, core, kind, slept)
            place = place + size if place < last else first
            head += 1
            words[5] = head
            start = end
            op = ops.send(result)
    except StopIteration as done:
        return done.value


def measure_stamp_ns(directory: str) -> float:
    """What one stamp costs here: the figure behind `recorder_cost`."""
    path = os.path.join(directory, "stamps.ring")
    ring.create(path, 64)
    rings = ring.Rings(path)
    scratch = rings.ring(0)
    try:
        words, block, pack, rounds = scratch.words, scratch.block, ring.RECORD.pack_into, 300
        begun = clock()
        for head in range(rounds):
            end, used = clock(), cpu_clock()
            pack(block, 256 + head % 64 * 40, begun, end, used, 0, 0, 1, 1, 0)
            words[5] = words[11] = head
            words[13] = used
        cost = (clock() - begun) / rounds
    finally:
        scratch.words.release()
        rings.words.release()
        rings.block.close()  # Windows removes no file that is mapped
        os.unlink(path)
    return cost
