"""More workers than the machine can hold are refused beforehand, with the estimate and the largest count that fits.

The machine here is a made one: 1 000 MB are free, of which 700 may be taken. The results are worked out by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from playground.hosts import HERE, Left, System
from playground.recipe import limits
from playground.recipe.limits import Room
from playground.recipe.recipe import BadRecipe, Recipe

resource = pytest.importorskip("resource")
THREADS, PROCESSES, SERIAL = (Recipe(workers=10, model=model) for model in ("threads", "processes", "serial"))
ENDLESS = resource.RLIM_INFINITY
Limit = Callable[[int, int], None]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only memory is short."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e9))
    monkeypatch.setattr(System, "tasks", lambda _: [])
    monkeypatch.setattr(System, "memory", lambda _: [])
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1024, ENDLESS))


# --- memory

SHARED_OUT = {"process-pool": {"pool_size": 10}, "processes-threads": {"processes": 10}}
HOLD = {"job": "allocate", "workers": 1000}
ROOMS = [
    ("threads of 0.15 MB", {"model": "threads"}, 4666),
    ("processes of 12 MB", {"model": "processes"}, 58),
    ("coroutines of 0.012 MB", {"model": "asyncio"}, 58_333),
    ("what a model says itself", {"model": "subinterpreters"}, 87),
    ("one after the other", {"model": "serial"}, 4666),
    ("a pool of 10 processes, then tasks", {"model": "process-pool", "knobs": {"pool_size": 10}}, 48_333),
    ("a pool of no more than 8 processes", {"model": "process-pool", "knobs": {"pool_size": 50}, "workers": 8}, 50_333),
    ("a pool of 10 threads, then tasks", {"model": "thread-pool", "knobs": {"pool_size": 10}}, 58_208),
    ("a pool that does not fit", {"model": "process-pool", "knobs": {"pool_size": 100}}, -41_666),
    ("10 processes, then threads", {"model": "processes-threads", "knobs": {"processes": 10}}, 3866),
    ("no more than 4 processes", {"model": "processes-threads", "knobs": {"processes": 10}, "workers": 4}, 4346),
    ("5 interpreters, then threads", {"model": "subinterpreters", "knobs": {"interpreters": 5}}, 4400),
    ("threads that hold 10 MB each", {**HOLD, "model": "threads"}, 68),
    ("processes that hold 40 MB each", {**HOLD, "model": "processes", "knobs": {"hold": 40}}, 13),
    ("one after the other, each holds 10 MB", {**HOLD, "model": "serial"}, 4600),
    ("a pool of 10 that hold", {**HOLD, "model": "process-pool", "knobs": {"pool_size": 10}}, 40_000),
    ("10 processes of threads that hold", {**HOLD, "model": "processes-threads", "knobs": {"processes": 10}}, 57),
]


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(("fields", "fits"), [row[1:] for row in ROOMS], ids=[row[0] for row in ROOMS])
def test_how_many_fit_into_memory(fields: dict[str, object], fits: int) -> None:
    assert limits.room(Recipe(**{"workers": 1000, **fields})).workers == fits


@pytest.mark.usefixtures("memory")
def test_the_estimate_is_told() -> None:
    assert limits.room(PROCESSES).why == "about 12 MB each, 1 000 MB of memory are free"
    assert limits.room(Recipe(model="stackless")).why == "about 0.14 MB each, 1 000 MB of memory are free"


@pytest.mark.usefixtures("memory")
def test_what_does_not_fit_is_refused_with_what_does() -> None:
    limits.check(Recipe(workers=58, model="processes"))
    with pytest.raises(BadRecipe) as refusal:
        limits.check(Recipe(workers=59, model="processes"))
    assert refusal.value.field == "workers"
    assert refusal.value.allowed == "1 to 58"
    assert str(refusal.value) == (
        "This machine can hold 58 workers as processes, not 59 (about 12 MB each, 1 000 MB of memory are free)."
    )


@pytest.mark.usefixtures("memory")
def test_what_is_less_than_none_is_told_as_none() -> None:
    with pytest.raises(BadRecipe, match="can hold 0 workers as process-pool, not 200") as refusal:
        limits.check(Recipe(workers=200, model="process-pool", knobs={"pool_size": 100}))
    assert refusal.value.allowed == "none just now"


# --- tasks and open files


@pytest.mark.usefixtures("memory")
def test_the_tightest_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(System, "tasks", lambda _: [(90, "your limit of 100 processes"), (5000, "the system's")])
    assert limits.room(PROCESSES) == Room(26, "your limit of 100 processes")
    assert limits.room(THREADS).workers == 26
    monkeypatch.setattr(System, "tasks", lambda _: [(70, "the system's")])
    assert limits.room(THREADS).workers == 6, "64 are left to the others"
    monkeypatch.setattr(System, "tasks", lambda _: [(63, "your limit of 100 processes")])
    with pytest.raises(BadRecipe, match="can hold 0 workers as threads"):
        limits.check(THREADS)


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    ("fields", "limited"),
    [
        ({"model": "threads"}, True),
        ({"model": "processes-threads"}, True),
        ({"model": "serial"}, False),
        ({"model": "asyncio"}, False),
        ({"model": "thread-pool"}, False),
    ],
)
def test_only_who_makes_a_task_of_each_worker_is_limited_in_tasks_and_files(
    fields: dict[str, str], limited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(workers=10, **fields)
    monkeypatch.setattr(System, "tasks", lambda _: [(65, "tasks")])
    assert (limits.room(recipe) == Room(1, "tasks")) == limited
    monkeypatch.setattr(System, "tasks", lambda _: [])
    monkeypatch.setattr(resource, "getrlimit", lambda which: (260, 260))
    assert (limits.room(recipe).workers == 2) == limited


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(("hard", "fits"), [(4096, 1920), (257, 0), (258, 1)])
def test_open_files_are_a_limit_too(hard: int, fits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (100, hard))
    assert limits.room(THREADS) == Room(fits, f"your limit of {hard} open files, 2 for each")


def test_systems_without_such_limits_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (100, ENDLESS))
    assert HERE.open_files() is None
    monkeypatch.setitem(sys.modules, "resource", None)
    assert HERE.open_files() is None
    limits.allow_open_files(2000)


@pytest.mark.parametrize(
    ("workers", "soft", "hard", "asked"),
    [
        (384, 1024, 500_000, None),
        (385, 1024, 500_000, (1026, 500_000)),
        (2000, 1024, 500_000, (4256, 500_000)),
        (2000, 256, 2000, (2000, 2000)),
        (2000, 256, ENDLESS, (4256, ENDLESS)),
    ],
)
def test_more_open_files_are_asked_for_where_they_are_needed(
    workers: int, soft: int, hard: int, asked: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: taken.append((which, pair)))
    limits.allow_open_files(workers)
    assert taken == ([] if asked is None else [(resource.RLIMIT_NOFILE, asked)])


def test_a_system_that_gives_no_more_files_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(which: int, pair: tuple[int, int]) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    limits.allow_open_files(1000)


# --- what a container may have


@pytest.mark.usefixtures("memory")
def test_the_memory_of_a_container_is_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    left = Left(100_000_000, "the group lab may have 512 MB")
    monkeypatch.setattr(System, "memory", lambda _: [left])
    why = "about 12 MB each, 100 MB of memory are free: the group lab may have 512 MB"
    assert limits.room(PROCESSES) == Room(5, why)
    monkeypatch.setattr(System, "memory", lambda _: [Left(-5, "full")])
    assert limits.room(PROCESSES).workers == 0


# --- this machine


def test_this_machine_holds_a_reasonable_number() -> None:
    assert limits.room(THREADS).workers > 100
    assert limits.room(PROCESSES).workers >= 2
    limits.check(Recipe(workers=2, model="processes"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems tell no limits")
def test_the_limits_of_this_system_are_read() -> None:
    most = int(Path("/proc/sys/kernel/threads-max").read_text())
    found = {why: left for left, why in HERE.tasks()}
    assert most - 50_000 < found[f"the system's limit of {most} tasks"] < most
    assert all(left > 0 for left in found.values())
