"""A worker's order: what it has to know to begin, in whichever process; and the run's files, as its process has them
open."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Optional

from ..watching import gil
from ..wire import appending, clocks, ring
from .control import Control

clock = clocks.clock


class Order:
    """What a worker needs to know to start, small enough to be pickled to a worker process."""

    def __init__(
        self,
        directory: str,
        recipe: dict[str, Any],
        prepared: dict[str, Any],
        gil_record: gil.GilRecord | None = None,
        total: int | None = None,
        app: int = gil.NOBODY,
        numbers: dict[str, int] | None = None,
    ) -> None:
        self.directory = directory
        self.recipe = recipe
        self.prepared = prepared  # what the job calibrated, once, before the workers start
        self.gil_record = gil_record  # of the process that made the order
        self.pid = os.getpid()
        self.app = app  # the process whose probe may look at the workers
        self.total = total if total is not None else recipe.get("amount") or 0  # ops of each; 0: no end, or not known
        self.numbers = numbers or {}  # of what the workers share, by name (ops.numbers)
        self._mapped: Optional[Mapped] = None

    def __getstate__(self) -> Dict[str, Any]:
        return dict(self.__dict__, _mapped=None)  # what is mapped is mapped anew in another process

    @property
    def mapped(self) -> Mapped:
        """The run's files, mapped once per process."""
        if self._mapped is None:
            self._mapped = Mapped(self)
        return self._mapped

    def unmap(self) -> None:
        """All workers of this process have ended."""
        self._mapped = None

    def queue_all(self) -> None:
        now = clock()
        for index in range(self.recipe["workers"]):
            self.mapped.rings.ring(index).queue(now)

    def own_gil_record(self) -> gil.GilRecord | None:
        """The GIL record of this process. In another process it lies at the same offset, which is verified, not
        believed."""
        if self.gil_record is None or os.getpid() == self.pid:
            return self.gil_record
        record = gil.find(self.gil_record.offset)
        if record is not None:
            gil.allow_tracing(self.app)
        return record

    def under(self, record: gil.GilRecord | None) -> Order:
        """The same order, with the GIL record of another interpreter of this process."""
        return Order(self.directory, self.recipe, self.prepared, record, self.total, self.app, self.numbers)

    def path(self, name: str) -> str:
        return os.path.join(self.directory, name)


class Mapped:
    """The files of a run that a process has open: its rings, the control block, and the file that takes the workers'
    reports."""

    def __init__(self, order: Order) -> None:
        self.rings = ring.Rings(order.path("rings"))
        self.control = Control(order.path("control"))
        self._reports = appending.to_append(order.path("reports"), appending.APPEND | os.O_CREAT)

    def report(self, index: int, result: Any, error: str | None) -> None:
        """Append one line, in one go, as other processes append theirs."""
        line = json.dumps({"worker": index, "result": result, "error": error}, default=repr)
        os.write(self._reports, line.encode() + b"\n")

    def __del__(self) -> None:
        if hasattr(self, "_reports"):
            os.close(self._reports)
