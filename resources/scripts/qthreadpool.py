"""A few of Qt's threads take tasks from a queue. They share one GIL with the window.

As long as they compute in Python, the window gets its turn late. What they do in Qt's C++, and while they wait,
holds nobody up."""

from queue import Queue
from threading import Event, Lock, Semaphore
from time import perf_counter, sleep
from urllib.request import urlopen

from PySide6.QtCore import QRunnable, QThreadPool

INSTALL = "PySide6-Essentials"
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


class Task(QRunnable):
    def __init__(self, worker):
        super().__init__()
        self.setAutoDelete(False)  # Python keeps it, with its result
        self.worker = worker

    def run(self):  # in one of the pool's threads
        self.result = work(self.worker)


beside
shared
tasks = [Task(worker) for worker in range(WORKERS)]
pool = QThreadPool()
pool.setMaxThreadCount(POOL_SIZE)
began = perf_counter()
for task in tasks:
    pool.start(task)
pool.waitForDone()
seconds = perf_counter() - began
results = [task.result for task in tasks]
report(results, seconds)
