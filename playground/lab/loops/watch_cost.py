"""What it costs to watch workers that take turns. Each of their ops goes through turns.Steps, which plain code does
without: for a coroutine that only naps this adds half of what the nap itself costs. So the lab tries it before the run:
the model's own `run`, with workers that nap for no time at all, once watched and once not. From the difference the
figures tell how much of the used cores is the recorder's.

It is measured in CPU time, which a busy machine hardly lengthens. PyPy compiles while a program runs, and would have to
be measured for seconds: there the cost is not known."""

from __future__ import annotations

import contextvars
import os
import shutil
import sys
from statistics import median
from typing import Any, List, Optional

from ..recording.order import Order
from ..watching import machine
from ..wire import clocks, ring
from ..wire.declaration import Model
from ..wire.ops import Ops, Sleep
from .turns import Steps, Turns

OPS, TRIES = 1000, 3
FEWEST, MOST = 10, 500  # workers: as many as the run has, since the data of many is in no cache
NAP = Sleep(0.0)
cpu_clock = clocks.exact


def cost_ns(directory: str, model: Model, unstamped: int, count: int, knobs: Any) -> Optional[float]:
    """The cost of watching one op; None: not known. `unstamped`: are ops not stamped?"""
    if not (model.one_loop and model.rehearses) or sys.implementation.name == "pypy" or clocks.coarse:
        return None
    count = max(FEWEST, min(count, MOST))
    both = (False, True)
    return between(
        [[_op_ns(directory, model, unstamped, count, knobs, watched) for watched in both] for _ in range(TRIES)]
    )


def between(tries: List[List[float]]) -> float:
    """How much longer an op takes when it is watched. Each try is (unwatched, watched)."""
    return max(0.0, median(watched - bare for bare, watched in tries))


def _op_ns(directory: str, model: Model, unstamped: int, count: int, knobs: Any, watched: bool) -> float:
    """CPU time of one op. It is measured in a context of its own, as workers leave their number in the context."""
    scratch = os.path.join(directory, "watching")
    os.mkdir(scratch)
    try:
        trial = Trial(scratch, unstamped, count, knobs, watched)
        contextvars.copy_context().run(model.run, trial)
        return trial.op_ns()
    finally:
        if "greenlet" in sys.modules:  # end the trial's trace of switches
            sys.modules["greenlet"].settrace(None)
        shutil.rmtree(scratch, ignore_errors=True)


class Trial:
    """The lab, as far as a model needs it."""

    stopping = False

    def __init__(self, scratch: str, unstamped: int, count: int, knobs: Any, watched: bool) -> None:
        ring.create_control(os.path.join(scratch, "control"))
        ring.create(os.path.join(scratch, "rings"), 4096, count)
        self.count, self.rounds, self.knobs, self.watched = count, max(3, OPS // count), knobs, watched
        self.recipe = {"job": "", "workers": count, "knobs": knobs}
        self.order = Order(scratch, self.recipe, {})
        self.control = self.order.mapped.control
        self.control.words[ring.C_UNSTAMPED] = unstamped
        self.shared: Any = {}
        self.marks: List[int] = []  # CPU time when all have begun, and after the rounds

    def things(self, kit: Any) -> Any:
        return {}

    def turns(self, yields: bool = False, remote: bool = False) -> Turns:
        kind = WatchedTurns if self.watched else BareTurns
        turns = kind(self.order, machine.ThreadWatch(), yields, remote)
        turns.naps = [self._first(), *(self._others() for _ in range(self.count - 1))]
        return turns

    def op_ns(self) -> float:
        begun, ended = self.marks
        return (ended - begun) / (self.count * self.rounds)

    def _others(self) -> Any:
        """The naps of all workers but the first. Unwatched code makes no op for each nap."""
        times = self.rounds + 2
        return (Sleep(0.0) for _ in range(times)) if self.watched else iter([NAP] * times)

    def _first(self) -> Ops:
        """The naps of the first worker, which notes the marks: all others have their turn between two of its naps."""
        yield NAP
        self.marks.append(cpu_clock())
        for _ in range(self.rounds):
            yield NAP
        self.marks.append(cpu_clock())
        yield NAP


class Idle(Steps):
    """A watched worker that only naps."""

    __slots__ = ("_naps",)

    def __init__(self, turns: Turns, index: int, naps: Ops) -> None:
        self._naps = naps
        super().__init__(turns, index)

    def _ops(self) -> Ops:
        return self._naps


class Bare:
    """The same worker, unwatched."""

    __slots__ = ("_naps",)

    def __init__(self, naps: Ops) -> None:
        self._naps = naps

    def next(self, result: Any = None) -> Any:
        return next(self._naps, None)

    def live(self, carry_out: Any) -> None:
        for op in self._naps:
            carry_out(op)


class WatchedTurns(Turns):
    naps: List[Ops]

    def steps(self) -> List[Any]:
        return [Idle(self, index, naps) for index, naps in enumerate(self.naps)]


class BareTurns(WatchedTurns):
    def steps(self) -> List[Any]:
        return [Bare(naps) for naps in self.naps]

    def trace(self, switched: Any = None) -> None:
        """Switches are not traced."""
