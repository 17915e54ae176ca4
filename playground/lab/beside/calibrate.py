"""Finds the size of a piece of work that takes about 150 µs here: long enough that stamping it costs under half a
percent, short enough that a slice of 5 ms holds dozens."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any, Callable

from ..wire.declaration import Job
from ..wire.ops import Call, Ops, Sleep

PIECE_NS = 150_000


def calibrate(piece: Callable[[int], Any], target_ns: int = PIECE_NS, smallest: int = 1, largest: int = 1 << 24) -> int:
    """The argument with which `piece(size)` takes about `target_ns`. The fastest of a few tries counts, as noise only
    adds time. Twice the size may take three times as long, as with zlib: so the computed size is tried, and corrected
    by half."""
    size = smallest
    if sys.implementation.name == "pypy":
        warm_up(piece, smallest)
    while size < largest and min(_time(piece, size) for _ in range(3)) < target_ns / 4:
        size = min(size * 2, largest)
    for power in (1, 0.5):
        taken = min(_time(piece, size) for _ in range(5))
        size = max(smallest, min(largest, round(size * (target_ns / max(taken, 1)) ** power)))
    return size


def warm_up(piece: Callable[[int], Any], size: int, limit_ns: int = 150_000_000) -> None:
    """Run the piece for a while: a compiler that works while a program runs then makes it several times faster."""
    until = time.perf_counter_ns() + limit_ns
    while time.perf_counter_ns() < until:
        piece(size)


def _time(piece: Callable[[int], Any], size: int) -> int:
    begun = time.perf_counter_ns()
    piece(size)
    return time.perf_counter_ns() - begun


def solo_ns(ops: Ops, limit_ns: int = 12_000_000) -> int | None:
    """What one op takes when it runs alone: the median of as many as fit into 12 ms, at least three. A long sleep is
    taken at its word, as nobody wants to wait for it. Measuring ends at the first op that involves other workers; None
    if there is no op before it."""
    times: list[int] = []
    spent = 0
    with suppress(StopIteration):  # a job of a few ops
        op = next(ops)
        while len(times) < 3 or spent < limit_ns:
            if not isinstance(op, (Call, Sleep)):
                break
            if isinstance(op, Sleep) and op.seconds * 1e9 > limit_ns / 3:
                return round(op.seconds * 1e9)
            begun = time.perf_counter_ns()
            result = None
            if isinstance(op, Call):
                result = op.fn(*op.args)
            else:
                time.sleep(op.seconds)
            times.append(time.perf_counter_ns() - begun)
            spent += times[-1]
            if times[-1] > limit_ns:
                break
            op = ops.send(result)
    return sorted(times)[len(times) // 2] if times else None


def op_work(job: Job, prepared: dict[str, Any]) -> float:
    """How much one op does, in the unit that the job's `work` names. Pieces are sized to the Python at hand, so the ops
    of two Pythons cannot be compared; this can."""
    if not job.work:
        return 1.0
    if job.count_ops:  # a round takes several ops, which are not alike
        return 1 / op_count(job, 1, prepared)
    return float(prepared.get("size", 1) * job.work_each)


def op_count(job: Job, amount: int, prepared: dict[str, Any]) -> int:
    """How many ops a worker does in `amount` rounds: one each, unless the job says otherwise. 0: not known."""
    return job.count_ops(amount, **prepared) if amount and job.count_ops else amount
