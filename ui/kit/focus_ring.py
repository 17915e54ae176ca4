"""A ring around the widget that has the keyboard, for tables, texts, lists and the stage, which draw none themselves.
It comes with Tab and goes with the focus or a click. Around a widget that fills half a window it is a thin line."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.kit.drawing import Themed, box
from ui.kit.theme import Theme

LARGE = 600, 240  # px: around a larger widget, a ring would be the first thing one sees
MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusRing(Themed, QWidget):
    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, "focus_ring", parent=window)
        self._around: QWidget | None = None
        self._watched: list[QObject] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._on_focus)
        self.hide()

    def show_around(self, widget: QWidget) -> None:
        self.leave()
        self._around = widget
        step: QWidget | None = widget
        while step is not None and step is not self.window():
            step.installEventFilter(self)
            self._watched.append(step)
            step = step.parentWidget()
        # All clicks come through this handle. Watching every widget would cost a call for each event.
        handle = self.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
            self._watched.append(handle)
        self._place()

    def leave(self) -> None:
        for watched in self._watched:
            watched.removeEventFilter(self)
        self._watched, self._around = [], None
        self.hide()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._around is not None and new is not self._around:
            self.leave()

    def _place(self) -> None:
        around = self._around
        if around is None:
            return
        seen = around.visibleRegion().boundingRect()
        self.setVisible(not seen.isEmpty())
        if not seen.isEmpty():
            corner = around.mapTo(self.window(), QPoint(seen.topLeft()))
            self.setGeometry(QRect(corner, seen.size()))
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self.leave()
        elif event.type() in MOVES:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wide, high = map(self.px, LARGE)
        large = self.width() > wide and self.height() > high
        box(painter, QRectF(self.rect()), self.px(6), None, self.theme.accent, self.px(1 if large else 2))
