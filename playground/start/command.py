"""How to start this project's own processes: with any Python from the checkout, or from a frozen app."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from playground.start import venv_launcher, windows_job
from playground.start.bootstrap import is_frozen

INSTALLED = {"site-packages", "dist-packages"}
GIL_OPTIONS = {"default": [], "on": ["-X", "gil=1"], "off": ["-X", "gil=0"]}


def source_root() -> Path:
    """The folder from which another Python can import playground.lab: the checkout, or the sources in a frozen app."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "lab_source" if bundle else Path(__file__).resolve().parents[2]


def sources_for_others(folder: Path) -> Path:
    """As `source_root`, for another Python. Where pip has installed the app, its sources stand among packages made for
    this Python alone, which another one must not find: then a link in `folder` shows it the sources and nothing
    else."""
    root = source_root()
    if not INSTALLED & set(root.parts):
        return root
    link = folder / "sources" / "playground"
    if not link.exists():
        link.parent.mkdir(exist_ok=True)
        try:
            link.symlink_to(root / "playground", target_is_directory=True)
        except OSError:  # Windows, where links need a right
            shutil.copytree(root / "playground", link)
    return link.parent


def lab_command(interpreter: str = "", gil: str = "default") -> list[str]:
    """The command that starts a lab. `gil` is a knob: on or off, for a free-threaded Python; worker processes start
    with the same."""
    if is_frozen() and not interpreter:
        return [sys.executable, "lab"]
    return [interpreter or sys.executable, *GIL_OPTIONS[gil], "-u", "-s", "-m", "playground.lab"]


def introduce_command(interpreter: str) -> list[str]:
    """The command that makes a Python say who it is."""
    return [interpreter, "-u", "-s", "-m", "playground.lab.asked.who_am_i"]


def probe_command() -> list[str]:
    return _own_command("probe", "playground.lab.watching.probe")


def way_out_command() -> list[str]:
    return _own_command("way-out", "playground.lab.beside.way_out")


def _own_command(name: str, module: str) -> list[str]:
    """The command of a process that our own Python runs: `name` starts it in a frozen app."""
    return [sys.executable, name] if is_frozen() else [sys.executable, "-S", "-s", "-m", module]


def started(
    line: Sequence[str],
    variables: Mapping[str, str] | None = None,
    folder: str = "",
    errors: int = subprocess.DEVNULL,
    job: windows_job.Job | None = None,
) -> subprocess.Popen[bytes]:
    """Start one of our own processes, with a pipe to it and one from it. While the first is open, the process knows
    that this app lives. It gets `variables` and starts in `folder`; if these are not given, as our own Python needs
    them. On Windows it is in `job`, else in that of this app."""
    variables = dict(environment(source_root()) if variables is None else variables)
    python = line[0] if is_frozen() else venv_launcher.passed_by(line[0], variables)
    return windows_job.start(
        [python, *line[1:]],
        job,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=variables,
        # `python -m` imports from its folder first, and the app may have been started in a folder of somebody else's
        # files; in this one lies nothing but the app
        cwd=folder or source_root(),
        start_new_session=os.name == "posix",
    )


def environment(sources: Path | None = None) -> dict[str, str]:
    """The user's environment variables without Python's own, and with `sources` on the path if they are given. Apart
    from these, the lab's Python finds only its own packages."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    own.pop(venv_launcher.VARIABLE, None)  # it would make any Python one of the environment in which this app runs
    if is_frozen():
        restore_libraries(own)
    if sources is not None:
        own["PYTHONPATH"] = str(sources)
    return own | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}


def restore_libraries(variables: dict[str, str]) -> None:
    """Undo what PyInstaller did to the library path: it puts the frozen app's libraries before the system's, so that
    another Python would load the app's OpenSSL in place of its own, and keeps the old value under another name. The app
    itself, started anew, puts its libraries there again."""
    bundle = str(getattr(sys, "_MEIPASS", ""))
    for name in ("LD_LIBRARY_PATH", "LIBPATH"):
        before = variables.pop(f"{name}_ORIG", None)
        if before is not None:
            variables[name] = before
        elif bundle in variables.get(name, "").split(os.pathsep):
            del variables[name]
