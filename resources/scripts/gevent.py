"""Greenlets look as if they blocked, but switch to a hub instead, all in one thread.

The hub goes on with whoever is ready, so waiting costs next to nothing. A greenlet that computes keeps all the
others waiting, as nothing can take its turn away."""

from time import perf_counter
from urllib.request import urlopen

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore, Semaphore
from gevent.queue import Queue

INSTALL = "gevent"
FIRST = {
    "Fetch": "from gevent import monkey\n\nmonkey.patch_socket()  # from here on sockets switch, and do not block",
    "own": "from gevent import monkey\n\nmonkey.patch_all()  # from here on what blocks switches",
}
OPS = {
    "Sleep": "gevent.sleep({seconds})",
    "Fetch": "urlopen({url}).read()",
    "Acquire": "{thing}.acquire()",
    "Release": "{thing}.release()",
    "Put": "{thing}.put({item})",
    "Get": "{thing}.get()",
    "Wait": "{thing}.wait()",
    "Set": "{thing}.set()",
}
SHARED = {"Lock": "Semaphore(1)", "Semaphore": "Semaphore({size})", "Queue": "Queue({size})", "Event": "Event()"}
YIELDS = "gevent.sleep(0)  # lets the others go on"


def work(worker):
    return result


beside
shared
began = perf_counter()
greenlets = [gevent.spawn(work, worker) for worker in range(WORKERS)]
gevent.joinall(greenlets, raise_error=True)
results = [greenlet.value for greenlet in greenlets]
seconds = perf_counter() - began
report(results, seconds)
