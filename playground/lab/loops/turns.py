"""Drives workers that take turns in one thread: coroutines, greenlets, generators, tasklets.

A model gets one `Steps` for each worker. `steps.next(result)` runs the worker until it has to wait, and gives the op
that it waits for; the model carries out that op in its own way and comes back with the result. All stamping happens
here.

Only one worker runs at a time, and the next one only when this one waits. A sleep lasts until it is due: from then on
its worker waited for its turn. When a socket became ready is known to within two looks of the loop (socket_polls.py).
When other waits were over is not known; they count until their worker goes on.

No moment of a worker's life is left out: what it does between two ops is its own running, as its thread runs it."""

from __future__ import annotations

import threading
from typing import Any, Callable, Generator, List, Optional

from ..recording import worker
from ..recording.control import Stopped
from ..recording.order import Order
from ..recording.own_call import Await, carry_out, for_a_loop
from ..recording.own_module import Whole, error_text
from ..recording.stamps import Stamps
from ..recording.stretch import Stretch
from ..watching import gil, machine
from ..wire import clocks, current_worker, output_rings, ring
from ..wire.clocks import LATE_NS
from ..wire.ops import TURN, Call, Op, Sleep
from . import helper_calls as remote
from .heartbeat import Beats
from .socket_polls import Polls

clock, cpu_clock = clocks.clock, clocks.cpu_clock
SHORT_NS = 50_000  # a worker that runs no longer than this between two waits is not asked for its CPU time


class Turns(Stamps):
    """What all workers of one loop share: the thread they run in, and the stream they write to."""

    def __init__(self, order: Order, watch: machine.ThreadWatch, yields: bool, remote: bool) -> None:
        clocks.begin()
        self.order = order
        self.control = order.mapped.control
        self.stream = order.mapped.rings.ring(0)
        super().__init__(self.control.words, self.stream, watch, threading.Lock() if remote else None)
        self.yields, self.remote = yields, remote
        self.tid, self.thread_state = threading.get_native_id(), gil.thread_state()
        self.beats, self.polls = Beats(self.control.words), Polls()
        self.traced = False
        self.last: Optional[Steps] = None  # the worker that went on last

    def steps(self) -> List[Steps]:
        """One `Steps` for each worker. From now on all workers wait for their turn to begin."""
        every = [Steps(self, index) for index in range(self.order.recipe["workers"])]
        now = clock()
        for one in every:
            one.ring.queue(now)
        return every

    def trace(self, switched: Optional[Callable[[Any, Any], None]] = None) -> None:
        """Have greenlet report each switch, those to a hub and to the heartbeat too, instead of counting here who goes
        on. A switch then takes 0.24 µs in place of 0.12 µs (Python 3.11; 0.32 in place of 0.16 µs on 3.13). `switched`
        is called with the greenlet that leaves and the one that goes on."""
        import greenlet

        beats, self.traced = self.beats, True
        self.control.words[ring.C_SWITCHES_TRACED] = 1

        def count(event: str, who: object) -> None:
            beats.switches += 1

        def count_and_tell(event: str, who: Any) -> None:
            beats.switches += 1
            switched(*who)  # type: ignore[misc]

        greenlet.settrace(count if switched is None else count_and_tell)

    def of_helper(self) -> Stamps:
        """Stamps for the calling thread, which carries out a job for the loop."""
        return Stamps(self.control.words, self.stream, remote.own.watch, self.lock)

    def held(self, ns: int) -> None:
        self.beats.hold(ns)


class Steps:
    """One worker, step by step."""

    __slots__ = (
        "_asked",
        "_doubt",
        "_life",
        "_numbers",
        "_ran",
        "_since",
        "_thing",
        "_turns",
        "_used",
        "_whole",
        "cpu",
        "index",
        "ring",
    )

    def __init__(self, turns: Turns, index: int) -> None:
        self.index = index
        self.ring = turns.order.mapped.rings.ring(index)
        self.cpu = 0
        self._turns, self._numbers = turns, turns.order.numbers
        self._asked = self._ran = 0
        self._since = self._used = 0  # when it went on, or its last op ended; and the thread's CPU time then
        self._thing = 0  # the shared object that its op is about
        self._doubt = 0.0  # the doubt that polls had when it began to wait
        self._whole = False  # its job is called as a whole, and stamps itself
        self._life = self._live()

    # -- for the model

    def next(self, result: Any = None) -> Optional[Op]:
        """Go on, with the result of the op that was waited for. Gives the next op to wait for; None: the worker is
        done."""
        return self._step(self._life.send, result)

    def fail(self, problem: BaseException) -> Optional[Op]:
        """As `next`, where the op that was waited for has failed."""
        return self._step(self._life.throw, problem)

    def live(self, carry_out: Callable[[Any], Any]) -> None:
        """The worker's whole life, for a model that can stop in the middle of a function: `carry_out` comes back with
        the result when an op is done, and others go on meanwhile."""
        op = self.next()
        while op is not None:
            try:
                result = carry_out(op)
            except Exception as problem:
                op = self.fail(problem)
            else:
                op = self.next(result)

    def ran(self, call: remote.Ran) -> None:
        """Another thread has carried out the call that was waited for, as `call` tells; the rest was waiting for a
        turn."""
        if self._whole:
            return
        if self._turns.stamping:
            self._turns.stamp(self.index, ring.TURN, self._asked, call.began)
            self._turns.core = call.core
            self._turns.stamp(self.index, call.kind, call.began, call.ended, call.cpu, call.core_wait, call.flags)
        self._asked = call.ended
        self.cpu += call.cpu
        self.ring.words[ring.W_CPU] = self.cpu

    # -- inside

    def _step(self, resume: Any, value: Any) -> Optional[Op]:
        turns, result, error = self._turns, None, None
        current_worker.worker.set(self.index)
        if turns.last is not self:
            turns.last = self
            if not turns.traced:
                turns.beats.switches += 1
        try:
            op: Op = resume(value)
            return op
        except StopIteration as done:
            result = done.value
            self.ring.words[ring.W_DONE] = 1
        except Stopped:
            return None
        except (Exception, SystemExit) as problem:
            error = error_text(problem)
        if error or result is not None:
            turns.order.mapped.report(self.index, result, error)
        return None

    def _live(self) -> Generator[Op, Any, Any]:
        """The worker's whole life: yields each op to wait for, and is sent its result."""
        turns, words, command = self._turns, self.ring.words, self._turns.control.words
        if turns.control.stopping:  # it comes to its turn when the run is over: it does not begin
            raise Stopped
        if not turns.control.words[ring.C_BEGUN]:
            turns.beats.begin()
        self._used = cpu_clock()
        self._since = worker.begin(turns.order, self.ring, turns.tid, turns.thread_state, turns)
        seen, count = None, 0
        try:
            ops = self._ops()
            if isinstance(ops, Whole):
                return (yield from self._live_whole(ops))
            frame: Any = ops.gi_frame  # tells the line of the job
            op = next(ops)
            while True:
                if command[ring.C_BELL] != seen:
                    seen = self._attend()
                words[ring.W_LINE] = frame.f_lineno
                try:
                    if isinstance(op, Call) and not turns.remote:
                        result = self._call(op)
                        if turns.yields:
                            yield from self._wait(TURN)
                    else:  # as _wait, but without a generator for each op
                        kind = ring.TURN if isinstance(op, Call) else op.kind  # another thread has yet to take the call
                        asked = self._leave(op, kind)
                        try:
                            result = yield op
                        except BaseException:
                            self._back(op, kind, asked, ring.FAILED)
                            raise
                        self._back(op, kind, asked)
                except Stopped:
                    raise
                except Exception as problem:
                    op = ops.throw(problem)
                    continue
                count += 1
                words[ring.W_OPS] = count
                op = ops.send(result)
        except StopIteration as done:
            return done.value
        finally:
            output_rings.end(self.index)
            if not self._whole and self._since:
                self._own_piece(clock())
            self.ring.end(clock())

    def _ops(self) -> Any:
        return worker.ops_of(self._turns.order, self.index)

    def _attend(self) -> int:
        """What the control block asks for. A pause holds the whole loop: nobody gets a turn."""
        begun = clock()
        seen = self._turns.control.attend(self.ring)
        if self.ring.words[ring.W_STATE] == ring.PAUSED:
            now = clock()
            self._own_piece(begun)
            self._turns.stamp(self.index, ring.PAUSED, begun, now)
            self._since, self._used = now, cpu_clock()
            self._turns.beats.hold(now - begun)
            self.ring.enter(ring.RUN, now)
        return seen

    def _call(self, op: Any) -> Any:
        words = self.ring.words
        words[ring.W_SINCE], words[ring.W_STATE] = self._since, op.kind  # as ring.enter, without the call
        try:
            return op.fn(*op.args)
        finally:
            flags = 0 if op.kind == ring.RUN else ring.HELD_UP
            self._piece(op.kind, cpu_clock(), clock(), flags)

    def _piece(self, kind: int, used: int, now: int, flags: int) -> None:
        """Stamp what the worker has done since it went on, or since its last op ended."""
        cpu = used - self._used
        self.cpu += cpu
        self.ring.words[ring.W_CPU] = self.cpu
        if self._turns.stamping:
            self._turns.stamp_call(self.index, kind, self._since, now, cpu, flags)
        self._since, self._used = now, used

    def _own_piece(self, now: int) -> None:
        """Stamp what the worker ran until now without being in an op."""
        if now > self._since:
            self._piece(ring.RUN, cpu_clock(), now, ring.BETWEEN)

    def _live_whole(self, whole: Whole) -> Generator[Op, Any, Any]:
        turns, self._whole = self._turns, True
        if turns.remote and not whole.awaited:
            self.ring.queue(clock())
            return (yield Call(for_a_loop, whole, self.ring, turns.control, turns.of_helper))
        stretch = Stretch(self.ring, turns.control, turns)
        if whole.awaited:
            return (yield Await(whole, stretch))
        return carry_out(whole, stretch)

    def _wait(self, op: Op) -> Generator[Op, Any, Any]:
        asked = self._leave(op, op.kind)
        try:
            return (yield op)
        finally:
            self._back(op, op.kind, asked)

    def _leave(self, op: Op, kind: int) -> int:
        """The worker waits from now on. Gives the moment with which its record begins."""
        words, begun = self.ring.words, clock()
        ran = begun - self._since
        if ran > SHORT_NS:
            self._own_piece(begun)
            ran = 0
        self._ran = ran  # so short a run is told in the record of the wait: one more record would cost as much
        self.cpu += ran
        words[ring.W_CPU] = self.cpu
        if isinstance(op, Sleep):
            words[ring.W_DUE] = begun + int(op.seconds * 1e9)
        elif kind == ring.IO:
            self._doubt = self._turns.polls.begin()
        if self._numbers:
            self._thing = thing = op.side * self._numbers[op.name]
            if thing > 0:
                words[ring.W_OBJECT] = thing
        words[ring.W_SINCE], words[ring.W_STATE] = begun, kind
        self._asked = asked = begun - ran
        return asked

    def _back(self, op: Op, kind: int, asked: int, failed: int = 0) -> None:
        """The worker comes back from its wait. `asked`: the moment with which its record begins; `failed`: FAILED if
        what it waited for was not done."""
        turns, words = self._turns, self.ring.words
        now = over = known = words[ring.W_SINCE] = clock()
        words[ring.W_STATE] = ring.RUN
        if self._thing > 0:
            words[ring.W_OBJECT] = 0
        if isinstance(op, Sleep):
            due = asked + self._ran + int(op.seconds * 1e9)
            if now > due + LATE_NS:
                over = known = due
        elif kind == ring.IO:
            known, over = turns.polls.end(asked + self._ran, self._doubt, now)
        stamping = not turns.command[ring.C_UNSTAMPED]  # as turns.stamping, without a call for each op
        if self._asked != asked:  # it ran elsewhere, and was stamped
            known = over = self._asked
        elif stamping:
            if now >= turns.core_at:
                turns.note_core(now)
            quick = kind == ring.RUN  # no wait, such as giving back a lock
            ran = known - asked if quick else self._ran
            turns.stamp(self.index, kind, asked, known, ran, 0, (not quick) | failed, self._thing)
            if known < over:
                turns.stamp(self.index, ring.TURN, known, over, 0, 0, ring.DOUBT)
        if over < now and stamping:
            turns.stamp(self.index, ring.TURN, over, now)
        self._since, self._used = now, cpu_clock()
