"""A few processes, each with a GIL of its own, take tasks from a queue.

They are started once. The cost: each is a whole new Python, and arguments and results are pickled and copied from
one to the other."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter, sleep
from urllib.request import urlopen

OPS = {"Sleep": "sleep({seconds})", "Fetch": "urlopen({url}).read()"}
REFUSED = {"Acquire Release Put Get Wait Set": "locks and queues cannot be sent to the processes of a pool"}


def work(worker):
    return result


if __name__ == "__main__":  # a new process imports this file, and should not start others
    beside
    began = perf_counter()
    with ProcessPoolExecutor(POOL_SIZE, get_context(START_METHOD)) as pool:
        results = list(pool.map(work, range(WORKERS)))
    seconds = perf_counter() - began
    report(results, seconds)
