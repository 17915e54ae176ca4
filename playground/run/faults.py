"""Faults of this app in handling a run stay with that run: it ends as failed, once, with the reason. A thread that
polls, pulls or draws sixteen runs goes on with the other fifteen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playground.figures.records import FAILED, TROUBLE
from playground.run.engine import CannotStart, Engine

log = logging.getLogger(__name__)


class Faults:
    """The faults of one run. May be called from any thread."""

    def __init__(self, run: int, engine: Engine) -> None:
        self.first: str | None = None
        self._run, self._engine = run, engine
        self._lock = threading.Lock()

    def note(self, doing: str, problem: Exception) -> None:
        """Note a fault. The first is the reason; a fault after the run has ended badly anyway is only logged."""
        if not isinstance(problem, CannotStart):  # a refusal is no defect: the run itself says why
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
        """Only log a fault, in the clean-up at the end of a run: it cannot change the outcome any more."""
        try:
            yield
        except Exception:
            log.exception("run %d: something of it could not be put away", self._run)


def words(doing: str, problem: BaseException) -> str:
    if isinstance(problem, CannotStart):
        return str(problem)
    return f"this app failed at {doing}: {described(problem)}"


def described(problem: BaseException) -> str:
    """An exception's type and message."""
    said = str(problem).strip()
    return f"{type(problem).__name__}: {said}" if said else type(problem).__name__
