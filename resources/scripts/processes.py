"""Each process has a GIL of its own: they compute on as many cores as there are.

The cost is at the start, as each is a whole new Python, and wherever they talk: what they tell each other is
pickled and copied."""

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


def run(worker, gate, pipe, *shared):
    gate.wait()  # for the slowest to start
    pipe.send(work(worker, *shared))


if __name__ == "__main__":  # a new process imports this file, and should not start others
    context = get_context(START_METHOD)
    beside
    shared
    gate, pipes = context.Barrier(WORKERS + 1), [context.Pipe() for _ in range(WORKERS)]
    for worker, (_, there) in enumerate(pipes):
        context.Process(target=run, args=(worker, gate, there, *shared)).start()
        there.close()  # so that we hear when nobody has it any more
    gate.wait()
    began = perf_counter()
    results = [here.recv() for here, _ in pipes]
    seconds = perf_counter() - began
    report(results, seconds)
