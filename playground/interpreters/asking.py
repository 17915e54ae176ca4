"""Asks a Python who it is, in a process of its own and with a time limit. The program may be anything: if it hangs,
prints rubbish without end, is too old or is gone, it is refused with the reason, and nothing of it is left running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import msgspec

from playground.interpreters.facts import InterpreterFacts
from playground.interpreters.interpreter import Interpreter
from playground.lab.asked.who_am_i import OLDEST
from playground.lab.watching import descendants
from playground.start import app_mark, command, venv_launcher, windows_job

OLDEST_PYPY = (3, 9)
LIMIT_S = 10.0  # the slowest, PyPy, takes half a second; more on a busy machine
LOOK_S = 0.02
ANSWER_BYTES = 65_536
NO_PYTHON = "is not a Python that can run a lab (no answer that makes sense)"


_numbers = count(1)


class Answer(msgspec.Struct, frozen=True):
    """What `playground.lab.asked.who_am_i` prints."""

    path: str
    version: str
    implementation: str
    free_threaded: bool
    gil_enabled: bool
    started_by: int = 0  # the number of the process that started it
    cannot: str | None = None  # why it cannot import the lab
    models: dict[str, str | None] = {}
    packages: dict[str, str] = {}
    folders: dict[str, int | None] = {}


@dataclass(frozen=True)
class Asked:
    """An interpreter, and what shows later whether the answer still holds."""

    interpreter: Interpreter
    folders: dict[str, int | None] = field(default_factory=dict)  # of its packages, with the time of their last change
    lasting: bool = True  # a second try would give the same answer


class GivenUp(Exception):
    """The app is closing: it waits for no answer."""


def ask(path: str, give_up: threading.Event | None = None) -> Asked:
    """Ask the Python at `path` who it is. Any trouble becomes the reason why it is unavailable."""
    try:
        if Path(path).is_dir():
            return _refused(path, "is a folder, not a Python", lasting=False)
        said = _said(path, give_up or threading.Event())
    except TimeoutError:
        return _refused(path, f"did not answer within {LIMIT_S:g} s", lasting=False)
    except (OSError, ValueError) as problem:  # ValueError: a name that no file can have
        return _refused(path, getattr(problem, "strerror", None) or str(problem), lasting=False)
    try:
        answer = msgspec.json.decode(said.strip().rpartition(b"\n")[2], type=Answer)
        number = tuple(int(part) for part in answer.version.split(".")[:2])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _refused(path, NO_PYTHON, lasting=bool(said))
    why = None
    oldest = OLDEST_PYPY if answer.implementation == "PyPy" else OLDEST
    if number < oldest:
        why = f"is older than {oldest[0]}.{oldest[1]}"
    elif answer.started_by not in (0, os.getpid()) and os.name == "posix":
        why = "is started by another program, a wrapper; give its own path"
    elif answer.cannot:
        why = f"cannot run a lab: {answer.cannot}"
    facts = InterpreterFacts(
        answer.path, answer.version, answer.implementation, answer.free_threaded, answer.gil_enabled
    )
    return Asked(Interpreter(path, why is None, why, facts, answer.models, answer.packages), answer.folders)


def _refused(path: str, why: str, lasting: bool) -> Asked:
    return Asked(Interpreter(path, False, why, InterpreterFacts(path=path)), lasting=lasting)


def _said(path: str, give_up: threading.Event) -> bytes:
    """What the Python printed."""
    mark = f"{app_mark.mark()}asked-{next(_numbers)}"
    # Python imports what lies in the folder that it is started in, so this one is empty
    with tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True) as folder:
        variables = command.environment(command.sources_for_others(Path(folder))) | {descendants.MARK: mark}
        process = windows_job.start(
            command.introduce_command(venv_launcher.passed_by(path, variables)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=variables,
            cwd=folder,
            start_new_session=os.name == "posix",
        )
        since = descendants.started(process.pid)
        said = bytearray()
        reader = threading.Thread(target=_read, args=(process, said), daemon=True, name="answer")
        reader.start()
        until = time.monotonic() + LIMIT_S
        try:
            while reader.is_alive():
                reader.join(LOOK_S)
                if give_up.is_set():
                    raise GivenUp
                if reader.is_alive() and time.monotonic() > until:
                    raise TimeoutError
        finally:
            _end(process, mark, since)
    return bytes(said)


def _read(process: subprocess.Popen[bytes], said: bytearray) -> None:
    """Read until the process ends or has said more than any answer holds. Runs in a thread that nobody waits for: a
    descendant outside the process group may keep the pipe open for ever."""
    assert process.stdout
    with process.stdout as pipe:
        while len(said) < ANSWER_BYTES:
            if not (piece := pipe.read(ANSWER_BYTES - len(said))):
                return
            said += piece


def _end(process: subprocess.Popen[bytes], mark: str, since: int) -> None:
    """Kill the process and its group, as it may be a script that started others; on Linux also the descendants that
    left the group."""
    left = descendants.of(process.pid, mark, since) if descendants.ABLE else {}
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    descendants.kill(left)
    process.wait()
