"""Worker processes, and how a lab hears that they have ended."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "waitid"), reason="elsewhere multiprocessing is asked")

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


@pytest.mark.parametrize("beside", ["nobody", "other"])
def test_a_process_that_has_ended_before_the_next_was_started_is_heard_of(beside: str) -> None:
    line = [sys.executable, "-c", SCRIPT, beside]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.strip() == "[(0, 3), (1, 0)]", ended.stderr
