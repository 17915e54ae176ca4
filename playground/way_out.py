"""The app's side of the way out of a freeze (lab/way_out.py): starts that process, tells it where the window and its
Stop buttons are, and ends it.

Orders may come from the UI thread before the process is there, and while it runs; it is started and stopped by the
thread that owns the engine."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from playground import command

READY_S = 5.0  # on a machine that is busy with something else; usually a tenth of a second
GONE_S = 0.5

Place = tuple[int, int, int, int]


class WayOut:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._orders = b""
        self._process: subprocess.Popen[bytes] | None = None

    def tell(self, window: int, places: Sequence[Place]) -> None:
        """Where Esc and clicks are to be heard. Costs nothing while that is where it was."""
        orders = json.dumps({"window": window, "places": list(places)}).encode() + b"\n"
        with self._lock:
            if orders != self._orders:
                self._orders = orders
                self._write()

    @property
    def wanted(self) -> bool:
        """Is there a window to hear for?"""
        return bool(self._orders)

    def start(self) -> str | None:
        """Why it cannot be had; None once it hears."""
        line = [*command.way_out_command(), str(self._directory), str(os.getpid())]
        try:
            with self._lock:
                self._process = subprocess.Popen(
                    line,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=command.environment(command.source_root()),
                    cwd=command.working_folder(),
                    start_new_session=os.name == "posix",
                )
                self._write()
        except OSError as problem:
            return problem.strerror or str(problem)
        return self._answer()

    def _answer(self) -> str | None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        late = threading.Timer(READY_S, process.kill)
        late.start()
        words = process.stdout.readline().decode(errors="replace").strip()
        late.cancel()
        if words == "ready":
            return None
        self.stop()
        return words or "it ended without a word"

    def _write(self) -> None:
        if self._process is not None and self._process.stdin is not None and self._orders:
            with contextlib.suppress(OSError, ValueError):  # it has ended
                self._process.stdin.write(self._orders)
                self._process.stdin.flush()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def stop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(GONE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
