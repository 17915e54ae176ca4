"""Which Pythons this machine has: this one, those on PATH, those of pyenv. Each is asked once who it is, with a time
limit; one that hangs, is too old or is no Python is listed with its reason."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import msgspec

from playground import command
from playground.figures import InterpreterFacts

OLDEST = (3, 8)
LIMIT_S = 5.0
ANSWER_BYTES = 65_536
_NAME = re.compile(r"^(python3?(\.\d+)?t?|pypy3?(\.\d+)?)(\.exe)?$")
_ASK = """
import json, platform, sys, sysconfig
print(json.dumps({"version": platform.python_version(), "implementation": platform.python_implementation(),
  "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
  "gil_enabled": getattr(sys, "_is_gil_enabled", lambda: True)(), "path": sys.executable}))
"""


@dataclass(frozen=True)
class Interpreter:
    path: str
    available: bool
    why: str | None
    facts: InterpreterFacts

    @property
    def title(self) -> str:
        return self.facts.short if self.facts.version else Path(self.path).name

    @property
    def note(self) -> str:
        if not self.available:
            return self.why or "unavailable"
        return "GIL" if self.facts.gil_enabled else "no GIL"


def own() -> Interpreter:
    import platform
    import sysconfig

    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    facts = InterpreterFacts(
        path=sys.executable,
        version=platform.python_version(),
        implementation=platform.python_implementation(),
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        gil_enabled=gil,
    )
    return Interpreter("", True, None, facts)


def candidates() -> list[str]:
    """Executables that look like Pythons, each file once."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders += sorted(pyenv.glob("*/bin"))
    found: dict[str, str] = {str(Path(sys.executable).resolve()): ""}
    for folder in folders:
        if "shims" in folder.parts:  # pyenv's shims only point at what is found below versions
            continue
        for path in _pythons_in(folder):
            found.setdefault(str(path.resolve()), str(path))
    return [path for path in found.values() if path]


def _pythons_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _NAME.match(path.name) and os.access(path, os.X_OK))
    except OSError:
        return []


def ask(path: str) -> Interpreter:
    """Who is it? Any trouble becomes the reason why it is unavailable."""
    try:
        answer = _answer(path)
    except TimeoutError:
        return _refused(path, f"did not answer within {LIMIT_S:g} s")
    except OSError as problem:
        return _refused(path, problem.strerror or str(problem))
    try:
        facts = msgspec.json.decode(answer.strip().rpartition(b"\n")[2], type=InterpreterFacts)
        number = tuple(int(part) for part in facts.version.split(".")[:2])
    except (msgspec.MsgspecError, ValueError):
        return _refused(path, "is not a Python that can run a lab (no answer that makes sense)")
    if number < OLDEST:
        return Interpreter(path, False, "is older than 3.8", facts)
    return Interpreter(path, True, None, facts)


def _answer(path: str) -> bytes:
    """What it printed. Whatever it is, nothing of it is left afterwards: it may be a script that starts others."""
    environment = command.environment()
    with subprocess.Popen(
        [path, "-s", "-c", _ASK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=os.name == "posix",
    ) as process:
        assert process.stdout
        limit = threading.Timer(LIMIT_S, _end, (process,))
        limit.start()
        answer = process.stdout.read(ANSWER_BYTES)
        in_time = limit.is_alive()
        limit.cancel()
        limit.join()
        _end(process)
    if not in_time:
        raise TimeoutError
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _refused(path: str, why: str) -> Interpreter:
    return Interpreter(path, False, why, InterpreterFacts(path=path))


def find() -> list[Interpreter]:
    """All of them, asked one after the other. Takes a second or so: not for the UI thread."""
    return in_order([own(), *(ask(path) for path in candidates())])


def in_order(found: list[Interpreter]) -> list[Interpreter]:
    """This Python first, then the others, newest first; unavailable ones last."""
    return sorted(found, key=lambda one: (one.path == "", one.available, _number(one)), reverse=True)


def _number(interpreter: Interpreter) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", interpreter.facts.version)[:3])
