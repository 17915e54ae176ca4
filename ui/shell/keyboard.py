"""Where the keyboard goes in the window: with Tab and F6 from part to part in reading order, back to the stage when
something is done; and the ring around a widget that does not show its focus itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.code.code_parts import CodeProblem
from ui.kit import keys, tab_order
from ui.kit.controls import Control
from ui.kit.focus_ring import FocusRing
from ui.kit.theme import Theme
from ui.runs.figure_row import FigureRow
from ui.stage.run_group import GroupPanel
from ui.stage.stage import Stage

SHOW_FOCUS = (Control, QLineEdit, FigureRow, CodeProblem, GroupPanel)  # these show their focus themselves


class Keyboard(QObject):
    def __init__(self, theme: Theme, window: QWidget, stage: Stage, areas: Sequence[QWidget]) -> None:
        """`areas`: in the order of Tab. The drawer lies over the stage, and is part of the same area."""
        super().__init__(window)
        self.ring = FocusRing(theme, window)
        self.areas = tuple(areas)
        self._window, self._stage = window, stage

    def keeps(self, event: QKeyEvent) -> bool:
        """Does the focused widget need this key itself, so that the window must not take it?"""
        return keys.is_kept(event, self._window.focusWidget(), self._stage)

    def focus_stage(self) -> None:
        self._stage.setFocus()
        self.ring.show_around(self._stage)

    def to_next(self, forward: bool) -> bool:
        """Tab, or Shift+Tab. Is there anything to go to?"""
        return self.go_to(tab_order.following(self.areas, self._window.focusWidget(), forward), forward)

    def to_area(self, by: int) -> None:
        self.go_to(tab_order.next_area(self.areas, self._window.focusWidget(), by))

    def go_to(self, stop: QWidget | None, forward: bool = True) -> bool:
        if stop is None:
            return False
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._stage.bring_into_view(stop)
        if not isinstance(stop, SHOW_FOCUS):
            self.ring.show_around(stop)
        return True
