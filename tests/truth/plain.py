"""Small programs that do what a job does, with nothing of this project: no stamps, no rings, no probe. What they reach
is what the job would reach if nobody looked.

    python plain.py JOB MODEL WORKERS SECONDS      prints one JSON object: rate, and what a trip, a nap or a
    turn took

Jobs: primes, mix, sleep, hash, ping-pong. Models: serial, threads, processes, asyncio."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import multiprocessing
import os
import queue
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator

NICE = 5  # as a lab has
NAP_S = 0.01
BEAT_S = 0.01
BEGIN_S = 0.3  # until all are there
Step = tuple[float, float]  # how long to sleep then (0: not at all), and how much was done


# --- jobs: generators of steps


def is_prime(number: int) -> bool:
    if number % 2 == 0:
        return number == 2
    for divisor in range(3, int(math.sqrt(number)) + 1, 2):
        if number % divisor == 0:
            return False
    return number > 1


def primes() -> Iterator[Step]:
    first = 1_000_001
    while True:
        sum(map(is_prime, range(first, first + 64)))
        yield 0.0, 64
        first = first + 64 if first < 1_200_000 else 1_000_001


def add_up(size: int) -> int:
    total = 0
    for number in range(size):
        total += number
    return total


def two_ms() -> int:
    """How far to add up for 2 ms, on a quiet core."""
    took = []
    for _ in range(40):
        began = time.thread_time_ns()
        add_up(4000)
        took.append(time.thread_time_ns() - began)
    return round(4000 * 2e6 / min(took))


def mix(size: int = 0) -> Iterator[Step]:
    size = size or two_ms()
    while True:
        add_up(size)
        yield 0.005, 0
        add_up(size)
        yield 0.0, 1


def sleep() -> Iterator[Step]:
    while True:
        yield NAP_S, 1


def hash_blocks() -> Iterator[Step]:
    block = b"12345678" * 16384
    while True:
        hashlib.sha256(block).hexdigest()
        yield 0.0, len(block) / 1e6


JOBS: dict[str, tuple[Callable[[], Iterator[Step]], str]] = {
    "primes": (primes, "numbers"),
    "mix": (mix, "rounds"),
    "sleep": (sleep, "naps"),
    "hash": (hash_blocks, "MB"),
}


# --- models


def work(steps: Iterator[Step], until: float) -> float:
    done = 0.0
    while time.perf_counter() < until:
        nap, amount = next(steps)
        if nap:
            time.sleep(nap)
        done += amount
    return done


def serial(job: str, workers: int, seconds: float) -> dict[str, float]:
    steps = JOBS[job][0]()
    next(steps)
    return {"rate": work(steps, time.perf_counter() + seconds) / seconds}


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.perf_counter()))


def threads(job: str, workers: int, seconds: float) -> dict[str, float]:
    done: list[float] = []
    size, begin = two_ms() if job == "mix" else 0, time.perf_counter() + 0.02

    def run() -> None:
        steps = mix(size) if size else JOBS[job][0]()
        wait_until(begin)
        done.append(work(steps, begin + seconds))

    all_of_them = [threading.Thread(target=run) for _ in range(workers)]
    for thread in all_of_them:
        thread.start()
    for thread in all_of_them:
        thread.join()
    return {"rate": sum(done) / seconds}


def in_process(job: str, size: int, begin: float, seconds: float, told: multiprocessing.Queue[float]) -> None:
    steps = mix(size) if size else JOBS[job][0]()
    wait_until(begin)
    told.put(work(steps, begin + seconds))


def processes(job: str, workers: int, seconds: float) -> dict[str, float]:
    told: multiprocessing.Queue[float] = multiprocessing.Queue()
    size, begin = two_ms() if job == "mix" else 0, time.perf_counter() + BEGIN_S
    arguments = (job, size, begin, seconds, told)
    all_of_them = [multiprocessing.Process(target=in_process, args=arguments) for _ in range(workers)]
    for process in all_of_them:
        process.start()
    done = sum(told.get() for _ in all_of_them)
    for process in all_of_them:
        process.join()
    return {"rate": done / seconds}


def coroutines(job: str, workers: int, seconds: float) -> dict[str, float]:
    return asyncio.run(in_a_loop(job, workers, seconds))


async def in_a_loop(job: str, workers: int, seconds: float) -> dict[str, float]:
    size, begin, late = two_ms() if job == "mix" else 0, time.perf_counter(), []

    async def run() -> float:
        done, steps = 0.0, mix(size) if size else JOBS[job][0]()
        while time.perf_counter() < begin + seconds:
            nap, amount = next(steps)
            if nap:  # else it goes on at once, as what need not wait does in a lab
                await asyncio.sleep(nap)
            done += amount
        return done

    async def beat() -> None:
        while True:
            due = time.perf_counter() + BEAT_S
            await asyncio.sleep(BEAT_S)
            late.append((time.perf_counter() - due) * 1000)

    heart = asyncio.ensure_future(beat())
    done = sum(await asyncio.gather(*[run() for _ in range(workers)]))
    while not late:  # none could come while they computed
        await asyncio.sleep(BEAT_S)
    heart.cancel()
    return {"rate": done / seconds, "late_p50_ms": statistics.median(late)}


# --- ping-pong: pairs with a queue each


def ask(there: queue.Queue[bytes], back: queue.Queue[bytes], until: float, took: list[float]) -> None:
    message = b"." * 64
    while (began := time.perf_counter()) < until:
        there.put(message)
        back.get()
        took.append((time.perf_counter() - began) * 1e6)
    there.put(b"")


def answer(there: queue.Queue[bytes], back: queue.Queue[bytes]) -> None:
    while message := there.get():
        back.put(message)


def ping_pong_threads(workers: int, seconds: float) -> list[float]:
    took: list[float] = []
    all_of_them = []
    until = time.perf_counter() + seconds
    for _ in range(workers // 2):
        there, back = queue.Queue[bytes](), queue.Queue[bytes]()
        all_of_them += [threading.Thread(target=ask, args=(there, back, until, took))]
        all_of_them += [threading.Thread(target=answer, args=(there, back))]
    for thread in all_of_them:
        thread.start()
    for thread in all_of_them:
        thread.join()
    return took


def asking_process(there: object, back: object, until: float, told: multiprocessing.Queue[list[float]]) -> None:
    took: list[float] = []
    ask(there, back, until, took)
    told.put(took[-1000:])


def ping_pong_processes(workers: int, seconds: float) -> list[float]:
    told: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    all_of_them = []
    until = time.perf_counter() + BEGIN_S + seconds
    for _ in range(workers // 2):
        there, back = multiprocessing.Queue(), multiprocessing.Queue()  # type: ignore[var-annotated]
        all_of_them += [multiprocessing.Process(target=asking_process, args=(there, back, until, told))]
        all_of_them += [multiprocessing.Process(target=answer, args=(there, back))]
    for process in all_of_them:
        process.start()
    took = [one for _ in range(workers // 2) for one in told.get()]
    for process in all_of_them:
        process.join()
    return took


async def ping_pong_loop(workers: int, seconds: float) -> list[float]:
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def asks(there: asyncio.Queue[bytes], back: asyncio.Queue[bytes]) -> None:
        message = b"." * 64
        while (began := time.perf_counter()) < until:
            await there.put(message)
            await back.get()
            took.append((time.perf_counter() - began) * 1e6)
        await there.put(b"")

    async def answers(there: asyncio.Queue[bytes], back: asyncio.Queue[bytes]) -> None:
        while message := await there.get():
            await back.put(message)

    pairs = [(asyncio.Queue[bytes](), asyncio.Queue[bytes]()) for _ in range(workers // 2)]
    await asyncio.gather(*[play(*pair) for pair in pairs for play in (asks, answers)])
    return took


def ping_pong(model: str, workers: int, seconds: float) -> dict[str, float]:
    if model == "asyncio":
        took = asyncio.run(ping_pong_loop(workers, seconds))
    else:
        took = {"threads": ping_pong_threads, "processes": ping_pong_processes}[model](workers, seconds)
    return {"trip_us": statistics.median(took)}


MODELS = {"serial": serial, "threads": threads, "processes": processes, "asyncio": coroutines}


def main(job: str, model: str, workers: str, seconds: str) -> None:
    os.nice(NICE)
    if job == "ping-pong":
        figures = ping_pong(model, int(workers), float(seconds))
    else:
        figures = MODELS[model](job, int(workers), float(seconds))
    print(json.dumps({**figures, "unit": JOBS[job][1] if job in JOBS else "µs"}))


if __name__ == "__main__":
    main(*sys.argv[1:])
