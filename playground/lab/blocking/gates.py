"""Threads that begin together. A thread that gets ready while others work loses the GIL at each of its system calls,
and has to queue for it again: with 64 threads that added up to 20 s. So each waits at a gate of its own until all are
there."""

from __future__ import annotations

from threading import Lock, Thread
from typing import Any, Callable, Iterable, List

from ..recording import worker
from ..recording.drive import CarryOut
from ..recording.order import Order


class Gates:
    """They open at the end of the `with` block in which the threads are started."""

    def __init__(self) -> None:
        self._closed: List[Lock] = []

    def one(self) -> Callable[[], object]:
        """What a thread calls to wait."""
        gate = Lock()
        gate.acquire()
        self._closed.append(gate)
        return gate.acquire

    def __enter__(self) -> Gates:
        return self

    def __exit__(self, *problem: object) -> None:
        for gate in self._closed:
            gate.release()


def work(order: Order, indices: Iterable[int], carry_out: CarryOut) -> None:
    """The whole lives of these workers, as threads of the process or interpreter that calls this."""
    threads = []
    with Gates() as gates:
        for index in indices:
            arguments: Any = (order, index, carry_out, gates.one())
            threads.append(Thread(target=worker.work, args=arguments, name="worker %d" % index))
            threads[-1].start()
    for thread in threads:
        thread.join()
