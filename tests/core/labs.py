"""Real lab runs for tests: started, waited for by condition, and looked at; with jobs of a test's own.

`made_of` gives the labs of one test a copy of the lab's sources with more jobs in it, as a user does who adds files."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from playground import catalogue
from playground.lab import jobs as lab_jobs
from playground.lab import models as lab_models
from playground.lab.wire import ring, shelf
from playground.reading.rings import RingsReader
from playground.recipe.recipe import Recipe, checked
from playground.run import run_folder
from playground.run.run import Run
from playground.start import command

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60.0  # on a machine that has much else to do; what is waited for takes a moment otherwise
LINUX = sys.platform.startswith("linux")
START_METHODS = next(knob.choices for knob in catalogue.model("processes").knobs if knob.name == "start_method")

# Every way in which work is done, as (model, knobs).
WAYS = {
    "serial": ("serial", {}),
    "threads": ("threads", {}),
    **{f"processes-{method}": ("processes", {"start_method": method}) for method in START_METHODS},
}

# … and those in which processes share out more than one worker each.
POOLS = {
    **{f"processes-pooled-{method}": ("process-pool", {"start_method": method}) for method in START_METHODS},
    **{f"processes-threads-{method}": ("processes-threads", {"start_method": method}) for method in START_METHODS},
}


def recipe_of(way: str, **fields: object) -> Recipe:
    model, knobs = {**WAYS, **POOLS}[way]
    given = {"workers": 2, **fields, "model": model, "knobs": {**knobs, **fields.get("knobs", {})}}  # type: ignore[dict-item]
    return checked(Recipe(**given))


def wait_for(what: Callable[[], object], limit_s: float = LIMIT_S, why: str = "") -> None:
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until, f"did not happen in {limit_s:g} s {why}"
        time.sleep(0.005)


@contextmanager
def running(recipe: Recipe) -> Iterator[Run]:
    """A run that has been started. Whatever happens, nothing of it is left afterwards."""
    run = Run(1, recipe)
    try:
        run.start()
        yield run
    finally:
        run.abandon()


def step(run: Run) -> None:
    run.poll()
    run.pull()


def until(run: Run, what: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Polls the run until something is true. It may not end before."""

    def happened() -> bool:
        step(run)
        if what():
            return True
        assert not run.ended, f"ended before: {run.engine.outcome} {run.engine.error}"
        return False

    wait_for(happened, limit_s)


def ops(run: Run) -> int:
    return sum(run.rings.column(ring.W_OPS).tolist())


def until_all_work(run: Run) -> None:
    until(run, lambda: all(run.rings.column(ring.W_OPS).tolist()))


def to_the_end(run: Run, limit_s: float = LIMIT_S) -> Run:
    def over() -> bool:
        step(run)
        return run.ended

    wait_for(over, limit_s)
    return run


@contextmanager
def finished(recipe: Recipe, limit_s: float = LIMIT_S) -> Iterator[Run]:
    """A run that has ended, its files still there."""
    with running(recipe) as run:
        yield to_the_end(run, limit_s)


@contextmanager
def at_once(recipes: Mapping[str, Recipe], limit_s: float = LIMIT_S) -> Iterator[dict[str, Run]]:
    """Runs that mostly wait, beside each other: each has ended, its files still there."""
    runs: dict[str, Run] = {}

    def all_over() -> bool:
        under_way = [run for run in runs.values() if not run.ended]
        for run in under_way:
            step(run)
        return not under_way

    with ExitStack() as stack:
        for name, recipe in recipes.items():
            runs[name] = stack.enter_context(running(recipe))
            all_over()  # those that have begun are looked after while others start
        wait_for(all_over, limit_s)
        yield runs


# --- what a run is made of


def family(run: Run) -> list[psutil.Process]:
    """Every process of a run: the lab, its workers, fork server and resource tracker, and the probe."""
    found = []
    for pid in (run.engine.pid, run.probe.pid):
        if pid is not None and psutil.pid_exists(pid):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def left(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if lives(process)]


def in_group(leader: int | None) -> list[int]:
    """The processes of a process group that are no zombies."""
    found = []
    for pid in psutil.pids():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(pid)
    return found


def own_directories() -> list[Path]:
    home = run_folder.home()
    return [path for path in home.iterdir() if path.name.startswith(f"{os.getpid()}-")] if home.is_dir() else []


# --- models and jobs of a test's own

JOB = """
from itertools import count
from playground.lab.wire.ops import LOCK, EVENT, Acquire, Call, Fetch, Get, Put, Release, Set, Sleep, Wait
from playground.lab.wire.ops import queue, semaphore
from playground.lab.wire.declaration import Job

def numbers(amount):
    return count() if amount is None else range(amount)

{source}

said = {{field: value for field, value in globals().items() if field in Job._fields}}
JOB = Job({name!r}, {name!r}, "", order=900, unit="ops", **said)
"""


def read_again(run: Run) -> list[np.ndarray]:
    """All that the rings of a run still hold, worker by worker."""
    again = RingsReader(run.directory.rings)
    records = again.pull()
    again.close()
    return [records[records["task"] == lane] for lane in range(len(run.rings))]


def made_of(place: Path, monkeypatch: pytest.MonkeyPatch, models: Mapping[str, str] | None = None, **jobs: str) -> Path:
    """Labs started from now on, and this process, know these models and jobs too: name → source of the file, or of a
    job's `ops(worker, amount)` and what else it declares, by the names of its fields."""
    add_jobs(place, **jobs)
    lab = place / "playground" / "lab"
    for name, source in (models or {}).items():
        (lab / "models" / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(command, "source_root", lambda: place)
    monkeypatch.setattr(shelf, "_loaded", {})
    for package in (lab_jobs, lab_models):
        folder = lab / package.__name__.rpartition(".")[2]
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    for listed in (catalogue.jobs, catalogue.models):
        listed.cache_clear()
    return place


def add_jobs(place: Path, **sources: str) -> None:
    lab = place / "playground" / "lab"
    if not lab.is_dir():
        shutil.copytree(ROOT / "playground" / "lab", lab, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "playground" / "__init__.py", place / "playground")
    for name, source in sources.items():
        text = source if "JOB = " in source else JOB.format(name=name.replace("_", "-"), source=source)
        (lab / "jobs" / f"{name}.py").write_text(text, encoding="utf-8")


def forget_added() -> None:
    """After a test with models or jobs of its own."""
    for listed in (catalogue.jobs, catalogue.models):
        listed.cache_clear()
    for package in (lab_jobs, lab_models):
        known = {path.stem for path in Path(package.__path__[0]).glob("*.py")}
        for name in [name for name in sys.modules if name.startswith(package.__name__ + ".")]:
            if name.rpartition(".")[2] not in known:
                del sys.modules[name]
