"""Where this process says something: made fit for all that we say, first of all.

A windowed app on Windows has no standard streams; print then does nothing, but warnings, logging and whoever looks at a
stream's attributes would fail. A file or a pipe gets UTF-8: the code pages of many countries (1251, 866, 437) lack the
sign \u00d7, and a list would end in a UnicodeEncodeError. A console shows every letter as it is."""

from __future__ import annotations

import os
import sys

CHOSEN_BY_USER = "PYTHONIOENCODING"


def make_fit() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (stays open as long as the app)
        elif not stream.isatty() and CHOSEN_BY_USER not in os.environ and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
