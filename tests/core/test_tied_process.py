"""Worker processes, and how a lab hears that they have ended."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from playground.lab.blocking import tied_process

asks_the_system = pytest.mark.skipif(not hasattr(os, "waitid"), reason="elsewhere multiprocessing is asked")

# In a process of its own, as it is about all children that there are.
SCRIPT = """
import multiprocessing, os, subprocess, sys
from playground.lab.blocking import tied_process as leash

context = multiprocessing.get_context("fork")
other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) if sys.argv[1] == "other" else None
processes = []
for code in (3, 0):
    processes.append(context.Process(target=os._exit, args=(code,)))
    processes[-1].start()  # which takes away those of before that have ended
    os.waitid(os.P_PID, processes[-1].pid, os.WEXITED | os.WNOWAIT)
print(sorted((place, process.exitcode) for place, process in leash.as_they_end(processes, "fork")), flush=True)
if other is not None:
    other.communicate()
"""


@asks_the_system
@pytest.mark.parametrize("beside", ["nobody", "other"])
def test_a_process_that_has_ended_before_the_next_was_started_is_heard_of(beside: str) -> None:
    line = [sys.executable, "-c", SCRIPT, beside]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.strip() == "[(0, 3), (1, 0)]", ended.stderr


class Sentinels:
    """The system, which takes so many handles at once, and has two of all that are asked about."""

    def __init__(self, most: int, ready: set[int]) -> None:
        self.most, self.ready, self.asked = most, ready, 0

    def wait(self, handles: list[int], timeout: float | None = None) -> list[int]:
        self.asked += 1
        assert len(handles) <= self.most, "need at most 63 handles"
        found = [handle for handle in handles if handle in self.ready]
        assert found or timeout is not None, "nobody would wait for the other groups"
        return found


@pytest.mark.parametrize(("count", "most"), [(7, 3), (6, 3), (3, 3), (1, 3)])
def test_more_processes_than_the_system_waits_for_at_once_are_waited_for_in_groups(
    monkeypatch: pytest.MonkeyPatch, count: int, most: int
) -> None:
    processes = {place: SimpleNamespace(sentinel=100 + place) for place in range(count)}
    system = Sentinels(most, {100 + count - 1})
    monkeypatch.setattr(tied_process, "wait", system.wait)
    assert tied_process._ended(processes, at_once=most) == [count - 1]
    assert system.asked == -(-count // most)
