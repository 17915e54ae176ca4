"""Runs of the app as people start them, each watched from outside, alone or beside programs that keep all cores busy.

Those programs, and the plain ones, are sessions of their own, as a lab is: Linux may share out the cores by session
(autogroup), and niceness then only counts within one."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.truth.observer import Observer

ROOT = Path(__file__).resolve().parents[2]
BUSY = [sys.executable, "-S", "-c", "while True: pass"]
LIMIT_S = 60.0  # for a run beyond its own length

# Of plain programs: the model whose way of working is the same.
PLAIN_MODELS = {
    "serial": "serial",
    "threads": "threads",
    "thread-pool": "threads",
    "processes": "processes",
    "process-pool": "processes",
    "asyncio": "asyncio",
}
PLAIN_JOBS = ("primes", "mix", "sleep", "hash", "ping-pong")


@dataclass(frozen=True)
class Case:
    job: str
    model: str
    busy: bool
    workers: int = 4
    seconds: float = 2.0
    python: str = ""

    @property
    def sentence(self) -> str:
        on = f" on {self.python}" if self.python else ""
        return f"{self.workers} x {self.job} as {self.model}{on} for {self.seconds:g} s"


@dataclass
class Watched:
    """What the app told of a run, and the observer that watched it; or why there was none."""

    case: Case
    told: dict[str, Any] | None
    observer: Observer | None
    why: str = ""
    plain: dict[str, Any] | None = None


def listed(what: str) -> list[str]:
    """The names of the jobs or models that can run in a lab of this Python, as the app lists them."""
    command = [sys.executable, "main.py", "list", what, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    entries = json.loads(done.stdout)
    here = [one["name"] for one in entries if one["available"] and (what == "jobs" or "lab" in one["hosts"])]
    return [name for name in here if name != "own"]  # which needs code to run


def watched(case: Case) -> Watched:
    with busy_machine() if case.busy else contextlib.nullcontext():
        seen = watch(case)
        if seen.told is not None:
            seen.plain = plain(case)
        return seen


def watch(case: Case) -> Watched:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        command = [sys.executable, "main.py", "run", case.sentence, "--json", "--no-baseline"]
        app = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=errors)
        try:
            observer = observed(app, time.monotonic() + case.seconds + LIMIT_S)
        finally:
            if app.poll() is None:
                app.terminate()
            app.wait()
        out.seek(0)
        errors.seek(0)
        text, said = out.read(), errors.read().strip().splitlines()
    if not text:
        return Watched(case, None, None, said[-1] if said else "it said nothing")
    told = json.loads(text)
    return Watched(case, told, observer, "" if observer else "it was over before it could be watched")


def observed(app: subprocess.Popen[bytes], until: float) -> Observer | None:
    """Watches the app's lab, from its start to the end of the app."""
    lab = lab_of(app)
    if lab is None:
        return None
    observer = Observer(lab)
    observer.watch(lambda: app.poll() is not None or time.monotonic() > until)
    observer.close()
    return observer


def lab_of(app: subprocess.Popen[bytes]) -> int | None:
    """The child that is the lab: not the probe, nor one that has just been forked and is still the app by name."""
    while app.poll() is None:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{app.pid}/task").iterdir():
                for child in map(int, (task / "children").read_text().split()):
                    if b"playground.lab" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                        return child
        time.sleep(0.002)
    return None


@contextlib.contextmanager
def busy_machine() -> Iterator[None]:
    """A program for each core that only computes."""
    others = [subprocess.Popen(BUSY, start_new_session=True) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def plain(case: Case) -> dict[str, Any] | None:
    """What a plain program reaches in half the time."""
    model = PLAIN_MODELS.get(case.model)
    if case.job not in PLAIN_JOBS or model is None or case.python or (case.job, model) == ("ping-pong", "serial"):
        return None
    place = Path(__file__).with_name("plain.py")
    command = [sys.executable, str(place), case.job, model, str(case.workers), str(case.seconds / 2)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=case.seconds + LIMIT_S, start_new_session=True
    )
    figures: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return figures
