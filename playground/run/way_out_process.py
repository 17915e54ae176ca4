"""The app's side of the way out of a freeze (lab/beside/way_out.py): starts that process, sends it the places of the
window and its Stop buttons, and ends it.

The UI thread may send places before the process is there and while it runs. The thread that owns the engine starts,
watches and stops the process, and never waits for it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from playground.run import answers
from playground.start import command

READY_S = 5.0  # on a busy machine; usually it takes a tenth of a second
GONE_S = 0.5
READY = "ready"
clock = time.monotonic

Place = tuple[int, int, int, int]


class WayOut:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._orders = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._kill_at = 0.0
        self._stopping = False
        self.answer: str | None = None  # READY once the process listens; else why it cannot; None: no answer yet

    def tell(self, window: int, places: Sequence[Place]) -> None:
        """Send the window and the places of its Stop buttons. Costs nothing while they are unchanged."""
        orders = json.dumps({"window": window, "places": list(places)}).encode() + b"\n"
        with self._lock:
            if orders != self._orders:
                self._orders = orders
                self._write()

    @property
    def wanted(self) -> bool:
        """Is there a window to listen for?"""
        return bool(self._orders)

    def start(self) -> None:
        """Start the process; its `answer` comes later."""
        line = [*command.way_out_command(), str(self._directory), str(os.getpid())]
        try:
            with self._lock:
                self._process = command.started(line)
                self._write()
        except OSError as problem:
            self.answer = problem.strerror or str(problem)
            return
        self._kill_at = clock() + READY_S
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True, name="way out").start()

    def _listen(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(answers.LONGEST):
                match answers.of_way_out(line):
                    case answers.Hearing():
                        self.answer = READY
                    case answers.Failed(error=words) | answers.Garbled(words=words):
                        self.answer = words
        self.answer = self.answer or "it ended without a word"

    def poll(self) -> None:
        """Kill the process if it does not answer in time, or does not end when asked to."""
        if self.answer == READY and not self._stopping:
            return
        if self._process is not None and not self.gone and clock() >= self._kill_at:
            self._process.kill()

    def _write(self) -> None:
        if self._process is not None and self._process.stdin is not None and self._orders:
            with contextlib.suppress(OSError, ValueError):  # it has ended
                self._process.stdin.write(self._orders)
                self._process.stdin.flush()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and not self._stopping else None

    @property
    def gone(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """Ask the process to end; `poll` sees to it that it does."""
        with self._lock:
            if self._process is None or self._stopping:
                return
            self._stopping, self._kill_at = True, clock() + GONE_S
            if self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
