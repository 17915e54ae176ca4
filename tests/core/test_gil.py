"""The GIL record, found in real interpreters: each CPython that this machine has runs the same cases in a process of
its own, and tells what it saw."""

from __future__ import annotations

import ctypes
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground.lab.watching import gil
from tests.core import pythons

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60

# Runs under Python 3.8 and later. Prints one JSON object: case → what was seen.
CASES = """
import json, os, subprocess, sys, threading, time
sys.path.insert(0, sys.argv[1])
from playground.lab.watching import gil

def look(hint=None):
    "Find it afresh, and compare it with what this thread knows of itself."
    gil._found = None
    before = sys.getswitchinterval()
    record = gil.find(hint)
    if record is None:
        return None
    holder, locked, switches = gil.read_own(record)
    return {"record": list(record), "own": holder == gil.thread_state(), "locked": locked, "switches": switches,
            "interval_kept": abs(sys.getswitchinterval() - before) < 1e-9}

def in_thread(fn):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(fn()))
    thread.start(); thread.join()
    return seen[0]

def among_busy_threads():
    stop = []
    def spin():
        while not stop:
            pass
    threads = [threading.Thread(target=spin) for _ in range(8)]
    for thread in threads: thread.start()
    seen = look()
    again = gil.read_own(gil.find())[2]
    time.sleep(0.1)
    seen["more_switches"] = gil.read_own(gil.find())[2] - again
    stop.append(True)
    for thread in threads: thread.join()
    return seen

def forked(hint):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.write(into, json.dumps([look(), look(hint)]).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        seen = json.load(answer)
    os.waitpid(child, 0)
    return seen

def with_interval(seconds):
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    seen = look()
    seen["interval"] = sys.getswitchinterval()
    sys.setswitchinterval(before)
    return seen

if "child" in sys.argv:
    print(json.dumps(look(int(sys.argv[3]))))
    raise SystemExit

seen = {"gil": gil.gil_state(), "version": list(sys.version_info[:3]), "main": look()}
if seen["main"]:
    offset = seen["main"]["record"][2]
    own_address = seen["main"]["record"][0]
    seen["second_thread"] = in_thread(look)
    seen["busy"] = among_busy_threads()
    seen["hinted"] = look(offset)
    seen["misled"] = [look(hint) for hint in (0, 8, offset + 8, offset - 8, -1, 2**40, 2**62)]
    seen["intervals"] = {str(us): with_interval(us / 1e6) for us in (1, 21, 22, 4321, 5000, 1000000)}
    if hasattr(os, "fork"):
        seen["forked"] = forked(offset)
    table = gil._debug_table(own_address - offset, gil._interpreter())
    seen["in_debug_table"] = own_address in table
    if len(sys.argv) > 2:
        child = [sys.executable, "-c", sys.argv[2], sys.argv[1], "child", str(offset)]
        seen["spawned"] = json.loads(subprocess.check_output(child))
print(json.dumps(seen))
"""


@cache
def cases(version: str, *options: str) -> dict[str, Any]:
    line = [pythons.python(version).executable, *options, "-c", CASES, str(ROOT), CASES]
    answer = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert answer.returncode == 0, answer.stderr
    seen: dict[str, Any] = json.loads(answer.stdout)
    return seen


def is_true_of(seen: dict[str, Any], record: list[int] | None = None) -> bool:
    return seen["own"] and seen["locked"] and seen["interval_kept"] and (record is None or seen["record"] == record)


@pytest.mark.parametrize("version", pythons.CPYTHONS)
class TestEachCPython:
    def test_found_from_the_main_thread(self, version: str) -> None:
        assert is_true_of(cases(version)["main"])

    def test_the_same_from_a_second_thread(self, version: str) -> None:
        seen = cases(version)
        assert is_true_of(seen["second_thread"], seen["main"]["record"])

    def test_the_same_among_busy_threads(self, version: str) -> None:
        seen = cases(version)
        assert is_true_of(seen["busy"], seen["main"]["record"])
        assert seen["busy"]["more_switches"] > 0

    def test_the_same_with_a_hint(self, version: str) -> None:
        seen = cases(version)
        assert is_true_of(seen["hinted"], seen["main"]["record"])

    def test_a_wrong_hint_does_no_harm(self, version: str) -> None:
        seen = cases(version)
        assert all(is_true_of(misled, seen["main"]["record"]) for misled in seen["misled"])

    def test_a_forked_child_has_the_same_address(self, version: str) -> None:
        seen = cases(version)
        if "forked" not in seen:
            pytest.skip("no fork here")
        assert all(is_true_of(child, seen["main"]["record"]) for child in seen["forked"])

    def test_a_spawned_child_has_the_same_offset(self, version: str) -> None:
        seen = cases(version)
        assert is_true_of(seen["spawned"])
        assert seen["spawned"]["record"][2] == seen["main"]["record"][2]

    def test_any_switch_interval_will_do_and_is_put_back(self, version: str) -> None:
        seen = cases(version)
        for microseconds, found in seen["intervals"].items():
            assert is_true_of(found, seen["main"]["record"])
            assert round(found["interval"] * 1e6) == int(microseconds)

    def test_the_table_for_debuggers_agrees(self, version: str) -> None:
        seen = cases(version)
        assert seen["in_debug_table"] == (seen["version"] >= [3, 13])


@pytest.mark.parametrize("version", pythons.FREE_THREADED)
def test_a_free_threaded_build_has_none_until_its_gil_is_turned_on(version: str) -> None:
    free = cases(version)
    assert free["gil"] == "off"
    assert free["main"] is None
    with_gil = cases(version, "-Xgil=1")
    assert with_gil["gil"] == "on"
    assert is_true_of(with_gil["main"])


def test_pypy_has_a_gil_but_no_record() -> None:
    seen = cases(pythons.PYPY)
    assert seen["gil"] == "on"
    assert seen["main"] is None


def test_it_is_found_once_and_remembered() -> None:
    assert gil.find() is gil.find()


def test_another_thread_with_the_same_signature_is_not_mistaken_for_it() -> None:
    """A copy of the record elsewhere looks right, but does not follow the switch interval."""
    record = gil.find()
    if record is None:
        pytest.skip("no GIL record in this Python")
    copy = ctypes.create_string_buffer(ctypes.string_at(record.address, 32), 32)
    assert gil._looks_right(ctypes.addressof(copy))
    assert not gil._proved(ctypes.addressof(copy))
    assert gil._proved(record.address)


def test_a_record_that_names_the_wrong_thread_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks right to the thread that searches, and wrong to a second one."""
    mine = threading.get_ident()
    monkeypatch.setattr(gil, "_looks_right", lambda address: threading.get_ident() == mine)
    assert not gil._proved(4096)
    monkeypatch.setattr(gil, "_looks_right", lambda address: True)
    assert gil._proved(4096)
    monkeypatch.setattr(gil, "_looks_right", lambda address: False)
    assert not gil._proved(4096)


@pytest.fixture
def interval_kept() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("interval_kept")
@pytest.mark.parametrize("before", [5000, *gil.ODD_INTERVALS_US])
def test_the_proof_sets_another_interval_and_puts_back_what_was(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(gil, "_looks_right", lambda address: not seen.append(gil._interval_us()))
    gil._set_interval_us(before)
    assert gil._proved(4096)
    assert len(seen) == 2
    assert seen[0] == seen[1] != before
    assert seen[0] in gil.ODD_INTERVALS_US
    assert gil._interval_us() == before


@pytest.mark.usefixtures("interval_kept")
def test_who_turns_the_knob_meanwhile_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gil, "_looks_right", lambda address: sys.setswitchinterval(0.123) is None)
    gil._proved(4096)
    assert sys.getswitchinterval() == pytest.approx(0.123)


@pytest.mark.parametrize("address", [0, 1, 8, 4096, 2**47, 2**62, 2**63, 2**64 - 8, -8])
def test_no_address_crashes_it(address: int) -> None:
    assert gil._copy(address, 32) == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="unmaps a page with Linux' munmap")
def test_a_copy_ends_where_the_memory_does() -> None:
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    read_write, private_anonymous, page = 3, 0x22, os.sysconf("SC_PAGESIZE")
    block = libc.mmap(None, 3 * page, read_write, private_anonymous, -1, 0)
    libc.munmap(block + 2 * page, page)
    assert gil._copy(block, 3 * page) == bytes(2 * page)
    libc.munmap(block, 2 * page)
    assert gil._copy(block, page) == b""


def test_a_thread_state_names_its_thread() -> None:
    assert gil.thread_state() == gil.thread_state() != 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has to be asked")
def test_tracing_is_allowed_to_the_app_alone_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []

    class Prctl:
        argtypes: object = None

        def __call__(self, *arguments: int) -> int:
            asked.append(arguments)
            return 0

    monkeypatch.setattr(ctypes, "PyDLL", lambda name: SimpleNamespace(prctl=Prctl()))
    gil.allow_tracing(4711)
    gil.allow_tracing(gil.NOBODY)
    set_ptracer = 0x59616D61  # linux/prctl.h
    assert [(what, who) for what, who, *_ in asked] == [(set_ptracer, 4711), (set_ptracer, 0)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has to be asked")
def test_who_has_no_yama_is_asked_in_vain_without_harm() -> None:
    """The real call: a process that has made it can still be read, and goes on."""
    code = "from playground.lab.watching import gil; gil.allow_tracing(1); print('goes on')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("goes on\n", "", 0)


def test_the_library_is_opened_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has none without a name: `PyDLL(None)` is a TypeError there."""
    opened: list[tuple[object, object]] = []

    class Calls:
        def __getattr__(self, name: str) -> Any:
            made = SimpleNamespace()
            setattr(self, name, made)
            return made

    def library(name: object, handle: object) -> Calls:
        opened.append((name, handle))
        return Calls()

    own = SimpleNamespace(_name="python312.dll", _handle=7)
    made = SimpleNamespace(pythonapi=own, PyDLL=library, c_void_p=object, c_int64=object)
    monkeypatch.setattr(gil, "ctypes", made)
    gil._python_library()
    assert opened == [("python312.dll", 7)]


@pytest.mark.parametrize(("layout", "numbers"), [(gil.LP64, "=QQ"), (gil.LLP64, "=II")])
def test_a_thread_is_known_by_numbers_as_long_as_a_c_long(
    monkeypatch: pytest.MonkeyPatch, layout: int, numbers: str
) -> None:
    """Windows' long has four bytes; with eight, no worker of a subinterpreter was ever found there."""
    memory = {0x1000: b"\xff" * 32 + struct.pack(numbers, 41, 42) + b"\xff" * 32, 0x2000: b"\0" * 72}
    following = {0x1000: 0x2000, 0x2000: 0}
    states = SimpleNamespace(
        PyInterpreterState_Head=lambda: 5,
        PyInterpreterState_GetID=lambda _: 3,
        PyInterpreterState_ThreadHead=lambda _: 0x1000,
        PyThreadState_Next=lambda state: following[state.value],
    )
    monkeypatch.setattr(gil, "LAYOUT", layout)
    monkeypatch.setattr(gil, "_python", states)
    monkeypatch.setattr(gil, "_copy", lambda address, _: memory[address])
    assert gil.thread_state_of(3, 41, 42) == 0x1000
    assert gil.thread_state_of(3, 42, 41) == 0
