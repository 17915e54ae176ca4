"""Starts the packaged app as a user would and waits until it has shown that it works: a run with processes, the same in
this Python from the sources it carries, and, where there is a display, its window as a picture.

python packaging/smoke.py [--build] [path of the program]"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "ConcurrencyPlayground"
PROGRAM = ROOT / "dist" / NAME / (NAME + (".exe" if os.name == "nt" else ""))
LIMIT_S = 120


def main(arguments: list[str]) -> int:
    if "--build" in arguments:
        build()
    paths = [argument for argument in arguments if not argument.startswith("--")]
    program = Path(paths[0]) if paths else PROGRAM
    print(f"{program}: {folder_mb(program.parent):.0f} MB")
    check_version(program)
    check_run(program)
    check_run(program, "--interpreter", sys.executable)
    check_window(program)
    print("the packaged app works")
    return 0


def build() -> None:
    spec = ROOT / "packaging" / f"{NAME}.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", str(spec)]
    subprocess.run(command, cwd=ROOT, check=True)


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


def check_run(program: Path, *more: str) -> None:
    answer = started(
        program, "run", "--job", "primes", "--workers", "2", "--model", "processes", "--seconds", "1", "--json", *more
    )
    result = json.loads(answer)
    ops = [worker["ops"] for worker in result["workers"]]
    if result["outcome"] != "finished" or len(ops) != 2 or not all(ops):
        sys.exit(f"{answer}\nthe run did not do what it should")


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
