"""A race that loses updates.

Each worker reads the counter, computes, and writes it back.
What others wrote in between is lost.
"""

counter = 0


def add_one():
    global counter
    seen = counter
    sum(range(10_000))  # the longer it takes, the more is lost
    counter = seen + 1


def job(i, n):
    for _ in range(2_000):
        add_one()
    return counter  # 2000 for each worker, if nothing were lost
