"""Every way of starting with a window sets the heap up first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START = """
from playground.start import heap
heap.keep_together = lambda: print("kept together")
from ui.application import make_application
make_application()
"""


def test_the_heap_is_set_up() -> None:
    said = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "kept together\n"
