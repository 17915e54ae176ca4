"""Count primes by trial division: pure Python that never lets go of the GIL by itself.

Every worker walks through the same 200 000 numbers above one million, so that every chunk costs about the same."""

from __future__ import annotations

from math import sqrt
from typing import Any, Callable, List

from ..wire.declaration import Job
from ..wire.ops import Call, Ops, expect, rounds

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
    size = min(SPAN, calibrate(lambda size: count_primes(FIRST, size), smallest=16))
    return {"size": size, "known": known_counts(size)}


def ops(worker: int, amount: int | None, size: int, known: List[int]) -> Ops:
    found = 0
    for chunk in rounds(amount):
        first = FIRST + chunk % (SPAN // size) * size
        primes = yield Call(count_primes, first, size)
        expect(primes == known[chunk % len(known)], f"{primes} primes from {first} on are not as many as there are")
        found += primes
    return found


def known_counts(size: int) -> List[int]:
    """How many primes there are in each chunk, found in another way: by a sieve."""
    last = FIRST + SPAN
    sieve = bytearray([1]) * last
    for number in range(2, int(sqrt(last)) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, last, number)))
    return [sum(sieve[first : first + size]) for first in range(FIRST, last - size + 1, size)]


JOB = Job(
    name="primes",
    title="Count primes",
    summary="Pure Python, computing all the time",
    claim="Threads that compute in Python do not use several cores: the GIL lets one run at a time",
    unit="chunks",
    work="numbers",  # a chunk has `size` of them
    typical=104,
    order=1,
    prepare=prepare,
    ops=ops,
    answer=sum,
)
