"""Runs pip to install a package, watched from a thread: its progress in a few words, and its last line if it failed.
pip gets a process group and temporary files of its own, so that nothing is left when the user gives up."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from playground.start import arriving, command, venv_launcher, windows_job
from playground.start.arriving import package_of
from playground.start.environment import ELSEWHERE

LOOK_S = 0.1
END_S = 5.0
UNPACKING = "unpacking …"
GIVEN_UP = "given up"


def install(line: Sequence[str], tell: Callable[[str], None], given_up: threading.Event) -> str | None:
    """Run pip with this command line. Gives None once the package is there, else the reason why not. `tell` gets the
    progress."""
    with tempfile.TemporaryDirectory(prefix="concurrency-playground-pip-", ignore_cleanup_errors=True) as scratch:
        try:
            # in `scratch`: pip must not import what lies in the app's folder
            variables = _variables(scratch)
            line = [venv_launcher.passed_by(line[0], variables), *line[1:]]
            pip = arriving.started(line, variables, Path(scratch), windows_job.start, start_new_session=True)
        except OSError as problem:
            return problem.strerror or str(problem)
        said: list[str] = []
        try:
            _follow(pip, said, tell, given_up)
        finally:
            _end(pip, whole=any(progress(line) == UNPACKING for line in said))
    if pip.returncode == 0:
        return None
    return GIVEN_UP if given_up.is_set() else reason(said)


def _variables(scratch: str) -> dict[str, str]:
    own = {name: value for name, value in command.environment().items() if name not in ELSEWHERE}
    return own | {"TMPDIR": scratch, "TEMP": scratch, "TMP": scratch, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _follow(
    pip: subprocess.Popen[str], said: list[str], tell: Callable[[str], None], given_up: threading.Event
) -> None:
    tell("installing …")
    for line in arriving.lines_of(pip, LOOK_S):
        if given_up.is_set():
            return
        if line:
            said.append(line)
            if words := progress(line):
                tell(words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        pip.wait(END_S)  # pip has closed its output, and is about to end


def _end(pip: subprocess.Popen[str], whole: bool) -> None:
    """End pip with all that it has started. If it is unpacking (`whole`) it gets a moment to finish: half a package
    would look like a whole one."""
    if whole:
        with contextlib.suppress(subprocess.TimeoutExpired):
            pip.wait(END_S)
    if pip.returncode is None:  # not reaped, so the number is still pip's
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(pip.pid, signal.SIGKILL)
            else:  # pragma: no cover (Windows)
                pip.kill()
    pip.wait()


def progress(line: str) -> str:
    """What a line of pip says, in a few words; empty where that is nothing new."""
    words = line.split()
    if line.startswith(("Collecting ", "Processing ")):
        return f"fetching {package_of(words[1])} …"
    size = re.search(r"Downloading .*\(([\d.]+ [kM]?B)\)", line)
    if size and ".metadata" not in line:
        return f"fetching {Path(words[1]).name.split('-')[0]}, {size[1]} …"
    if line.lstrip().startswith("WARNING: Retrying"):
        return "no answer, trying again …"
    return UNPACKING if line.startswith("Installing collected") else ""


def reason(said: Sequence[str]) -> str:
    """pip's last word on why it failed."""
    told = [line.strip() for line in said if line.strip() and not line.startswith("[notice]")]
    errors = [line.removeprefix("ERROR: ") for line in told if line.startswith("ERROR: ")]
    return next(iter(reversed(errors or told)), "pip ended without a word")
