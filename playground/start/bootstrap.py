"""What happens before anything else: the first start makes `.venv` beside main.py from requirements.lock, later starts
hand over to its Python at once. An interpreter that has all the app needs (pip install, uv run, an activated
environment, the packaged app) is used as it is, and nothing is made. Standard library only; nothing slow is imported
until it is needed."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from playground.start.own_environment import APP, NEEDED, Environment
from playground.start.start_trouble import START, Trouble


def is_frozen() -> bool:
    return getattr(sys, "frozen", False) is True


def is_usable() -> bool:
    return is_frozen() or not missing_here() or APP.is_ready()


def missing_here(needed: tuple[str, ...] = NEEDED) -> list[str]:
    """What this interpreter lacks. Looks for the modules without importing them: a few hundred microseconds."""
    missing = [name for name in needed if find_spec(name) is None]
    if not missing and sys.version_info < (3, 12) and has_broken_qt():
        missing = ["PySide6"]
    return missing


def has_broken_qt() -> bool:
    """PySide6 6.12.0 aborts within seconds on Python 3.10 and 3.11, so such an interpreter does not count."""
    spec = find_spec("PySide6")
    places = spec.submodule_search_locations if spec else None
    return any((Path(place).parent / "pyside6_essentials-6.12.0.dist-info").is_dir() for place in places or ())


def use_environment(command: list[str]) -> None:
    """Returns when this interpreter has what the app needs; otherwise .venv's takes over with `command`."""
    missing = missing_here()
    if not missing:
        return
    if not APP.lock.is_file():
        raise Trouble(
            f"Concurrency Playground lacks {', '.join(missing)} in {sys.prefix}.\n"
            f"Mend it with: {sys.executable} -m pip install --force-reinstall concurrency-playground"
        )
    if Path(sys.prefix).resolve() == APP.directory.resolve():
        leave_damaged_environment(missing, command)
    hand_over(ready_python(APP), command)


def leave_damaged_environment(missing: list[str], command: list[str]) -> None:
    """We run inside a .venv that lost packages: start again with the Python it was made from, which makes it anew."""
    base = getattr(sys, "_base_executable", sys.executable)
    if os.name == "nt" or not APP.is_ours() or Path(base).resolve().is_relative_to(APP.directory):
        raise Trouble(
            f"{APP.directory} lacks {', '.join(missing)}.\n"
            f"Mend it with: {sys.executable} -m pip install --require-hashes -r {APP.lock}\n"
            f"or leave it (deactivate), remove it, and start again: {START}"
        )
    APP.stamp.unlink(missing_ok=True)
    hand_over(Path(base), command)


def hand_over(python: Path, command: list[str]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # exec on Windows returns to the shell at once and loses the exit code
        from playground.start import windows_job

        raise SystemExit(windows_job.call_as_ours([str(python), *command]))
    os.execv(python, [str(python), *command])


def ready_python(environment: Environment) -> Path:
    """The environment's Python; made first where it is not ready."""
    if not environment.is_ready():
        from playground.start.environment import make

        make(environment)
    return environment.python
