"""Compute in plain Python.

As threads the workers take turns, since the GIL lets only one
of them compute. As processes they use every core.
"""


def is_prime(number):
    for divisor in range(2, int(number**0.5) + 1):
        if number % divisor == 0:
            return False
    return number > 1


def job(i, n):
    # Worker i of n takes every n-th odd number.
    found = 0
    for number in range(1 + 2 * i, 500_000, 2 * n):
        found += is_prime(number)
    return found
