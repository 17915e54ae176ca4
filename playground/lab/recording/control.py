"""The run's control block, as its workers see it: before each op they look at its bell, and do what it asks for."""

from __future__ import annotations

import sys
from time import sleep  # bound now: gevent may replace it later

from ..wire import clocks, ring

clock = clocks.clock
PAUSE_POLL_S = 0.02


class Stopped(Exception):
    """The run was asked to stop; or this worker's share of its time is over, and the next one's begins."""


class Control:
    """The run's control block, as one process has it mapped."""

    def __init__(self, path: str) -> None:
        self.block, self.words = ring.map_words(path, ring.CONTROL)

    @property
    def stopping(self) -> bool:
        return ring.stopping(self.words)

    def over(self, index: int) -> bool:
        """Is this worker's share of the run's time over? Workers that run one after the other have a share each."""
        return bool(self.words[ring.C_OVER] > index)

    def note_begin(self, now: int) -> None:
        """A run's length counts from when its first worker begins, not from when processes are being made."""
        if not self.words[ring.C_BEGUN]:
            self.words[ring.C_BEGUN] = now

    def attend(self, own_ring: ring.Ring) -> int:
        """Do what the control block asks for: stop, wait while paused, take over a changed knob. Gives the bell as it
        was before the last look: what comes during the look is heard the next time."""
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
