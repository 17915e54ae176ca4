"""The user's own code, inside a lab: a module with a function `job(i, n)`, compiled and executed once in the lab, and
once in each process or interpreter of workers. `i` is the worker's number from 0, `n` the number of workers.

A plain function and a coroutine function are called as they are (`Whole`); `stretch.py` records what they do. A
generator of ops is a job like any other (`Asked`). The names of ops, and `checkpoint`, are there without an import."""

from __future__ import annotations

import json
import linecache
import os
import re
import sys
import threading
import traceback
from contextlib import suppress
from types import ModuleType
from typing import Any, Callable, Dict, Generator, List, Optional

from ..wire import ops
from .stretch import checkpoint

NAME = "own"
FILE = "your code"  # in tracebacks
MODULE = "your_code"
GENERATOR, COROUTINE = 0x20, 0x80  # flags of code
LEFT = "SystemExit: your code called "  # as it stands in a traceback
MOST_RESULT = 100_000  # characters that a worker may leave as its result
MOST_ERROR = 20_000  # and as the reason why it ended: a window and a terminal show it whole
# So long a number that the app, under another Python, might refuse to read it, and the whole report with it.
MANY_DIGITS = re.compile(r"\d{4000}")
DEEPEST = 100  # nested lists

NAMES: Dict[str, Any] = {**{op.__name__: op for op in ops.ALL}, **ops.KINDS, "checkpoint": checkpoint}

_loading = threading.RLock()
_loaded: Dict[str, Program] = {}  # text → its program; a run has one text


class Left(Exception):
    """The user's code asked Python to end, which would end the whole lab. A traceback shows it as SystemExit."""


Left.__module__, Left.__qualname__ = "builtins", "SystemExit"


class Program:
    """The module made of the user's text, or the exception that it raised."""

    def __init__(self, text: str) -> None:
        self.module = ModuleType(MODULE)
        self.module.__file__ = FILE
        self.module.__dict__.update(NAMES)
        self.problem: Optional[BaseException] = None
        linecache.cache[FILE] = (len(text), None, text.splitlines(True), FILE)
        sys.modules[MODULE] = self.module  # dataclasses and pickle look for it there
        process = os.getpid()
        try:
            exec(compile(text, FILE, "exec", dont_inherit=True), self.module.__dict__)
        except BaseException as problem:  # KeyboardInterrupt too: raised by code, it is a mistake like others
            end_if_forked(process, problem)
            self.problem = left(problem) if isinstance(problem, SystemExit) else problem
        end_if_forked(process)

    @property
    def job(self) -> Callable[[int, int], Any]:
        function: Any = getattr(self.module, "job", None)
        if not callable(function):
            raise TypeError("your code defines no function job(i, n)")
        made: Callable[[int, int], Any] = function
        return made


def program(text: str) -> Program:
    """The program of a text. The first caller runs the module; others wait until that is done."""
    with _loading:
        if text not in _loaded:
            _loaded[text] = Program(text)
        found = _loaded[text]
    if found.problem is not None:
        raise found.problem
    return found


def shared(text: str) -> Dict[str, ops.Shared]:
    """What SHARED of the user's module names."""
    things: Dict[str, ops.Shared] = getattr(program(text).module, "SHARED", {})
    for name, thing in things.items():
        if not isinstance(thing, ops.Shared):
            raise TypeError("SHARED[%r] is %.60r; allowed: LOCK, EVENT, semaphore(…), queue(…)" % (name, thing))
    return things


def left(problem: SystemExit) -> Left:
    said = Left("your code called sys.exit(%s)" % ("" if problem.code is None else repr(problem.code)))
    said.__traceback__ = problem.__traceback__
    return said


def end_if_forked(process: int, problem: Optional[BaseException] = None) -> None:
    """End this process if the user's code has forked it. Such a child, when it comes back from that code, is not the
    worker: it must not go on in the worker's name, in rings and pipes of its parent. It ends as a program of its own
    would."""
    if os.getpid() == process:
        return
    code: Any = 0
    if isinstance(problem, SystemExit):
        code = problem.code
    elif problem is not None:
        os.write(2, error_text(problem).encode("utf-8", "backslashreplace"))
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, or somebody else's
            stream.flush()
    os._exit(code & 0xFF if isinstance(code, int) else int(code is not None))


class Whole:
    """A function that is called as it is, `times` times, and is not made of ops."""

    def __init__(self, function: Callable[[int, int], Any], worker: int, count: int, times: int) -> None:
        self.function, self.worker, self.count, self.times = function, worker, count, times
        self.awaited = _is_a(function, COROUTINE)

    def call(self) -> Any:
        process = os.getpid()
        try:
            result = self.function(self.worker, self.count)
        except BaseException as problem:
            end_if_forked(process, problem)
            if isinstance(problem, SystemExit):
                raise left(problem) from None
            raise
        end_if_forked(process)
        return result


class Asked:
    """A generator of ops, or several one after the other. Like a generator it has a frame, which tells the line."""

    def __init__(self, function: Callable[[int, int], Any], worker: int, count: int, times: int) -> None:
        self.gi_frame = self
        self._function, self._arguments, self._times = function, (worker, count), times
        self._process = os.getpid()
        self._ops: Generator[Any, Any, Any] = function(worker, count)

    @property
    def f_lineno(self) -> int:
        frame = getattr(self._ops, "gi_frame", None)
        return frame.f_lineno if frame is not None else 0

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, result: Any) -> Any:
        return self._go_on(self._ops.send, result)

    def throw(self, problem: BaseException) -> Any:
        return self._go_on(self._ops.throw, problem)

    def close(self) -> None:
        self._ops.close()

    def _go_on(self, resume: Callable[[Any], Any], value: Any) -> Any:
        while True:
            try:
                op = resume(value)
                end_if_forked(self._process)
            except StopIteration as done:
                end_if_forked(self._process)
                self._times -= 1
                if not self._times:
                    raise StopIteration(plain(done.value)) from None
                self._ops = self._function(*self._arguments)
                resume, value = self._ops.send, None
            except BaseException as problem:
                end_if_forked(self._process, problem)
                if isinstance(problem, SystemExit):
                    raise left(problem) from None
                raise
            else:
                if isinstance(op, ops.Op):
                    return op
                wrong = TypeError("job yields %.60r, which is no op: Call, Sleep, Fetch, Put, …" % (op,))
                resume, value = self._ops.throw, wrong


def _is_a(function: Any, flag: int) -> bool:
    """Is it a generator or coroutine function? Told without the module inspect, which takes a worker process 5 ms to
    import."""
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & flag)


def ops_of(text: str, worker: int, count: int, times: int) -> Any:
    """What a worker is to do: a Whole, or an Asked."""
    function = program(text).job
    if _is_a(function, GENERATOR):
        return Asked(function, worker, count, times)
    return Whole(function, worker, count, times)


# --- results, lines and errors, as they are reported


def plain(result: Any) -> Any:
    """A result as it can be reported: itself if JSON knows its kind, else as Python writes it."""
    try:
        told = json.dumps(result)
        if len(told) <= MOST_RESULT and not MANY_DIGITS.search(told) and not _is_deep(result, DEEPEST):
            return result
    except (TypeError, ValueError, RecursionError):
        told = ""
    try:
        return "%.*s" % (MOST_RESULT, repr(result))
    except Exception as problem:
        return "a %s that cannot be told: %s" % (type(result).__name__, type(problem).__name__)


def _is_deep(result: Any, most: int) -> bool:
    inner = result.values() if isinstance(result, dict) else result if isinstance(result, (list, tuple)) else ()
    return not most or any(_is_deep(one, most - 1) for one in inner)


def line_of(frame: Any) -> int:
    """The innermost line of the user's code, in a frame and its callers; 0: there is none."""
    while frame is not None and frame.f_code.co_filename != FILE:
        frame = frame.f_back
    return 0 if frame is None else int(frame.f_lineno)


def error_text(problem: BaseException) -> str:
    """The traceback of an exception; if it went through the user's code, only that part."""
    told = traceback.TracebackException.from_exception(problem)
    _keep_own(told, [])
    return _shortened("".join(told.format()))


def _shortened(text: str) -> str:
    """A text cut to MOST_ERROR: the message at the end of a traceback may be megabytes long."""
    if len(text) <= MOST_ERROR:
        return text
    return "%s … %d more characters\n" % (text[:MOST_ERROR], len(text) - MOST_ERROR)


def _keep_own(told: Any, seen: List[Any]) -> None:
    if told is None or told in seen:
        return
    seen.append(told)
    own = [frame for frame in told.stack if frame.filename == FILE]
    if own or getattr(told, "filename", None) == FILE:  # a syntax error has its place in fields of its own
        told.stack = traceback.StackSummary.from_list(own)
    for cause in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or ())):
        _keep_own(cause, seen)
