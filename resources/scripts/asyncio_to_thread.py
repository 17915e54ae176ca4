"""The loop only waits, and each piece of work goes to a thread: the loop is always on time.

The price is the way to a thread and back, some 50 µs for each piece. And the threads share one GIL, so what is
computed in Python does not get any faster."""

import asyncio
from time import perf_counter
from urllib.request import urlopen

OPS = {
    "Call": "await asyncio.to_thread({fn}{and_args})",
    "Sleep": "await asyncio.sleep({seconds})",
    "Fetch": "await asyncio.to_thread(fetch, {url})",
    "Acquire": "await {thing}.acquire()",
    "Release": "{thing}.release()",
    "Put": "await {thing}.put({item})",
    "Get": "await {thing}.get()",
    "Wait": "await {thing}.wait()",
    "Set": "{thing}.set()",
}
HAND_ON = "await {call}"
SHARED = {
    "Lock": "asyncio.Lock()",
    "Semaphore": "asyncio.Semaphore({size})",
    "Queue": "asyncio.Queue({size})",
    "Event": "asyncio.Event()",
}


def fetch(url):
    return urlopen(url).read()


async def work(worker, *shared):
    return result


async def main():
    shared
    began = perf_counter()
    results = await asyncio.gather(*[work(worker, *shared) for worker in range(WORKERS)])
    seconds = perf_counter() - began
    report(results, seconds)


beside
asyncio.run(main())
