"""What is asked of Windows, and what is made of its answers; on other systems by a kernel that is made up."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from playground.figures import memory_use
from playground.lab.watching import machine, windows_calls
from playground.lab.wire.ring import CORE_UNKNOWN
from playground.run import freezer, lab_session

windows_only = pytest.mark.skipif(os.name != "nt", reason="asks Windows itself")


class Kernel:
    def __init__(self, group: int = 0, number: int = 0, reserved: int = 0) -> None:
        self.group, self.number, self.reserved = group, number, reserved
        self.asked: list[tuple[Any, ...]] = []

    def GetCurrentProcessorNumberEx(self, numbers: Any) -> None:
        numbers._obj[:] = [self.group, self.number]

    def SetPriorityClass(self, process: Any, priority: int) -> int:
        self.asked.append(("process", ctypes.c_ssize_t(process.value).value, priority))
        return 1

    def SetThreadPriority(self, thread: Any, priority: int) -> int:
        self.asked.append(("thread", ctypes.c_ssize_t(thread.value).value, priority))
        return 1

    def K32GetProcessMemoryInfo(self, process: Any, sizes: Any, size: int) -> int:
        assert size == 72, "as Windows wants it, on 64 bits"
        sizes._obj[7] = self.reserved  # PagefileUsage
        return int(self.reserved > 0)


def of(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setattr(machine, "_windows", windows_calls.Windows(ctypes, kernel))
    return kernel


@pytest.mark.parametrize(("group", "number", "core"), [(0, 3, 3), (1, 5, 69), (0, 0x103, 3), (65535, 0, CORE_UNKNOWN)])
def test_the_core_of_a_thread(monkeypatch: pytest.MonkeyPatch, group: int, number: int, core: int) -> None:
    of(Kernel(group, number), monkeypatch)
    watch = machine.ThreadWatch()
    assert watch.core() == core
    watch.close()


def test_a_lab_gives_way_and_a_probe_wakes_on_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = of(Kernel(), monkeypatch)
    monkeypatch.delattr(os, "nice", raising=False)
    monkeypatch.setattr(machine, "_libc", None)
    assert machine.give_way(5) == 0
    machine.wake_on_time()
    assert kernel.asked == [("process", -1, 0x4000), ("thread", -2, 2)]


@pytest.mark.parametrize(("reserved", "mb"), [(34_000_000, 34.0), (0, None)])
def test_the_memory_of_a_process(monkeypatch: pytest.MonkeyPatch, reserved: int, mb: float | None) -> None:
    of(Kernel(reserved=reserved), monkeypatch)
    assert machine.own_memory_mb() == mb


def test_the_app_counts_it_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SimpleNamespace(memory_info=lambda: SimpleNamespace(pagefile=34_000_000, rss=1))
    monkeypatch.setattr(psutil, "Process", lambda _: made)
    monkeypatch.setattr(memory_use, "WINDOWS", True)
    assert memory_use._own_mb(1) == 34.0


def test_only_processes_of_this_lab_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, int]] = []
    parents = {10: 1, 11: 10, 12: 99}

    class Process:
        def __init__(self, pid: int) -> None:
            if pid not in parents:
                raise psutil.NoSuchProcess(pid)
            self.pid = pid

        def ppid(self) -> int:
            return parents[self.pid]

        def suspend(self) -> None:
            done.append(("stop", self.pid))

        def resume(self) -> None:
            done.append(("go on", self.pid))

    monkeypatch.setattr(psutil, "Process", Process)
    monkeypatch.setattr(freezer, "WINDOWS", True)
    assert [pid for pid in (10, 11, 12, 13) if freezer._stopped(pid, lab=10)] == [10, 11]
    for pid in (10, 13):
        freezer._resumed(pid)
    assert done == [("stop", 10), ("stop", 11), ("go on", 10)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0xC0000005, "was ended by the system: it touched memory that it has not got (0xC0000005)"),
        (0xC00000FD, "was ended by the system: its stack is full (0xC00000FD)"),
        (3, "ended with exit code 3"),
    ],
)
def test_how_windows_ends_a_process_is_said_in_words(code: int, words: str) -> None:
    assert lab_session.how_it_ended(code) == words


@windows_only
def test_windows_answers(tmp_path: Path) -> None:
    watch = machine.ThreadWatch()
    assert 0 <= watch.core() < (os.cpu_count() or 1)
    watch.close()
    here, there = machine.own_memory_mb(), memory_use._own_mb(os.getpid())
    assert here is not None
    assert there == pytest.approx(here, rel=0.2)
