"""What the stage draws from: a run as it has to look from here. `playground.run.Run` is one."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from playground.figures import RunStatistics
from playground.lanes import LaneStore
from playground.recipe import Recipe


class StageRun(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def recipe(self) -> Recipe: ...

    @property
    def lanes(self) -> LaneStore: ...

    @property
    def has_ribbon(self) -> bool: ...  # its workers share one GIL

    @property
    def ribbon_source(self) -> str: ...  # measured | counter | estimated | none

    @property
    def ended(self) -> bool: ...

    @property
    def started_ns(self) -> int | None: ...

    @property
    def ended_ns(self) -> int | None: ...

    def ribbon(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]: ...

    def gil_slices(self, first: int, last: int) -> list[tuple[int, int, int]]: ...

    def statistics(self) -> RunStatistics: ...
