"""Share a lock.

Only one may be inside. As processes each has a lock of its
own, and nobody waits: this one is not shared.
"""

import threading
import time

door = threading.Lock()


def job(i, n):
    inside = 0.0
    for _ in range(5):
        with door:
            begun = time.perf_counter()
            time.sleep(0.05)
            inside += time.perf_counter() - begun
        sum(range(300_000))
    return round(inside, 2)
