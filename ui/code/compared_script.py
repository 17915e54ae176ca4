"""The stand-alone program that does what a recipe does, and what another model would change in it. The comparison takes
about a frame, and nobody waits for it: it is thought out a moment later, in two steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from playground.recipe.recipe import Recipe
from playground.script.differences import Changes, changes, comparable
from playground.script.making import NoScript, script_for
from ui.kit.timers import single_shot

THINK_MS = 250
LONG = 10_000  # characters of code: comparing more takes long, and is left out


class ComparedScript(QObject):
    tried = Signal(str)  # why there is no script; empty: there is one
    found = Signal()  # the changes are known, or will not be

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.changes: Changes | None = None
        self.prepared_of: Callable[[Recipe], dict[str, Any] | None] = lambda _recipe: None  # the sizes of its pieces
        self._recipe = Recipe()
        self._compared: str | NoScript | None = None  # the script, or why there is none; None: not tried yet
        self._timer = single_shot(self, "script", self._think)

    def text(self) -> str | NoScript:
        """The script as it is now: a run may have found the size of the pieces meanwhile."""
        try:
            return script_for(self._recipe, self.prepared_of(self._recipe))
        except NoScript as why:
            return why

    def take(self, recipe: Recipe) -> None:
        self._recipe, self._compared = recipe, None

    def think_soon(self) -> None:
        self.changes = None
        if len(self._recipe.code) < LONG:
            self._timer.start(THINK_MS)
        else:
            self._timer.stop()
            self.tried.emit("")
            self.found.emit()

    def _think(self) -> None:
        """Makes the script; the next time, finds what another model would change. Each step takes about a frame."""
        if self._compared is None:
            try:
                self._compared = comparable(self._recipe)
            except NoScript as why:
                self._compared = why
            self.tried.emit("" if isinstance(self._compared, str) else str(self._compared))
            self._timer.start(THINK_MS)
            return
        self.changes = changes(self._recipe, self._compared) if isinstance(self._compared, str) else None
        self.found.emit()

    def next_change(self, seen: int) -> int | None:
        """The first changed line after `seen`; after the last one, the first of all; None: nothing is known."""
        lines = self.changes.lines if self.changes is not None else ()
        return next((line for line in lines if line > seen), lines[0]) if lines else None
