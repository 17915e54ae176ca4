"""What Windows cannot do for so many workers is said before the start; elsewhere nobody hears of it."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace
from typing import Any

import pytest

from playground.lab.models import process_pool
from playground.lab.wire import system_limits
from playground.recipe.recipe import BadRecipe, Recipe, checked

CASES = [
    (Recipe(model="process-pool", workers=100, knobs={"pool_size": 62}), "knobs.pool_size", "61 or less, not 62"),
    (Recipe(model="generators", job="fetch", workers=501), "workers", "At most 500 .* not 501"),
    (Recipe(model="greenlet", job="fetch", workers=501), "workers", "At most 500"),
    (Recipe(model="monocle", job="fetch", workers=501), "workers", "At most 500"),
]
FINE = [
    Recipe(model="process-pool", workers=61, knobs={"pool_size": 100}),
    Recipe(model="process-pool", workers=100, knobs={"pool_size": 61}),
    Recipe(model="thread-pool", workers=100, knobs={"pool_size": 100}),
    Recipe(model="generators", job="fetch", workers=500),
    Recipe(model="generators", job="primes", workers=2000),
    Recipe(model="asyncio", job="fetch", workers=2000),
]


@pytest.mark.parametrize(("recipe", "field", "words"), CASES)
def test_too_many_for_windows(recipe: Recipe, field: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_limits, "WINDOWS", True)
    with pytest.raises(BadRecipe, match=words) as refused:
        checked(recipe)
    assert refused.value.field == field
    monkeypatch.setattr(system_limits, "WINDOWS", False)
    checked(recipe)


@pytest.mark.parametrize("recipe", FINE)
def test_not_too_many(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_limits, "WINDOWS", True)
    checked(recipe)


def test_a_pool_that_breaks_while_it_is_given_tasks_has_lost_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process takes half a second to start, one can die before the last task is given."""
    died = SimpleNamespace(pid=77, exitcode=9)

    class Pool:
        def __init__(self, *_: Any) -> None:
            self._processes = {77: died}

        def __enter__(self) -> Pool:
            return self

        def __exit__(self, *_: Any) -> None:
            self._processes = {}

        def submit(self, *_: Any) -> Any:
            raise BrokenProcessPool("died")

    heard: list[list[Any]] = []
    lab: Any = SimpleNamespace(
        knobs={"start_method": "spawn", "pool_size": 2},
        count=2,
        order=None,
        things=lambda context: None,
        queue_all=lambda: None,
        pool_broke=heard.append,
    )
    monkeypatch.setattr(process_pool, "ProcessPoolExecutor", Pool)
    process_pool.run(lab)
    assert heard == [[died]]
