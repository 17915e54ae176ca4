"""One worker after the other: nothing runs at once, so nothing waits for another.

Nothing is paid for either. It is what every other way has to be compared with."""

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
results = [work(worker) for worker in range(WORKERS)]
seconds = perf_counter() - began
report(results, seconds)
