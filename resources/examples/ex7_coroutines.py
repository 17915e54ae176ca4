"""Await several things at once.

A coroutine for asyncio. What it computes between two awaits
holds up all the others.
"""

import asyncio


async def part(number):
    await asyncio.sleep(0.1 * number)
    return sum(range(500_000 * number))


async def job(i, n):
    total = 0
    for _ in range(3):
        parts = asyncio.gather(part(1), part(2), part(3))
        total += sum(await parts)
    return total
