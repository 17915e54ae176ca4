"""Tasklets talk over channels. Who receives where nobody sends yet is set aside.

The scheduler goes on with the next; all is in one thread, and without the operating system. PyPy brings it. A
tasklet that computes keeps all the others waiting."""

import time
from collections import deque
from heapq import heappop, heappush
from itertools import count
from time import perf_counter

import stackless

OPS = {
    "Sleep": "sleep({seconds})",
    "Acquire": "get({thing})",
    "Release": "{thing}.append(1)",
    "Put": "{thing}.append({item})",
    "PutInto": "put({thing}, {item}, {size})",
    "Get": "get({thing})",
    "Wait": "wait({thing})",
    "Set": "{thing}.append(1)",
}
REFUSED = {"Fetch": "a loop that waits for sockets beside the tasklets is no short program"}
SHARED = {"Lock": "deque([1])", "Semaphore": "deque(range({size}))", "Queue": "deque()", "Event": "deque()"}
YIELDS = "stackless.schedule()  # lets the others go on"
turns = count()


def sleep(seconds):
    alarm = stackless.channel()
    heappush(waiting, (perf_counter() + seconds, next(turns), alarm))
    alarm.receive()


def wait(queue):
    while not queue:
        sleep(0)


def put(queue, item, size):
    while len(queue) >= size:
        sleep(0)
    queue.append(item)


def get(queue):
    wait(queue)
    return queue.popleft()


def work(worker):
    return result


def run(worker):
    results[worker] = work(worker)


beside
shared
results, waiting = [None] * WORKERS, []  # a heap: first who is due
began = perf_counter()
for worker in range(WORKERS):
    stackless.tasklet(run)(worker)
stackless.run()  # until each has ended, or waits for its alarm
while waiting:
    when, _, alarm = heappop(waiting)
    time.sleep(max(0, when - perf_counter()))
    alarm.send(None)
    stackless.run()
seconds = perf_counter() - began
report(results, seconds)
