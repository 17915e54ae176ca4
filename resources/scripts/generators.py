"""A function with `yield` stops there, and goes on when it is asked for its next value.

That is all that many things at once in one thread take. Here each yields for how many seconds it wants to wait, and
a scheduler goes on with the one that is due first. Who does not yield keeps the others waiting."""

import time
from collections import deque
from heapq import heapify, heappop, heappush
from time import perf_counter

OPS = {
    "Sleep": "yield {seconds}",
    "Acquire": "yield from get({thing})",
    "Release": "{thing}.append(1)",
    "Put": "{thing}.append({item})",
    "PutInto": "yield from put({thing}, {item}, {size})",
    "Get": "yield from get({thing})",
    "Wait": "yield from wait({thing})",
    "Set": "{thing}.append(1)",
}
REFUSED = {"Fetch": "a scheduler that waits for sockets too is no short program: look at asyncio, which is one"}
SHARED = {"Lock": "deque([1])", "Semaphore": "deque(range({size}))", "Queue": "deque()", "Event": "deque()"}
HAND_ON = "yield from {call}"
YIELDS = "yield 0  # lets the others go on"
ALWAYS = True


def wait(queue):
    while not queue:
        yield 0


def put(queue, item, size):
    while len(queue) >= size:
        yield 0
    queue.append(item)


def get(queue):
    yield from wait(queue)
    return queue.popleft()


def work(worker):
    return result


beside
shared
results = [None] * WORKERS
began = perf_counter()
waiting = [(began, worker, work(worker)) for worker in range(WORKERS)]  # a heap: first who is due
while waiting:
    when, worker, task = heappop(waiting)
    time.sleep(max(0, when - perf_counter()))
    try:
        pause = next(task)  # it runs until its next yield
    except StopIteration as done:
        results[worker] = done.value
    else:
        heappush(waiting, (perf_counter() + pause, worker, task))
seconds = perf_counter() - began
report(results, seconds)
