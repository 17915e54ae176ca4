"""A few threads take tasks from a queue. One GIL for all: only one runs Python at a time.

So a thousand tasks do not need a thousand threads. But a task that waits keeps its thread, and those in the queue
wait with it."""

from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from threading import Event, Lock, Semaphore
from time import perf_counter, sleep
from urllib.request import urlopen

OPS = {
    "Sleep": "sleep({seconds})",
    "Fetch": "urlopen({url}).read()",
    "Acquire": "{thing}.acquire()",
    "Release": "{thing}.release()",
    "Put": "{thing}.put({item})",
    "Get": "{thing}.get()",
    "Wait": "{thing}.wait()",
    "Set": "{thing}.set()",
}
SHARED = {"Lock": "Lock()", "Semaphore": "Semaphore({size})", "Queue": "Queue({size})", "Event": "Event()"}


def work(worker):
    return result


beside
shared
began = perf_counter()
with ThreadPoolExecutor(POOL_SIZE) as pool:
    results = list(pool.map(work, range(WORKERS)))  # raises here what a task raised
seconds = perf_counter() - began
report(results, seconds)
