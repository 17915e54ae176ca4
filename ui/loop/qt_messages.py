"""What Qt has to say goes to the log, as Python's own warnings do. A fatal message is written down before Qt ends the
process. Whoever listened before, a test say, still hears everything."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
MOST_SAME = 10  # messages with the same words; further ones say nothing new
log = logging.getLogger("qt")


class QtMessages:
    def __init__(self, written: Callable[[], object]) -> None:
        """`written` waits until the log is on the disk."""
        self._written = written
        self._heard: Counter[str] = Counter()
        self._before: Any = qInstallMessageHandler(self._hear)

    def end(self) -> None:
        qInstallMessageHandler(self._before)

    def _hear(self, kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        self._heard[words] += 1
        if self._heard[words] > MOST_SAME:  # with each frame, perhaps
            self._pass_on(kind, context, words)
            return
        category = context.category if context.category not in (None, "default") else ""
        log.log(LEVELS.get(kind, logging.WARNING), "%s%s", f"{category}: " if category else "", words)
        self._pass_on(kind, context, words)
        if kind == QtMsgType.QtFatalMsg:
            self._written()

    def _pass_on(self, kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        if self._before is not None:
            self._before(kind, context, words)
