"""Strangers: threads that hold a GIL and are no workers. Which one it was at a moment, from the probe's samples of the
last half minute."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from playground.reading.holds.who_held import STRANGER
from playground.reading.rings import Records

KEEP_NS, NEAR_NS = 30 * 10**9, 5_000_000


class Strangers:
    def __init__(self) -> None:
        self._chunks: deque[Records] = deque()

    def add(self, samples: Records, lane: npt.NDArray[np.int32]) -> None:
        own = samples[lane == STRANGER]
        if len(own):
            self._chunks.append(own)
            while int(self._chunks[0]["t"][-1]) < int(own["t"][-1]) - KEEP_NS:
                self._chunks.popleft()

    @property
    def kept(self) -> Records | None:
        return np.concatenate(list(self._chunks)) if self._chunks else None

    def at(self, moment: int) -> tuple[int, int] | None:
        """Target and thread state of the nearest sample; None if none is near."""
        best, found = NEAR_NS, None
        for chunk in self._chunks:
            if int(chunk["t"][0]) - best <= moment <= int(chunk["t"][-1]) + best:
                away = np.abs(chunk["t"].astype(np.int64) - moment)
                place = int(away.argmin())
                if away[place] < best:
                    best, found = int(away[place]), (int(chunk["target"][place]), int(chunk["holder"][place]))
        return found
