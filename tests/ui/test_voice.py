"""Threads tell what the window asked, and the window may go at any moment: nothing is heard, and nothing crashes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ui.loop.voice import Voice

ROOT = Path(__file__).resolve().parents[2]

# In a process of its own, which may crash. Threads take turns as often as they can.
WINDOWS_THAT_GO = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QObject
from shiboken6 import delete
from playground.start import newer_version
from ui.loop.disk import Disk
from ui.workers.version_asker import VersionAsker
newer_version.asked = lambda address: "9.9"
sys.setswitchinterval(1e-6)
app = QCoreApplication([])
for number in range(400):
    window = QObject()
    disk, asker = Disk(window), VersionAsker(window)
    for count in range(4):
        {ask}
    for _ in range(number % 7):
        app.processEvents()
    delete(window)
while threading.active_count() > 1:
    app.processEvents()
app.processEvents()
print("whole")
"""


@pytest.mark.parametrize("ask", ["disk.look(Path(str(count)))", "asker.ask()"])
def test_a_window_that_goes_while_threads_answer_it(ask: str) -> None:
    script = WINDOWS_THAT_GO.replace("{ask}", ask)
    line = [sys.executable, "-c", script]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "whole\n", "")


def test_what_is_said_is_heard_until_it_is_closed(qtbot: QtBot) -> None:
    voice = Voice()
    heard: list[object] = []
    voice.said.connect(heard.append)
    voice.say("one")
    voice.close()
    voice.say("two")
    assert heard == ["one"]
