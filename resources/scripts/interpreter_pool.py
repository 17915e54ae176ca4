"""A thread pool in which each thread has an interpreter, and so a GIL, of its own.

It came with Python 3.14. They compute on as many cores as there are, within one process. But they share no object:
arguments and results are copied, and each interpreter imports this file anew."""

from concurrent.futures import InterpreterPoolExecutor
from time import perf_counter, sleep
from urllib.request import urlopen

OPS = {"Sleep": "sleep({seconds})", "Fetch": "urlopen({url}).read()"}
REFUSED = {"Acquire Release Put Get Wait Set": "interpreters share no locks, queues or events"}


def work(worker):
    return result


if __name__ == "__main__":
    beside
    began = perf_counter()
    with InterpreterPoolExecutor(POOL_SIZE) as pool:
        results = list(pool.map(work, range(WORKERS)))
    seconds = perf_counter() - began
    report(results, seconds)
