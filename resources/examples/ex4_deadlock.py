"""Deadlock.

Two locks, taken in opposite order: as threads each holds what
the other waits for, and the run ends as stuck. It is mended by
the rule that all take them in the same order.
"""

import threading
import time

left = threading.Lock()
right = threading.Lock()


def job(i, n):
    first, second = left, right
    if i % 2 == 1:  # to mend it, take these two lines out
        first, second = right, left
    with first:
        time.sleep(0.1)
        with second:
            time.sleep(0.1)
    return "had both"
