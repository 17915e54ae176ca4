"""The parent side of the GIL probe. A probe that fails is switched off with its reason; the run goes on without it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from typing import IO

from playground import command
from playground.directory import RunDirectory
from playground.session import how_it_ended


class Probe:
    def __init__(self, directory: RunDirectory) -> None:
        self.directory = directory
        self.why_not: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    def start(self) -> None:
        line = [*command.probe_command(), str(self.directory.path), str(self.directory.workers)]
        line += ["--parent", str(os.getpid())]
        try:
            self._process = subprocess.Popen(
                line,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=command.environment(command.source_root()),
                cwd=command.working_folder(),
                start_new_session=os.name == "posix",
            )
        except OSError as problem:
            self.why_not = f"the probe cannot be started: {problem.strerror or problem}"
            return
        assert self._process.stdout
        self._thread = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True, name="probe")
        self._thread.start()

    def _listen(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and event.get("event") == "failed":
                    self.why_not = str(event.get("reason"))

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def poll(self) -> None:
        """Notice a probe that died without a word."""
        if self._process is not None and not self.running and not self.why_not and not self._stopping:
            code = self._process.returncode
            if code:
                self.why_not = f"the probe {how_it_ended(code)}"

    def stop(self) -> None:
        self._stopping = True
        process = self._process
        if process is None:
            return
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
        until = time.monotonic() + 0.2
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        if process.poll() is None:
            process.kill()
            process.wait()
        if self._thread:
            self._thread.join(timeout=1.0)
        if process.stdout:
            process.stdout.close()
