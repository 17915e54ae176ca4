"""The middle of the window: the stage at the left, notices over its lower edge, the right column beside it. In a narrow
window the right column becomes a drawer over the stage, and the verdict is one line above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from ui.kit.drawing import Themed
from ui.kit.notices import Notices
from ui.kit.theme import Theme
from ui.runs.verdict_strip import VerdictStrip
from ui.settings.settings import Settings
from ui.shell.right_column import LEAST_WIDTH, MOST_WIDTH, Side
from ui.stage.stage import Stage

NARROW = 1280  # px: in a narrower window the right column is a drawer
MARGIN = 12
MOST_OF_DRAWER = 0.6  # of the window, so that the stage is still seen


class Middle(Themed, QWidget):
    def __init__(
        self, theme: Theme, notices: Notices, strip: VerdictStrip, stage: Stage, side: Side, kept: Settings
    ) -> None:
        super().__init__(theme, "middle")
        self._side, self._strip, self._stage, self._notices = side, strip, stage, notices
        # What the user has set, at 100 %. One width for all tabs, so nothing moves when the tab changes.
        self.side_width = max(LEAST_WIDTH, min(MOST_WIDTH, kept.right_width))
        self.side_wanted = kept.right_open
        self._narrow: bool | None = None
        self._moved = False  # the column has got another parent since it was last shown
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("splitter")
        self.fit(self._splitter.setHandleWidth, MARGIN)
        for part in (self._make_left(strip, stage), side):
            self._splitter.addWidget(part)
        for place in (0, 1):
            self._splitter.setStretchFactor(place, 1 - place)
            self._splitter.setCollapsible(place, False)
        self._splitter.splitterMoved.connect(self._on_moved)
        self.in_row(self._splitter, of=self, edges=(0, 0, MARGIN, 8))
        notices.setParent(self)
        stage.installEventFilter(self)  # notices follow its lower edge

    def _make_left(self, strip: VerdictStrip, stage: Stage) -> QWidget:
        above = QWidget()
        above.setObjectName("above_stage")
        self.in_column(strip, of=above, edges=(MARGIN, 0, MARGIN, 0))  # the stage keeps the same margin itself
        left = QWidget()
        left.setObjectName("left")
        self.in_column(above, (stage, 1), of=left, edges=(0, 8, 0, 0), gap=0)
        return left

    def _set_sizes(self) -> None:
        if self._side.parent() is self._splitter:
            width = self.px(self.side_width)
            self._splitter.setSizes([self.width() - width, width])

    def open_side(self) -> None:
        if not self._side.isVisible():
            self._show_side(True)

    def toggle_side(self) -> None:
        self._show_side(not self._side.isVisible())

    def _show_side(self, on: bool) -> None:
        if not self._narrow:
            self.side_wanted = on
        self._side.setVisible(on)
        if on and self._moved:  # the style sheet has reset the colours and fonts of its parts
            self._moved = False
            self._side.set_theme(self._side.theme)
        self._strip.setVisible(bool(self._narrow) or not on)  # the verdict is always shown somewhere
        self._place_drawer()

    def _set_narrow(self, narrow: bool) -> None:
        self._strip.setVisible(narrow or not self.side_wanted)
        if not narrow and self._side.parent() is self._splitter:
            self._side.setVisible(self.side_wanted)
            self._set_sizes()
            return
        self._side.as_drawer(narrow)
        self._moved = True
        if narrow:
            self._side.setParent(self)
        else:
            self._splitter.addWidget(self._side)
            self._set_sizes()
        self._show_side(not narrow and self.side_wanted)

    def _place_drawer(self) -> None:
        """Places the drawer below the strip, where a button closes it again."""
        if self._side.parent() is self:
            top = self._stage.mapTo(self, self._stage.rect().topLeft()).y()
            most = round(self.width() * MOST_OF_DRAWER)
            width = max(self.px(LEAST_WIDTH), min(self.px(self.side_width), most)) + 2 * self.px(MARGIN)
            self._side.setGeometry(self.width() - width, top, width, self.height() - top)
            self._side.raise_()

    def _on_moved(self) -> None:
        self.side_width = round(self._side.width() / self.theme.scale)

    def _place_notices(self) -> None:
        corner = self._stage.mapTo(self, self._stage.rect().topLeft())
        self._notices.lie_over(QRect(corner, self._stage.size()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place_notices()
        return False

    def rethemed(self) -> None:
        self._set_sizes()
        self._place_notices()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < self.px(NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self._set_narrow(narrow)
        QTimer.singleShot(0, self._place_drawer)  # after the layout has its new size
