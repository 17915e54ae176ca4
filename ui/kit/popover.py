"""Popover: a panel that opens over the window, beside what was pressed; Esc or a click elsewhere closes it.

It is a child of the window, not a window of its own: its round corners need no compositor, it is in every grab of the
window, and it works where a program may not place its windows (Wayland). `ChoiceMenu` is a popover with rows."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.kit import tab_order
from ui.kit.drawing import RING, Themed, box
from ui.kit.keys import KeepsKeys, is_plain
from ui.kit.theme import Theme

EDGE = 8  # px kept free between a popover and the edge of the window
GAP = 2


class Popover(Themed, KeepsKeys, QWidget):
    closed = Signal()

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible)
        self._anchor: QWidget | None = None
        self._before: QWidget | None = None  # the widget that had the keyboard, and gets it back
        self._moved_in = False  # into a window, since it was last shown
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open_below(self, anchor: QWidget, align_right: bool = False) -> None:
        """Opens under `anchor`, within its window; above it where there is no room below."""
        px, edge = self.px, self.px(EDGE)
        self._attach(anchor)
        window = anchor.window()
        size = self.fitting(window.size())
        corner = anchor.mapTo(window, QPoint(0, 0))
        x = corner.x() + anchor.width() - size.width() - px(RING) if align_right else corner.x() + px(RING)
        y = corner.y() + anchor.height() + px(GAP)
        if y + size.height() > window.height() - edge:
            above = corner.y() - px(GAP) - size.height()
            y = above if above >= edge else max(edge, window.height() - edge - size.height())
        x = max(edge, min(x, window.width() - edge - size.width()))
        self.setGeometry(QRect(QPoint(x, y), size))
        self._appear()

    def open_at_top(self, anchor: QWidget, width: int, top: int) -> None:
        """Opens in the middle of the window, `top` pixels from its upper edge."""
        self._attach(anchor)
        window = anchor.window()
        size = self.fitting(window.size())
        size.setWidth(min(width, window.width() - 2 * self.px(EDGE)))
        self.setGeometry(QRect(QPoint((window.width() - size.width()) // 2, top), size))
        self._appear()

    def fitting(self, window: QSize) -> QSize:
        """The size to open with."""
        edges = 2 * self.px(EDGE)
        return self.sizeHint().boundedTo(window - QSize(edges, edges))

    def close_popover(self) -> None:
        if not self.isVisible():
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self) or self.hasFocus()
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def _attach(self, anchor: QWidget) -> None:
        self._anchor = anchor
        focused = QApplication.focusWidget()
        if focused is None or not (focused is self or self.isAncestorOf(focused)):
            self._before = focused or anchor
        if self.parentWidget() is not anchor.window():
            self.setParent(anchor.window())
            self._moved_in = True

    def _appear(self) -> None:
        self.show()
        if self._moved_in:  # the style sheet has reset the colours and fonts of its labels
            self._moved_in = False
            self.set_theme(self.theme)
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _is_elsewhere(self, event: QMouseEvent) -> bool:
        place = event.globalPosition().toPoint()
        for widget in (self, self._anchor):
            if widget is not None and widget.rect().contains(widget.mapFromGlobal(place)):
                return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if (kind == QEvent.Type.MouseButtonPress and self._is_elsewhere(cast(QMouseEvent, event))) or (
            kind == QEvent.Type.Resize and watched is self.parentWidget()
        ):
            self.close_popover()
        return False

    def keeps(self, event: QKeyEvent) -> bool:
        return is_plain(event)  # while this is open, the window's shortcuts without Ctrl do not apply

    def showEvent(self, event: QShowEvent) -> None:
        # Watching all events costs a call for each, so only while open.
        cast(QApplication, QApplication.instance()).installEventFilter(self)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        cast(QApplication, QApplication.instance()).removeEventFilter(self)
        super().hideEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round within the popover, in reading order."""
        stop = tab_order.following([self], QApplication.focusWidget(), forward, itself=False)
        if stop is None:
            return False
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        # No click reaches the window below.
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self.px(10), self.theme.raised, self.theme.line2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
