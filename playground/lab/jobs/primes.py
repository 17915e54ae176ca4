"""Count primes by trial division: pure Python that never lets go of the GIL by itself.

Worker after worker walks through the same 200 000 numbers above one million, so that every chunk costs about the
same."""

from __future__ import annotations

from itertools import count
from math import sqrt
from typing import Any, Callable

from ..ops import Call, Ops

NAME = "primes"
TITLE = "Count primes"
SUMMARY = "Pure Python that computes all the time"
UNIT = "chunks"
WORK = "numbers"  # a chunk has `size` of them
ORDER = 1

FIRST, SPAN = 1_000_001, 200_000


def is_prime(number: int) -> bool:
    if number % 2 == 0:
        return number == 2
    for divisor in range(3, int(sqrt(number)) + 1, 2):
        if number % divisor == 0:
            return False
    return number > 1


def count_primes(first: int, size: int) -> int:
    return sum(map(is_prime, range(first, first + size)))


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"size": min(SPAN, calibrate(lambda size: count_primes(FIRST, size), smallest=16))}


def ops(worker: int, amount: int | None, size: int) -> Ops:
    found = 0
    for chunk in count() if amount is None else range(amount):
        found += yield Call(count_primes, FIRST + chunk * size % SPAN, size)
    return found
