"""A few processes with threads in each, which wait for the GIL of their own process only.

What a process costs, a whole new Python, is paid a few times, and not for each worker."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
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
SHARED = {
    "Lock": "context.Lock()",
    "Semaphore": "context.Semaphore({size})",
    "Queue": "context.Queue({size})",
    "Event": "context.Event()",
}


def work(worker, *shared):
    return result


def run(share, pipe, *shared):
    with ThreadPoolExecutor(len(share)) as pool:
        tasks = [pool.submit(work, worker, *shared) for worker in share]
    pipe.send([task.result() for task in tasks])


if __name__ == "__main__":  # a new process imports this file, and should not start others
    context = get_context(START_METHOD)
    beside
    shared
    pipes = [context.Pipe() for _ in range(min(PROCESSES, WORKERS))]
    began = perf_counter()
    for first, (_, there) in enumerate(pipes):
        context.Process(target=run, args=(range(first, WORKERS, PROCESSES), there, *shared)).start()
        there.close()  # so that we hear when nobody has it any more
    results = [None] * WORKERS
    for first, (here, _) in enumerate(pipes):
        results[first::PROCESSES] = here.recv()
    seconds = perf_counter() - began
    report(results, seconds)
