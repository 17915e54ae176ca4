"""The many workers of a run that has left the stage: they are in its file, and read when somebody asks for them. While
somebody still holds them, they are not read again."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from playground.figures.records import WorkerStatistics
from playground.figures.worker_figures import Workers


class FiledWorkers(Sequence[WorkerStatistics]):
    def __init__(self, count: int, read: Callable[[], Workers]) -> None:
        self._count, self._read = count, read
        self._last: weakref.ref[Workers] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return self.workers()[index]

    def __iter__(self) -> Iterator[WorkerStatistics]:
        return iter(self.workers())

    def workers(self) -> Workers:
        found = None if self._last is None else self._last()
        if found is None:
            found = self._read()
            self._last = weakref.ref(found)
        return found
