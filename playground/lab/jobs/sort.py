"""Sort numbers by merging: pure Python, thousands of small steps in which the GIL may change hands.

Each worker has one heap of numbers, shuffled, and sorts it again and again."""

from __future__ import annotations

from random import Random
from typing import Any, Callable, List

from ..wire.declaration import Job
from ..wire.ops import Call, Ops, expect, rounds


def merge_sort(numbers: List[int]) -> List[int]:
    if len(numbers) < 2:
        return numbers
    middle = len(numbers) // 2
    left, right = merge_sort(numbers[:middle]), merge_sort(numbers[middle:])
    merged = []  # the largest first
    while left and right:
        merged.append(left.pop() if left[-1] > right[-1] else right.pop())
    return left + right + merged[::-1]


def shuffled(worker: int, size: int) -> List[int]:
    """The same numbers in every Python: what `random()` gives for a seed never changes."""
    random = Random(worker).random
    return [int(random() * 1_000_000) for _ in range(size)]


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"size": calibrate(lambda size: merge_sort(shuffled(0, size)), smallest=16)}


def ops(worker: int, amount: int | None, size: int) -> Ops:
    heap = shuffled(worker, size)
    known = sorted(heap)  # the same in another way
    in_order = heap
    for _ in rounds(amount):
        in_order = yield Call(merge_sort, heap)
        expect(in_order == known, "the numbers are not in order, or not the same as before")
    return in_order[size // 2]


JOB = Job(
    name="sort",
    title="Sort",
    summary="Merge sort in pure Python",
    claim="Sorting large data gains nothing from threads, and everything from processes",
    unit="heaps",
    work="numbers",  # a heap has `size` of them
    typical=200,
    order=3,
    prepare=prepare,
    ops=ops,
    answer=sum,
)
