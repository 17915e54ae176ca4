"""Qt's own threads share the GIL with each other and with the window, if there is one.

As long as they compute in Python, the window gets its turn late. What they do in Qt's C++, and while they wait,
holds nobody up."""

from queue import Queue
from threading import Event, Lock, Semaphore
from time import perf_counter, sleep
from urllib.request import urlopen

from PySide6.QtCore import QThread

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


class Worker(QThread):
    def __init__(self, worker):
        super().__init__()
        self.worker = worker

    def run(self):  # in the new thread
        self.result = work(self.worker)


beside
shared
threads = [Worker(worker) for worker in range(WORKERS)]
began = perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.wait()  # a program with a window would connect to thread.finished instead
seconds = perf_counter() - began
results = [thread.result for thread in threads]
report(results, seconds)
