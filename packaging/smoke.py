"""Starts the packaged app as a user would and waits until it has shown that it works: a run of each model that it has,
processes started in each way, the same in this Python from the sources it carries, a killed app that leaves nothing,
and, where there is a display, its window as a picture.

python packaging/smoke.py [path of the program]"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "ConcurrencyPlayground"
PROGRAM = ROOT / "dist" / NAME / (NAME + (".exe" if os.name == "nt" else ""))
LIMIT_S = 120
START_METHODS = ("spawn",) if os.name == "nt" else ("spawn", "fork", "forkserver")
WITH_LAB = 4  # the app, its lab, two workers; the probe comes to them


def main(arguments: list[str]) -> int:
    program = Path(arguments[0]) if arguments else PROGRAM
    print(f"{program}: {folder_mb(program.resolve().parent):.0f} MB")
    check_version(program)
    for model in models(program):
        check_run(program, model)
    for method in START_METHODS:
        check_run(program, "processes", "--set", f"start_method={method}")
    check_run(program, "processes", "--interpreter", sys.executable)
    check_killed(program)
    check_window(program)
    print("the packaged app works")
    return 0


def folder_mb(folder: Path) -> float:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(file.stat().st_size for file in files) / 1e6


def started(program: Path, *arguments: str) -> str:
    """What it printed. It runs far from the checkout, so that it cannot find its parts there by chance."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=elsewhere,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT_S,
        )
    print(f"  {' '.join(arguments)}: exit code {done.returncode} after {time.monotonic() - began:.1f} s")
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{done.stderr}\nthe packaged app failed")
    return done.stdout


def check_version(program: Path) -> None:
    if NAME.replace("yP", "y P") not in started(program, "--version"):
        sys.exit("it does not tell its version")


def models(program: Path) -> list[str]:
    """Those that it can run, and must: all that need no other Python."""
    found = json.loads(started(program, "list", "models", "--json"))
    able = [one["name"] for one in found if one["available"] and "lab" in one["hosts"]]
    if missing := {"gevent", "greenlet", "monocle", "processes", "asyncio"} - {*able}:
        sys.exit(f"it cannot run {', '.join(sorted(missing))}")
    return able


def check_run(program: Path, model: str, *more: str) -> None:
    """A run of two workers with 20 pieces each, so that it says something however slow the machine is."""
    line = ["run", "--job", "primes", "--workers", "2", "--model", model, "--amount", "20", "--json"]
    answer = started(program, *line, *more)
    result = json.loads(answer)
    ops = [worker["ops"] for worker in result["workers"]]
    if result["outcome"] != "finished" or ops != [20, 20]:
        sys.exit(f"{answer}\nthe run did not do what it should")


def check_killed(program: Path) -> None:
    """An app that is killed leaves no process: its lab and the workers end with it."""
    line = [str(program), "run", "--job", "primes", "--workers", "2", "--model", "processes", "--seconds", "60"]
    nowhere = subprocess.DEVNULL  # Wine starts no Python that is to write to a file
    app = subprocess.Popen(line, cwd=tempfile.gettempdir(), stdin=nowhere, stdout=nowhere, stderr=nowhere)
    wait_until(lambda: len(processes_of(program)) >= WITH_LAB, "the run did not begin")
    app.kill()
    app.wait()
    wait_until(lambda: not processes_of(program), "the killed app left processes")
    print("  killed: nothing left")


def wait_until(true: Callable[[], bool], otherwise: str) -> None:
    for _ in range(LIMIT_S * 10):
        if true():
            return
        time.sleep(0.1)
    sys.exit(otherwise)


def processes_of(program: Path) -> list[int]:
    """All that run the program, by the system's list of processes."""
    if sys.platform == "win32":
        from windows import process_list

        return process_list.pids(program.name)
    said = subprocess.run(["ps", "-A", "-o", "pid=,stat=,args="], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in said.splitlines()]
    names = (str(program), str(program.resolve()))
    return [int(row[0]) for row in rows if len(row) == 3 and "Z" not in row[1] and row[2].startswith(names)]


def check_window(program: Path) -> None:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print("  not tried: the window, for there is no display")
        return
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "window.png"
        started(program, "--screenshot", str(picture))
        if not picture.read_bytes().startswith(b"\x89PNG") or picture.stat().st_size < 10_000:
            sys.exit("the picture of the window is empty")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
