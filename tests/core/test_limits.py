"""More workers than the machine can hold are refused beforehand, with the estimate and the largest count that fits."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import psutil
import pytest

from playground import limits
from playground.lab.models import stackless
from playground.lab.models.subinterpreters import EACH_MB
from playground.recipe import BadRecipe, Recipe

resource = pytest.importorskip("resource")
THREADS, PROCESSES, SERIAL = (Recipe(workers=10, model=model) for model in ("threads", "processes", "serial"))


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e9))
    monkeypatch.setattr(limits, "_task_limits", list)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1024, resource.RLIM_INFINITY))


@pytest.mark.usefixtures("memory")
def test_memory_sets_how_many_processes_fit() -> None:
    fits = limits.room(PROCESSES)
    assert fits.workers == int(1000 * limits.MEMORY_PART / limits.PROCESS_MB)
    assert "12 MB each" in fits.why
    assert "1,000 MB" in fits.why
    assert limits.room(THREADS).workers > 20 * fits.workers


@pytest.mark.usefixtures("memory")
def test_workers_that_take_turns_need_little_unless_their_model_says_more() -> None:
    assert limits.room(Recipe(model="generators")).workers == int(1000 * limits.MEMORY_PART / limits.TURN_MB)
    fits = limits.room(Recipe(model="stackless"))
    assert fits.workers == int(1000 * limits.MEMORY_PART / stackless.EACH_MB)
    assert f"{stackless.EACH_MB:g} MB each" in fits.why


@pytest.mark.usefixtures("memory")
def test_of_a_pool_its_processes_count_and_not_its_tasks() -> None:
    pool = limits.room(Recipe(workers=1000, model="process-pool", knobs={"pool_size": 10}))
    assert pool.workers == int((1000 * limits.MEMORY_PART - 10 * limits.PROCESS_MB) / limits.TURN_MB)
    hybrid = limits.room(Recipe(workers=1000, model="processes-threads", knobs={"processes": 10}))
    assert hybrid.workers == int((1000 * limits.MEMORY_PART - 10 * limits.PROCESS_MB) / limits.THREAD_MB)
    none_fits = limits.room(Recipe(workers=1000, model="process-pool", knobs={"pool_size": 100}))
    assert none_fits.workers < 0


@pytest.mark.usefixtures("memory")
def test_interpreters_need_memory_of_their_own() -> None:
    assert limits.room(Recipe(model="subinterpreters")).workers == int(1000 * limits.MEMORY_PART / EACH_MB)
    spread = limits.room(Recipe(workers=1000, model="subinterpreters", knobs={"interpreters": 5}))
    assert spread.workers == int((1000 * limits.MEMORY_PART - 5 * EACH_MB) / limits.THREAD_MB)


@pytest.mark.usefixtures("memory")
def test_what_does_not_fit_is_refused_with_what_does(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = limits.room(PROCESSES).workers
    limits.check(Recipe(workers=fits, model="processes"))
    with pytest.raises(BadRecipe) as refusal:
        limits.check(Recipe(workers=fits + 1, model="processes"))
    assert refusal.value.field == "workers"
    for part in (f"is {fits + 1};", f"can hold {fits} as processes", "MB"):
        assert part in str(refusal.value)


@pytest.mark.usefixtures("memory")
def test_the_tightest_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_task_limits", lambda: [(90, "your limit of 100 processes"), (5000, "the system's")])
    assert limits.room(PROCESSES) == limits.Room(90 - limits.SPARE_TASKS, "your limit of 100 processes")
    assert limits.room(THREADS).workers == 90 - limits.SPARE_TASKS
    assert limits.room(SERIAL).workers > 90, "serial workers share one thread"
    monkeypatch.setattr(limits, "_task_limits", lambda: [(-5, "your limit of 100 processes")])
    with pytest.raises(BadRecipe, match="can hold 0 as threads"):
        limits.check(THREADS)


@pytest.mark.usefixtures("memory")
def test_open_files_are_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1024, 4096))
    fits = limits.room(THREADS)
    assert "4096 open files" in fits.why
    assert fits.workers * limits.FILES_EACH + limits.FILES_APART <= 4096


def test_more_open_files_are_asked_for_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: asked.append(pair))
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1024, 500_000))
    limits.allow_open_files(10)
    assert asked == []
    limits.allow_open_files(2000)
    assert asked[-1][0] >= 2000 * limits.FILES_EACH
    assert asked[-1][1] == 500_000
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 2000))
    limits.allow_open_files(2000)
    assert asked[-1] == (2000, 2000)


def test_this_machine_holds_a_reasonable_number() -> None:
    assert limits.room(THREADS).workers > 100
    assert limits.room(PROCESSES).workers >= 2
    limits.check(Recipe(workers=2, model="processes"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems tell no limits")
def test_the_limits_of_the_system_are_read() -> None:
    found = {why.split()[0]: left for left, why in limits._task_limits()}
    assert found["the"] > 0
