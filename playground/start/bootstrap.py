"""What happens before anything else: the first start makes `.venv` beside main.py from requirements.lock, later starts
hand over to its Python at once. An interpreter that has all the app needs (pip install, uv run, an activated
environment, the packaged app) is used as it is, and nothing is made.

`.venv` counts as ready when it holds a stamp: a copy of the lock file it was made from, written last of all. So a start
that was interrupted, a lock file that changed and a Python that was replaced are all seen by comparing one small file.
Standard library only; nothing slow is imported until it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from playground.start.start_trouble import Trouble

VERSION = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("PySide6", "pyqtgraph", "numpy", "psutil", "msgspec", "pygments", "platformdirs")

HELP = """\
usage: python3 main.py [command]
  (no command)                   open the window; the first start makes .venv with what the app needs
  run, list, bench, lesson NAME  without a window (bench and --screenshot need a display)
  --screenshot OUT.png           start, show, grab, end
  --version
All options are listed once .venv is there: start python3 main.py first."""

Main = Callable[[list[str]], int]


def prepare(argv: list[str]) -> Main | None:
    """The function that runs `argv`, or None for the window. Does not return where .venv's Python takes over."""
    if is_frozen():
        import multiprocessing

        multiprocessing.freeze_support()  # a worker process of the packaged app ends in here
    command = argv[0] if argv else ""
    if command == "lab":
        from playground.lab.__main__ import main as lab

        return lambda argv: lab(argv[1:])
    if command == "probe":
        from playground.lab.watching.probe import main as probe

        return lambda argv: probe(argv[1:])
    if command == "way-out":
        from playground.lab.beside.way_out import main as way_out

        return lambda argv: way_out(argv[1:])
    if command == "server":
        from playground.lab.server import main as server

        return lambda argv: server(argv[1:])
    if command == "--version":
        return print_version
    if command in ("-h", "--help") and not is_usable():
        return print_help
    try:
        return prepare_app(argv, window=wants_window(command))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        raise SystemExit(1) from None


def prepare_app(argv: list[str], window: bool) -> Main | None:
    if window and not is_usable():
        from playground.start import display_check

        display_check.check_display()  # rather now than after a long download
    if not is_frozen():
        use_environment([str(ROOT / "main.py"), *argv])
    if window:
        from playground.start import display_check

        display_check.check_display()
        display_check.check_libraries()
        return None
    from playground.cli.commands import main

    return main


def wants_window(command: str) -> bool:
    return command == "bench" or (command.startswith("-") and command not in ("-h", "--help")) or not command


def print_version(_argv: list[str]) -> int:
    print("Concurrency Playground", VERSION)
    return 0


def print_help(_argv: list[str]) -> int:
    print(HELP)
    return 0


# --- which interpreter --------------------------------------------------------------------------------------------


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
    hand_over(APP.made(), command)


def leave_damaged_environment(missing: list[str], command: list[str]) -> None:
    """We run inside a .venv that lost packages: start again with the Python it was made from, which makes it anew."""
    base = getattr(sys, "_base_executable", sys.executable)
    if os.name == "nt" or not APP.is_ours() or Path(base).resolve().is_relative_to(APP.directory):
        raise Trouble(
            f"{APP.directory} lacks {', '.join(missing)}.\n"
            f"Mend it with: {sys.executable} -m pip install --require-hashes -r {APP.lock}\n"
            f"or leave it (deactivate), remove it, and start again: python3 main.py"
        )
    APP.stamp.unlink(missing_ok=True)
    hand_over(Path(base), command)


def hand_over(python: Path, command: list[str]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # exec on Windows returns to the shell at once and loses the exit code
        import subprocess

        raise SystemExit(subprocess.call([str(python), *command]))
    os.execv(python, [str(python), *command])


# --- is an environment ready? -------------------------------------------------------------------------------------


class Environment:
    """A directory with a Python and what one lock file pins, and how to see whether it is whole."""

    def __init__(self, directory: Path, lock: Path, needed: tuple[str, ...]) -> None:
        self.directory = directory
        self.lock = lock
        self.needed = needed
        self.python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = directory / f"made-from-{lock.name}"
        self.sign = directory / "made-by-concurrency-playground"

    def is_ready(self) -> bool:
        try:
            return self.stamp.read_text(encoding="utf-8") == self.stamp_text() and self.python.exists()
        except OSError:
            return False

    def stamp_text(self) -> str:
        """Names the real interpreter too: a system upgrade that replaces it leaves packages that do not fit."""
        return f"{self.python.resolve()}\n{self.lock.read_text(encoding='utf-8')}"

    def is_ours(self) -> bool:
        """Whether we made it, and so may remove it. What others put there is never deleted."""
        return self.sign.exists()

    def made(self) -> Path:
        """Its Python; made first where it is not ready."""
        if not self.is_ready():
            from playground.start import environment

            environment.make(self)
        return self.python


APP = Environment(ROOT / ".venv", ROOT / "requirements.lock", NEEDED)
