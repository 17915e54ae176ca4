"""Wait, and compute a little.

Sleeping lets go of the GIL: threads all sleep at once. As
asyncio a plain function holds up the whole loop instead.
"""

import time


def job(i, n):
    total = 0
    for _ in range(10):
        time.sleep(0.1)
        total += sum(range(100_000))
    return total
