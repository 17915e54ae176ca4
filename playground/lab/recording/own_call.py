"""How a job that is called as it is (`own_module.Whole`) is carried out by workers of every kind: in a thread or
process of its own, in a loop whose workers take turns (held up meanwhile, unless the job is a coroutine), or in a
helper thread of a loop."""

from __future__ import annotations

import threading
from typing import Any, Callable

from ..watching import machine
from ..wire import ring
from ..wire.ops import Op
from .own_module import Whole, plain
from .stamps import Stamps
from .stretch import Stretch


class Await(Op):
    """Await a coroutine that stamps itself. Made here, for a job that is one."""

    __slots__ = ("stretch", "whole")
    kind = ring.TURN

    def __init__(self, whole: Whole, stretch: Stretch) -> None:
        self.whole, self.stretch = whole, stretch


def carry_out(whole: Whole, stretch: Stretch) -> Any:
    result = None
    for _ in range(whole.times):
        stretch.begin()
        try:
            result = whole.call()
        finally:
            stretch.end()
    return plain(result)


def in_own_thread(whole: Whole, own_ring: ring.Ring, watch: machine.ThreadWatch, control: Any) -> Any:
    if whole.awaited:
        raise TypeError("async def job needs a model that awaits it: asyncio")
    stamps = Stamps(control.words, own_ring, watch)
    return carry_out(whole, Stretch(own_ring, control, stamps))


def for_a_loop(whole: Whole, own_ring: ring.Ring, control: Any, stamps: Callable[[], Stamps]) -> Any:
    """Carry out the job in one of the threads that a loop has for its workers."""
    own_ring.words[ring.W_TID], own_ring.words[ring.W_IDENT] = threading.get_native_id(), threading.get_ident()
    return carry_out(whole, Stretch(own_ring, control, stamps()))
