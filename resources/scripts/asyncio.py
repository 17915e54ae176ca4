"""Coroutines take turns in one thread: each runs until it awaits what is not there yet.

Then the loop goes on with one that is ready. So thousands can wait at once for next to nothing. But one that
computes holds up the loop, and everybody in it, until it awaits again."""

import asyncio
from time import perf_counter
from urllib.parse import urlsplit

OPS = {
    "Sleep": "await asyncio.sleep({seconds})",
    "Fetch": "await fetch({url})",
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
YIELDS = "await asyncio.sleep(0)  # lets the others go on"


async def fetch(url):
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    path = url.partition(place.netloc)[2]
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2]


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
