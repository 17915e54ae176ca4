"""What Qt has to say goes to the log, as Python's own warnings do. A fatal message is written down before Qt ends the
process. Whoever listened before, a test say, still hears everything."""

from __future__ import annotations

import logging
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
log = logging.getLogger("qt")


class QtMessages:
    def __init__(self, written: Callable[[], object]) -> None:
        """`written` waits until the log is on the disk."""
        self._written = written
        self._before: Any = qInstallMessageHandler(self._hear)

    def end(self) -> None:
        qInstallMessageHandler(self._before)

    def _hear(self, kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        category = context.category if context.category not in (None, "default") else ""
        log.log(LEVELS.get(kind, logging.WARNING), "%s%s", f"{category}: " if category else "", words)
        if self._before is not None:
            self._before(kind, context, words)
        if kind == QtMsgType.QtFatalMsg:
            self._written()
