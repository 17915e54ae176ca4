"""The list of what was printed: a row of fixed height for each line. Only rows in sight are painted, so five thousand
lines cost what twenty do. The list follows the newest line until it is scrolled up."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from ui.kit.button import Button
from ui.kit.drawing import Themed
from ui.kit.keys import KeepsKeys
from ui.kit.theme import Theme
from ui.kit.timers import timer
from ui.runs.output.output_paint import ROW, RowPainter
from ui.runs.output.output_rows import OutputRows

TOP = 6
SCROLL_MS = 40  # while a selection is dragged beyond the edge
MOST_TIP = 2000
OWN_KEYS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
OWN_STANDARD_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)


class OutputList(Themed, KeepsKeys, QAbstractScrollArea):
    copied = Signal()

    def __init__(self, theme: Theme, rows: OutputRows) -> None:
        super().__init__(theme, "output_list", "What workers print")
        self.rows = rows
        self._kind = (0, 0, True)  # colour of the first worker, start of the run, do rows have badges?
        self._make_painter()
        self.following = True
        self._anchor = self._mark = -1  # serial numbers of the selection's ends
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.fit(self.verticalScrollBar().setSingleStep, ROW)
        self.newest = Button(
            theme, "output_newest", "newest", "down", px=12, height=26, padding=9, icon_px=13, tip="Follow what comes"
        )
        self.newest.setParent(self)
        self.newest.clicked.connect(self.go_to_newest)
        self.newest.hide()
        self._scroller = timer(self, "output_scroller", self._drag_on, SCROLL_MS)
        self._drag_y = 0.0

    # -- what the page calls

    def restart(self, first_slot: int, start_ns: int, badges: bool) -> None:
        """Shows other rows, from their end."""
        self._kind = (first_slot, start_ns, badges)
        self._make_painter()
        self._anchor = self._mark = -1
        self.following = True
        self.rows_changed(self.rows.first)

    def begin_at(self, start_ns: int) -> None:
        """Sets when the run began: times count from there."""
        first_slot, before, badges = self._kind
        if start_ns != before:
            self._kind = (first_slot, start_ns, badges)
            self._make_painter()

    def rows_changed(self, first_before: int) -> None:
        """Rows have come and gone: those in sight stay where they are, unless the newest is followed."""
        bar = self.verticalScrollBar()
        place = bar.value() - (self.rows.first - first_before) * self.px(ROW)
        following = self.following
        self._fit()
        bar.setValue(bar.maximum() if following else place)
        self.following = following  # the user has not moved the bar
        self.newest.setVisible(not self.following)
        self.viewport().update()

    def go_to_newest(self) -> None:
        self.following = True
        self.rows_changed(self.rows.first)

    def copy_all(self) -> None:
        self._copy(range(self.rows.first, self.rows.end))

    def selected(self) -> range:
        """The serial numbers of the selected rows that are still there."""
        if self._anchor < 0:
            return range(0)
        low, high = sorted((self._anchor, self._mark))
        return range(max(low, self.rows.first), min(high + 1, self.rows.end))

    # -- where things are

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, self._top() + len(self.rows) * self.px(ROW) + self.px(TOP) - self.viewport().height()))

    def _top(self) -> int:
        """The height above the first row, where it says how many lines came before."""
        return self.px(TOP) + (self.px(ROW) if self.rows.earlier else 0)

    def _serial_at(self, y: float) -> int:
        row = int((y + self.verticalScrollBar().value() - self._top()) // self.px(ROW))
        return self.rows.first + max(0, min(len(self.rows) - 1, row))

    def _on_scrolled(self, value: int) -> None:
        self.following = value >= self.verticalScrollBar().maximum()
        self.newest.setVisible(not self.following)
        self.viewport().update()

    # -- painting

    def _make_painter(self) -> None:
        self._painter = RowPainter(self.theme, *self._kind)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self.rows):
            return
        painter, height = QPainter(self.viewport()), self.px(ROW)
        width = self.viewport().width()
        self._painter.measure(self.rows)
        value, top = self.verticalScrollBar().value(), self._top()
        first = max(0, (value - top) // height)
        last = min(len(self.rows), (value - top + self.viewport().height()) // height + 1)
        seen = [self.rows.row(self.rows.first + row) for row in range(first, last)]
        if self.rows.earlier:
            self._painter.note(painter, QRectF(0, self.px(TOP) - value, width, height), self.rows.earlier_words())
        selected = self.selected()
        for place, row in enumerate(seen, first):
            rect = QRectF(0, top + place * height - value, width, height)
            if self.rows.first + place in selected:
                painter.fillRect(rect, QColor(self.theme.accent_soft))
            self._painter.paint(painter, rect, row)

    def rethemed(self) -> None:
        self._make_painter()

    # -- selecting and copying

    def _copy(self, serials: range) -> None:
        if len(serials):
            QGuiApplication.clipboard().setText(self.rows.as_text(serials))
            self.copied.emit()

    def _drag_on(self) -> None:
        """Scrolls on while the mouse is held beyond the edge."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        beyond = self._drag_y if self._drag_y < 0 else self._drag_y - height if self._drag_y > height else 0
        bar.setValue(bar.value() + int(beyond))
        self._mark = self._serial_at(max(0.0, min(height - 1.0, self._drag_y)))
        self.viewport().update()

    # -- Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not len(self.rows):
            return
        self._mark = self._serial_at(event.position().y())
        if self._anchor < 0 or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = self._mark
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor >= 0:
            self._drag_y = event.position().y()
            self._drag_on()
            if not self._scroller.isActive():
                self._scroller.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._scroller.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.selected())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._anchor, self._mark = self.rows.first, self.rows.end - 1
            self.viewport().update()
        elif event.key() == Qt.Key.Key_Escape and self._anchor >= 0:
            self._anchor = self._mark = -1
            self.viewport().update()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.go_to_newest()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and len(self.rows):
            self._tell_whole(cast(QHelpEvent, event))
            return True
        return super().viewportEvent(event)

    def keeps(self, event: QKeyEvent) -> bool:
        return event.key() in OWN_KEYS or any(event.matches(standard) for standard in OWN_STANDARD_KEYS)

    def _tell_whole(self, event: QHelpEvent) -> None:
        """Shows a line that does not fit in a tool tip."""
        y = event.pos().y()
        row = self.rows.row(self._serial_at(y))
        if row.kind != "gap" and not self._painter.fits(row.text, self.viewport().width()):
            QToolTip.showText(event.globalPos(), wrapped(row.text[:MOST_TIP]), self.viewport())
        else:
            QToolTip.hideText()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size, edge = self.newest.sizeHint(), self.px(6)
        corner = QPoint(self.viewport().width() - size.width() - edge, self.height() - size.height() - edge)
        self.newest.setGeometry(QRect(corner, size))
        self.rows_changed(self.rows.first)

    def sizeHint(self) -> QSize:
        return QSize(self.px(300), 8 * self.px(ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.px(120), 3 * self.px(ROW))


def wrapped(text: str, width: int = 100) -> str:
    """Breaks lines, as tool tips of plain text do not."""
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))
