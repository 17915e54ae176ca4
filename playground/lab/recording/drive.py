"""The loop over the ops of a worker that may block, a thread or a process: take one, carry it out, write a record.

Most of the cost of a record is the system call that reads the thread's CPU time (0.4 µs in a tight loop, 0.9 µs between
real ops). So it is left out after an op that was as quick as undisturbed ops are: such an op ran all the time. The
error, a quarter of an op at most, is put right at the next reading, 10 ms later at the latest. A look at the operating
system (core, core wait) costs 2 µs, and is taken only when the op lost time, or every 10 ms."""

from __future__ import annotations

from typing import Any, Callable, Dict, cast

from ..watching import machine
from ..wire import clocks, ring
from ..wire.clocks import LOOK_NS, LOST_NS, SLACK_NS
from ..wire.ops import Call
from .control import Control

clock, cpu_clock = clocks.clock, clocks.cpu_clock
CarryOut = Callable[[Any], Any]


def drive(
    own_ring: ring.Ring,
    watch: machine.ThreadWatch,
    control: Control,
    ops: Any,
    carry_out: CarryOut,
    numbers: Dict[str, int],
) -> Any:
    """Run all ops to the end, or until stopped; gives the job's result. `numbers`: of what the workers share, by name.

    The writing of records can be switched off and on meanwhile: that is how its cost is measured (stamp_cost.py)."""
    words, block, task = own_ring.words, own_ring.block, own_ring.index
    command, pack, size = control.words, ring.RECORD.pack_into, ring.RECORD.size
    # local names: those of this module and of others would be looked up at each use
    bell, unstamped, run, sleeps, after = ring.C_BELL, ring.C_UNSTAMPED, ring.RUN, ring.SLEEP, ring.AFTER
    head_word, ops_word, cpu_word, line_word = ring.W_HEAD, ring.W_OPS, ring.W_CPU, ring.W_LINE
    since_word, object_word, state_word, none = ring.W_SINCE, ring.W_OBJECT, ring.W_STATE, ring.NONE
    carry_out = cast(Any, carry_out).__call__  # a method is called in half the time of an object
    first, last = own_ring.first, own_ring.first + (own_ring.capacity - 1) * size
    head, count = words[head_word], 0
    place = first + head * size
    state, heard, look_at, core, stamping = run, None, 0, ring.CORE_UNKNOWN, True
    core_wait, naps, doubt = watch.core_wait_ns(), watch.naps(), watch.doubt
    start, base = clock(), cpu_clock()
    told = 0  # CPU time that the records account for
    frame = ops.gi_frame  # of the job: its line is the one that the job has reached
    due = 0  # when a sleep is over; what comes after it is a wait of another kind
    sharing = bool(numbers)
    thing = shown = 0  # the number of the op's shared object, negative where the op gives it back; that in the header
    quick, fast, exact = 0, LOST_NS, True  # an op quicker than the first needs no look; `exact`: the CPU time was read
    try:
        op = next(ops)
        while True:
            if command[bell] != heard:
                if shown:
                    words[object_word] = shown = 0
                heard = control.attend(own_ring)
                now, used = clock(), cpu_clock() - base
                if words[state_word] == ring.PAUSED:
                    spent = max(0, used - told)
                    pack(block, place, start, now, spent, 0, task, core, ring.PAUSED, 0, 0)
                    place = place + size if place < last else first
                    head += 1
                    words[head_word] = head
                    start, told, state = now, used, ring.PAUSED
                if stamping == bool(command[unstamped]):
                    stamping = not stamping
                    start, told = now, used
            kind, called = op.kind, type(op) is Call
            words[line_word] = frame.f_lineno
            if kind == sleeps:
                words[ring.W_DUE] = due = start + int(op.seconds * 1e9) + SLACK_NS
            if sharing:
                thing = 0 if called else op.side * numbers[op.name]
                if thing != shown and (thing > 0 or shown):
                    words[object_word] = shown = thing if thing > 0 else 0
                    state = none  # it waits for another object, even if it was waiting before
            if kind != state:  # as own_ring.enter, without the call
                words[since_word] = start
                words[state_word] = state = kind
            try:
                result = op.fn(*op.args) if called else carry_out(op)
            except Exception as problem:
                if stamping:
                    end, spent = clock(), max(0, cpu_clock() - base - told)
                    now_wait, now_naps = watch.core_wait_ns(), watch.naps()
                    waited, slept, told = now_wait - core_wait, (now_naps != naps) | doubt, told + spent
                    core_wait, naps, flags = now_wait, now_naps, slept | ring.FAILED
                    pack(block, place, start, end, spent, waited, task, core, kind, flags, thing)
                    place, start = place + size if place < last else first, end
                    head += 1
                    words[head_word] = head
                op = ops.throw(problem)
                continue
            count += 1
            words[ops_word] = count
            if not stamping:
                op = ops.send(result)
                continue
            end = clock()
            wall = end - start
            if wall < quick and end < look_at and kind == run:
                exact = False
                told += wall
                pack(block, place, start, end, wall, 0, task, core, run, 0, thing)
            else:
                spent = max(0, cpu_clock() - base - told)
                waited = slept = 0
                if exact and kind == run:
                    fast = min(spent + (spent >> 2), fast + (fast >> 4) + 1000)
                quick, exact = fast if exact else 0, True
                if wall - spent > LOST_NS or end >= look_at:
                    now_wait, now_naps = watch.core_wait_ns(), watch.naps()
                    waited, core_wait = now_wait - core_wait, now_wait
                    slept, naps = (now_naps != naps) | doubt, now_naps
                    core = watch.core()
                    look_at = end + LOOK_NS
                    words[ring.W_CORE_WAIT] = core_wait
                    words[ring.W_CORE] = core
                told += spent
                words[cpu_word] = told
                if kind == sleeps and due + SLACK_NS < end:
                    pack(block, place, start, due, 0, 0, task, core, sleeps, 1, 0)
                    place = place + size if place < last else first
                    head += 1
                    start, kind = due, after
                pack(block, place, start, end, spent, waited, task, core, kind, slept, thing)
            place = place + size if place < last else first
            head += 1
            words[head_word] = head
            start = end
            op = ops.send(result)
    except StopIteration as done:
        return done.value
