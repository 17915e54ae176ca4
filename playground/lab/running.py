"""The lab as a model sees it: how many workers, their order, and `work`."""

from __future__ import annotations

import os
import traceback
from types import ModuleType
from typing import Any, Callable

from . import calibrate, gil, ring, worker


class Lab:
    """What a model sees of the run: how many workers, their order, and `work`."""

    def __init__(self, directory: str, recipe: dict[str, Any], say: Callable[..., None]) -> None:
        self.directory = directory
        self.recipe = recipe
        self.say = say
        self.knobs = recipe["knobs"]
        self.count = recipe["workers"]
        self.control = worker.Control(os.path.join(directory, "control"))
        self._order: worker.Order | None = None

    def prepare(self, job: ModuleType) -> None:
        prepared = job.prepare(calibrate.calibrate, self.knobs)
        record = gil.find()
        if record is not None:
            gil.allow_tracing()
        self._order = worker.Order(self.directory, self.recipe, prepared, record)

    @property
    def order(self) -> worker.Order:
        assert self._order is not None, "prepare comes first"
        return self._order

    def handoffs(self) -> int | None:
        """How often the GIL has changed hands in this process, by the interpreter's own count; None if unknown."""
        record = self.order.gil_record
        return None if record is None else gil.read_own(record)[2]

    @property
    def stopping(self) -> bool:
        return self.control.stopping

    def work(self, index: int, wait: Callable[[], object] | None = None) -> None:
        try:
            worker.work(self.order, index, wait)
        except Exception:  # it could not even leave a report: no descriptors, no disk
            self.say("failed", error=traceback.format_exc())

    def worker_ended(self, index: int, pid: int, exit_code: int) -> None:
        """A worker process is gone. One that was killed takes the run with it: its share of the work is lost."""
        if exit_code != 0 and not self.stopping:
            self.control.words[ring.C_COMMAND] |= ring.STOP
            self.say("worker_died", worker=index, pid=pid, exit_code=exit_code)
