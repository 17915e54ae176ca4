"""The line that each plain function has reached. A worker that is called as it is reports lines only at a checkpoint,
so the app asks for them while somebody looks at the text (playground/run/asked_lines.py): by SIGURG, which a process
that does not listen ignores. Python handles it in the main thread, between two instructions, and looks at all threads
at once."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Any

from . import own_module, stretch

SIGNAL = getattr(signal, "SIGURG", None)  # Windows has none: there nobody asks


def listen() -> None:
    """From now on this process notes its lines when it is asked. To be called in its main thread."""
    if SIGNAL is not None:
        with suppress(ValueError):  # called in another thread than the main one
            signal.signal(SIGNAL, _note)  # a wait that it interrupts goes on by itself (PEP 475)


def _note(number: int, frame: Any) -> None:
    with suppress(Exception):  # it is called in the middle of somebody's code
        frames = sys._current_frames()
        for one in stretch.running():
            line = own_module.line_of(frames.get(one.thread))
            if line:
                one.at_line(line)
