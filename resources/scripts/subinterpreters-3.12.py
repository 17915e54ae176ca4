"""Several interpreters in one process, each with a GIL of its own, and a thread to run it.

They start faster than processes and compute on as many cores. But they share no object: each imports this file
anew, and what they tell each other goes through a pipe, as text. Python 3.12 has no public module for them, and may
hang when it takes them down: so this program leaves at once."""

import _xxsubinterpreters as interpreters
import atexit
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep
from urllib.request import urlopen

OPS = {"Sleep": "sleep({seconds})", "Fetch": "urlopen({url}).read()"}
REFUSED = {"Acquire Release Put Get Wait Set": "interpreters share no locks, queues or events"}


def work(worker):
    return result


def tell(worker, pipe):
    os.write(pipe, json.dumps(work(worker)).encode())


def leave():
    sys.stdout.flush()
    os._exit(hasattr(sys, "last_value"))  # 1 after an error


def live(worker):  # in a thread of its own
    answers, pipe = os.pipe()
    enter = f"import runpy; runpy.run_path({__file__!r})['tell']({worker}, {pipe})"
    interpreter = interpreters.create(isolated=True)
    interpreters.run_string(interpreter, enter)
    return json.loads(os.read(answers, 65536))


if __name__ == "__main__":
    beside
    atexit.register(leave)
    began = perf_counter()
    with ThreadPoolExecutor(INTERPRETERS) as pool:
        results = list(pool.map(live, range(WORKERS)))
    seconds = perf_counter() - began
    report(results, seconds)
