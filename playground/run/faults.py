"""What goes wrong in this app with one run stays with that run: it ends as failed, once, with the reason. Who polls,
pulls or draws sixteen runs goes on with the other fifteen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playground.figures.records import FAILED, TROUBLE
from playground.run.engine import CannotStart, Engine

log = logging.getLogger(__name__)


class Faults:
    """Of one run. From any thread."""

    def __init__(self, run: int, engine: Engine) -> None:
        self.first: str | None = None
        self._run, self._engine = run, engine
        self._lock = threading.Lock()

    def note(self, doing: str, problem: Exception) -> None:
        """The first one is the reason. One that comes when the run has ended badly anyway is only in the log."""
        if not isinstance(problem, CannotStart):  # that is no defect: the run says why
            log.error("run %d: %s went wrong", self._run, doing, exc_info=problem)
        engine = self._engine
        with self._lock:
            if self.first is None and engine.outcome not in TROUBLE:
                self.first = engine.fault = words(doing, problem)
                if engine.phase == "ended":
                    engine.outcome, engine.error = FAILED, self.first

    @contextmanager
    def ends_run(self, doing: str) -> Iterator[None]:
        try:
            yield
        except Exception as problem:
            self.note(doing, problem)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """For what is done anyway when a run ends: nothing more can come of it."""
        try:
            yield
        except Exception:
            log.exception("run %d: something of it could not be put away", self._run)


def words(doing: str, problem: BaseException) -> str:
    if isinstance(problem, CannotStart):
        return str(problem)
    return f"this app failed at {doing}: {described(problem)}"


def described(problem: BaseException) -> str:
    """Its kind, and what it says."""
    said = str(problem).strip()
    return f"{type(problem).__name__}: {said}" if said else type(problem).__name__
