"""O-routines are generators that yield callbacks, and go on when those are called.

monocle is of 2010, before Python had coroutines, and shows what async and await took the place of. With no socket
open its loop sleeps 0.1 s after each task."""

import asyncore
import socket
from collections import deque
from functools import partial
from time import perf_counter

from monocle import Return, _o
from monocle.callback import Callback
from monocle.stack import eventloop

INSTALL = "monocle pyasyncore"
FIRST = {"": 'import monocle\n\nmonocle.init("asyncore")  # before the imports that are made by it'}
OPS = {
    "Sleep": "yield sleep({seconds})",
    "Acquire": "yield get({thing})",
    "Release": "{thing}.append(1)",
    "Put": "{thing}.append({item})",
    "PutInto": "yield put({thing}, {item}, {size})",
    "Get": "yield get({thing})",
    "Wait": "yield wait({thing})",
    "Set": "{thing}.append(1)",
}
REFUSED = {"Fetch": "monocle's own network code needs Python 2"}
SHARED = {"Lock": "deque([1])", "Semaphore": "deque(range({size}))", "Queue": "deque()", "Event": "deque()"}
HAND_ON = "yield {call}"
YIELDS = "yield sleep(0)  # lets the others go on"


class Alarm(Callback):
    __lt__ = lambda self, other: False  # the loop sorts those that are due


def sleep(seconds):
    alarm = Alarm()
    eventloop.queue_task(seconds, alarm, None)  # calls it then, with None
    return alarm


@_o
def wait(queue):
    while not queue:
        yield sleep(0)


@_o
def put(queue, item, size):
    while len(queue) >= size:
        yield sleep(0)
    queue.append(item)


@_o
def get(queue):
    yield wait(queue)
    yield Return(queue.popleft())


@_o
def work(worker):
    yield Return(result)


def ended(worker, value):
    results[worker] = value  # or what it raised
    if len(results) == WORKERS:
        eventloop.halt()


beside
shared
results = {}
if OPEN_SOCKET == "yes":
    ends = socket.socketpair()
    silent = asyncore.dispatcher(ends[0], eventloop.evlp._map)  # keeps the loop awake
    silent.writable = lambda: False
began = perf_counter()
for worker in range(WORKERS):
    work(worker).add(partial(ended, worker))
eventloop.run()
seconds = perf_counter() - began
results = [results[worker] for worker in range(WORKERS)]
report(results, seconds)
