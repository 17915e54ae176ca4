"""What workers print inside the app goes to the output of their run; what the app itself prints goes where it always
does. Several runs may be live, so a context variable says whose code is running."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from playground.lab.wire import output_rings
from playground.run.run_folder import RunDirectory

_run: ContextVar[Printing | None] = ContextVar("run", default=None)


class Printing:
    """The output of one run."""

    def __init__(self, directory: RunDirectory) -> None:
        path = str(directory.path / "output")
        output_rings.create(path, directory.workers)
        self.stream: output_rings.Stream | None = output_rings.Stream(
            output_rings.Output(path, home=0), sys.stdout or Divided(None)
        )

    @contextmanager
    def of(self, worker: int) -> Iterator[None]:
        """Sends prints to the run's output for as long as a worker lives, in its thread."""
        before = _run.set(self)
        try:
            yield
        finally:
            if self.stream is not None:
                self.stream.end(worker)
            _run.reset(before)

    def close(self) -> None:
        """All workers have ended: closes the file."""
        self.stream = None


class Divided(io.TextIOBase):
    """Stands in for the app's `sys.stdout` or `sys.stderr`."""

    def __init__(self, under: TextIO | None) -> None:
        self.under = under  # a packaged app on Windows has no stream

    def write(self, text: str) -> int:
        run = _run.get()
        stream = (run and run.stream) or self.under
        return len(text) if stream is None else stream.write(text)

    def flush(self) -> None:
        if self.under is not None:
            self.under.flush()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self.under is None:
            raise io.UnsupportedOperation("fileno")
        return self.under.fileno()

    def close(self) -> None:
        """Does nothing: the stream is the app's, and stays open."""


def divide() -> None:
    """The first run in this app begins: output is divided."""
    if not isinstance(sys.stdout, Divided):
        sys.stdout, sys.stderr = Divided(sys.stdout), Divided(sys.stderr)


def unite() -> None:
    """The last run in this app has ended: output is the app's again."""
    if isinstance(sys.stdout, Divided):
        sys.stdout = sys.stdout.under
    if isinstance(sys.stderr, Divided):
        sys.stderr = sys.stderr.under
