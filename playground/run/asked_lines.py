"""Asked lines: while somebody looks at the code, the app asks a run three times a second at which line each of its
plain functions is. A worker that waits for a lock is asked only once: a thread has to run to answer, and a deadlock is
recognised by no thread running (stuck.py)."""

from __future__ import annotations

import os
from contextlib import suppress

import numpy as np

from playground.lab.recording import noted_lines
from playground.lab.wire import ring
from playground.reading.lanes.store import MANY
from playground.reading.reading import Reading
from playground.reading.rings import RingsReader
from playground.reading.states import EMPTY, LOCK

EVERY_NS = 300_000_000


class AskedLines:
    def __init__(self, rings: RingsReader, reading: Reading) -> None:
        self._rings, self._reading = rings, reading
        self._asked_at = 0
        self._waiting: set[int] = set()  # lanes that waited for a lock when they were last asked

    def ask(self, now: int) -> None:
        """Ask the workers of a run that is running, if it is time to."""
        if noted_lines.SIGNAL is None or len(self._rings) > MANY or now - self._asked_at < EVERY_NS:
            return
        self._asked_at = now
        for pid in self._processes(now):
            with suppress(OSError):  # it has just ended
                os.kill(pid, noted_lines.SIGNAL)

    def _processes(self, now: int) -> set[int]:
        states = self._reading.lanes.states_now(min(now, self._reading.pulled_ns))
        before, self._waiting = self._waiting, set(np.flatnonzero(states == LOCK).tolist())
        asked = [lane for lane in np.flatnonzero(states != EMPTY).tolist() if lane not in before & self._waiting]
        headers = self._rings.headers[asked]
        alive = (headers[:, ring.W_ENDED] == 0) & (headers[:, ring.W_PLACE] == ring.HERE)
        return set(headers[alive, ring.W_PID].astype(np.int64).tolist()) - {0, os.getpid()}
