"""Timers. Each has a name, so that one which goes on by mistake can be found."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance

Act = Callable[[], object] | SignalInstance


def timer(parent: QObject | None, name: str, act: Act, ms: int = 0) -> QTimer:
    """A timer that acts again and again once it is started."""
    made = QTimer(parent, interval=ms)
    made.setObjectName(name)
    made.timeout.connect(act)
    return made


def single_shot(parent: QObject | None, name: str, act: Act, ms: int = 0) -> QTimer:
    """A timer that acts once for each start."""
    made = timer(parent, name, act, ms)
    made.setSingleShot(True)
    return made
