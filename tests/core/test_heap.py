"""What the app asks of glibc, each seen in a process of its own: large blocks go back to the system when they end,
though later small ones lie between them; threads share two heaps; what is free is given back on request."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.start import heap

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are those of glibc")

HELD = """
import ctypes, sys, threading
from playground.start import heap
glibc = ctypes.CDLL(None)
glibc.malloc.restype = glibc.fopen.restype = ctypes.c_void_p
glibc.malloc.argtypes, glibc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
MB = 1_000_000

def block(size):
    place = glibc.malloc(size)
    ctypes.memset(place, 1, size)
    return place

def held():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:")) / MB
"""
PIECES = """
if sys.argv[1] == "together":
    heap.keep_together()
for size in range(1, 9):  # each that ends teaches glibc to keep blocks of this size in the heap
    glibc.free(block(size * MB))
before = held()
large, small = zip(*((block(MB), block(2000)) for _ in range(60)))
for one in large:
    glibc.free(one)
print(held() - before)
"""
THREADS = """
import tempfile
if sys.argv[1] == "together":
    heap.keep_together()
ready, over = threading.Barrier(9), threading.Event()
def work():
    block(2000)
    ready.wait()
    over.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
ready.wait()
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(glibc.fopen(file.name.encode(), b"w"))
    glibc.malloc_info(0, stream)
    glibc.fclose(stream)
    print(open(file.name).read().count("<heap nr="))
over.set()
"""
GIVEN = """
small = [block(2000) for _ in range(30_000)]
before = held()
for one in small[:-1]:  # the last one keeps what is below it
    glibc.free(one)
if sys.argv[1] == "together":
    heap.give_back()
print(before - held())
"""


def told(script: str, asked: str) -> float:
    code = HELD + script
    line = [sys.executable, "-c", code, asked]
    return float(subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_large_blocks_that_end_leave_no_holes() -> None:
    assert told(PIECES, "left alone") > 30, "nothing to mend here"
    assert told(PIECES, "together") < 5


def test_threads_share_two_heaps() -> None:
    assert told(THREADS, "left alone") > heap.ARENAS
    assert told(THREADS, "together") == heap.ARENAS


def test_what_lies_about_is_given_back() -> None:
    assert told(GIVEN, "left alone") < 5
    assert told(GIVEN, "together") > 40


def refused(error: Exception) -> Callable[[object], object]:
    def load(_name: object) -> object:
        raise error

    return load


@pytest.mark.parametrize(
    "load",
    [lambda _name: object(), refused(OSError("no library")), refused(TypeError("NoneType is not iterable"))],
    ids=["another library", "none", "Windows"],
)
def test_elsewhere_nothing_is_asked(load: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", load)
    heap.keep_together()
    heap.give_back()
