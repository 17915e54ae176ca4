"""Products of two lists; each run of the tests takes a part of one. The whole product is for `--matrix`: what differs
between two Pythons, say, shows under one model of a kind as well as under all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

OPTION = "--matrix"

# One model of each kind of worker: threads of a process, processes, tasks that take turns, interpreters.
KINDS = ("threads", "processes", "asyncio", "subinterpreters")


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked so, without the option."""
    if not config.getoption(OPTION, default=False):
        left_out = [item for item in items if item.get_closest_marker("matrix")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def product(first: Sequence[object], second: Sequence[object], always: Callable[..., bool]) -> list[object]:
    """Parameters for all pairs; only those that are `always` run are run without the option."""
    pairs = [(one, other) for one in first for other in second]
    return [pytest.param(*pair, marks=() if always(*pair) else pytest.mark.matrix) for pair in pairs]


def spread(first: Sequence[object], second: Sequence[object], each: int) -> list[object]:
    """… without the option, so many of the second for each of the first, in turns. The turn moves on after each round:
    what comes up again and again in the first does not always meet the same one."""
    places = {one: place * each + place // len(second) for place, one in enumerate(first)}
    turns = {one: {(place + step) % len(second) for step in range(each)} for one, place in places.items()}
    numbers = {other: number for number, other in enumerate(second)}
    return product(first, second, lambda one, other: numbers[other] in turns[one])
