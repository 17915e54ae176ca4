"""Threads share one interpreter and its GIL: only the one that has the GIL runs Python.

So threads that compute in Python take as long as one after the other: every 5 ms the GIL is handed on. They pay off
where they wait (sleeping, sockets, files), or where C code lets go of the GIL meanwhile."""

from queue import Queue
from threading import Event, Lock, Semaphore, Thread
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


def run(worker):
    results[worker] = work(worker)  # each has a place of its own: no lock is needed


beside
shared
results = [None] * WORKERS
threads = [Thread(target=run, args=(worker,)) for worker in range(WORKERS)]
began = perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seconds = perf_counter() - began
report(results, seconds)
