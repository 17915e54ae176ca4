"""Threads that the user's code starts: a line for each in the run's file `born`, with the worker whose code started it.
The probe looks at these threads, and the app gives them lanes; both know them by the number of their line.

A thread inherits nothing that tells which worker it belongs to, so whoever starts it is asked: a worker, or a thread
that was started by one. Threads made in another way than by `threading` have no line until they burn CPU time
(started_threads.py)."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from functools import partial
from typing import Any, Callable, Dict, List

from ..wire import appending, current_worker
from . import gil

MOST = 2000  # lines that one process writes
FILE = "born"

_whose: Dict[int, int] = {}  # thread → worker, of those that were started here
_noted: List[str] = []  # the file that takes lines; empty until somebody listens


def listen(path: str) -> None:
    """Note the threads that this process or interpreter starts from now on. Without such a file in the run nothing is
    noted."""
    if not _noted and os.path.exists(path):
        _noted.append(path)
        _wrap(threading.Thread)


def line(pid: int, tid: int, state: int, worker: int, name: str) -> bytes:
    text = json.dumps({"pid": pid, "tid": tid, "state": state, "worker": worker, "name": name[:40]})
    return text.encode() + b"\n"


def append(path: str, text: bytes) -> None:
    """Append in one go, as other processes append theirs."""
    descriptor = appending.to_append(path)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)


def _wrap(kind: Any) -> None:
    start = kind.start

    def noted(self: Any) -> None:
        worker = current_worker.worker.get()
        if worker == current_worker.NOBODY:
            worker = _whose.get(threading.get_ident(), current_worker.NOBODY)
        if worker != current_worker.NOBODY:
            self.run = partial(_live, self, self.run, worker)
        start(self)

    kind.start = noted


def _live(thread: Any, run: Callable[[], None], worker: int) -> None:
    """What a thread runs: it notes its line, and then does its own work."""
    own = threading.get_ident()
    _whose[own] = worker
    try:
        _note(worker, thread.name)
        run()
    finally:
        _whose.pop(own, None)
        vars(thread).pop("run", None)  # it would keep the thread


def _note(worker: int, name: str) -> None:
    if len(_noted) <= MOST:
        _noted.append("")
        with suppress(OSError):  # the run is over, and its files are gone
            append(_noted[0], line(os.getpid(), threading.get_native_id(), gil.thread_state(), worker, name))
