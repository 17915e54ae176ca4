"""What the stage draws: a run as seen from here. `Reading` and `PastRun` are such runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from playground.figures.core_parts import CoreRun
from playground.reading.holds.owners import Track
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.objects import SharedObject


class StageRun(CoreRun, Protocol):
    @property
    def started(self) -> StartedThreads | None: ...  # threads that are no workers; None: nobody looks at them

    @property
    def pauses(self) -> Sequence[tuple[int, int]]: ...

    @property
    def tracks(self) -> tuple[Track, ...]: ...  # the tracks that are worth a ribbon

    @property
    def gil_note(self) -> str | None: ...  # a remark on a GIL that should not be there

    @property
    def ribbon_source(self) -> str: ...  # measured | counter | estimated | none

    @property
    def ended(self) -> bool: ...

    @property
    def started_ns(self) -> int | None: ...

    @property
    def ended_ns(self) -> int | None: ...

    def ribbon(self, edges: npt.NDArray[np.int64], track: Track | None = None) -> npt.NDArray[np.int32]: ...

    def stranger(self, moment: int) -> str: ...  # the thread, no worker, that had a GIL then

    def waited_for(self, lane: int, moment: int) -> SharedObject | None: ...  # what a worker waited for

    def life(self, lane: int) -> tuple[int, int]: ...  # when a worker began and ended; 0: not yet

    def hold_slices(self, first: int, last: int, track: Track | None = None) -> list[tuple[int, int, int]]: ...
