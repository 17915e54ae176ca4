"""Witness: writes what the window shows into a file, for tests that drive a real window by mouse and keyboard from
another process. It exists only where an environment variable names that file, and reads what anyone may read: where
the widgets are, what they say, and the figures of the runs. Each state replaces the last one, whole."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from playground.files.whole_file import write_whole
from ui.kit.timers import timer

if TYPE_CHECKING:
    from ui.window import Window

VARIABLE = "CONCURRENCY_PLAYGROUND_STATE"
EVERY_MS = 100
TOLD = 200  # workers of a run: 10 000 would take half a second, and make the window late


class Witness(QObject):
    def __init__(self, window: Window, path: Path) -> None:
        super().__init__(window)
        self._window, self._path = window, path
        timer(self, "witness", self._write, EVERY_MS).start()

    def _write(self) -> None:
        if not self._window.isVisible():  # closing: its runs are gone
            return
        write_whole(self._path, msgspec.json.encode(self.state(), enc_hook=list), durable=False)

    def state(self) -> dict[str, Any]:
        window, stage = self._window, self._window.stage
        focus = QApplication.focusWidget()
        return {
            "at_ns": time.perf_counter_ns(),
            "pid": os.getpid(),
            "painted": window.painted,
            "scale": window.devicePixelRatioF(),
            "theme": window.themes.theme.name,
            "focus": focus.objectName() if focus else "",
            "active": window.isActiveWindow(),
            "widgets": {widget.objectName(): _shown(widget) for widget in QApplication.allWidgets() if _named(widget)},
            "runs": [replace(run, workers=run.workers[:TOLD]) for run in window.runs.statistics()],
            "probes": {run.number: run.probe.pid for run in window.runs.all if run.probe.running},
            "recipe": window.recipe_bar.recipe(),
            "interpreters": sum(one.available for one in window.interpreters.all()),
            "problem": window.recipe_bar.problem(),
            "verdict": window.side.verdict.sentence.words(),
            "notices": window.notices.words(),
            "message": window.status.message.words(),
            "costs": window.status.facts(),
            "finished": [run.statistics.number for run in window.runs_panel.runs()],
            "frozen": stage.frozen,
            "span_s": stage.window_of_time.span / 1e9,
            "offset_s": stage.window_of_time.offset / 1e9,
            "hover": stage.card.lines if stage.card.isVisible() else [],
            "lateness_ms": stage.lateness(),
            "clipboard": QApplication.clipboard().text(),
        }


def _named(widget: QWidget) -> bool:
    return bool(widget.objectName()) and widget.isVisible() and not widget.visibleRegion().isEmpty()


def _shown(widget: QWidget) -> dict[str, Any]:
    """The part of a widget that can be seen and pressed, in pixels of the screen."""
    seen, scale = widget.visibleRegion().boundingRect(), widget.devicePixelRatioF()
    corner = widget.mapToGlobal(QPoint(0, 0)) + seen.topLeft()
    shown: dict[str, Any] = {
        "place": [round(part * scale) for part in (corner.x(), corner.y(), seen.width(), seen.height())],
        "enabled": widget.isEnabled(),
        "name": widget.accessibleName(),
    }
    if isinstance(widget, QAbstractButton):
        shown["checked"] = widget.isChecked()
    if isinstance(widget, QLineEdit):
        shown["text"] = widget.text()
    return shown
