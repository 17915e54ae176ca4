"""The parent side of the GIL probe. If the probe fails, the reason is kept and the run goes on without it. Nobody waits
for the probe to end."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO

from playground.run import answers
from playground.run.lab_session import how_it_ended
from playground.run.run_folder import RunDirectory
from playground.start import command

POLITE_S = 0.2
clock = time.monotonic


class Probe:
    def __init__(self, directory: RunDirectory, start: Callable[[], list[str]] = command.probe_command) -> None:
        """`start` gives the command line of the probe."""
        self.directory = directory
        self._start = start
        self.why_not: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._kill_at: float | None = None  # set once the probe has been asked to end

    def start(self) -> None:
        line = [*self._start(), str(self.directory.path), str(self.directory.workers)]
        line += ["--parent", str(os.getpid()), "--place", str(self.directory.place)]
        try:
            self._process = command.started(line)
        except OSError as problem:
            self.why_not = f"the probe cannot be started: {problem.strerror or problem}"
            return
        assert self._process.stdout
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True, name="probe").start()

    def _listen(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(answers.LONGEST):
                match answers.of_probe(line):
                    case answers.Failed(error=words) | answers.Garbled(words=words):
                        self.why_not = words

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def poll(self) -> None:
        """Notice a probe that died without a reason, and kill one that does not end when asked to."""
        if self._process is None or (self.running and self._kill_at is None):
            return
        if self._kill_at is None:
            code = self._process.returncode
            if code and not self.why_not:
                self.why_not = f"the probe {how_it_ended(code)}"
        elif self.running and clock() >= self._kill_at:
            self._process.kill()

    def stop(self) -> None:
        """Ask the probe to end; `poll` sees to it that it does."""
        if self._process is not None and self._kill_at is None:
            self._kill_at = clock() + POLITE_S
            if self._process.stdin:
                with contextlib.suppress(OSError):  # it has ended
                    self._process.stdin.write(b"\n")  # without a line the probe would think that this app is ending
                    self._process.stdin.close()
