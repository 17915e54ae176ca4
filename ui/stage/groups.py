"""The groups of all runs, one under the other, in an area that scrolls. The scroll bar is beside it, in the stage's
margin, so that plots keep their width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QScrollBar, QWidget

from ui.kit.drawing import Themed
from ui.kit.theme import Theme
from ui.stage.band_panel import MARGIN
from ui.stage.heights import PANEL_GAP, GroupHeights
from ui.stage.run_group import GroupPanel


class Ground(Themed, QWidget):
    """The ground below the groups."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), QColor(self.theme.base))


class Groups(Themed, QScrollArea):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._ground = Ground(theme)
        self.setWidget(self._ground)
        for ground in (self._ground, self.viewport()):  # else Qt fills it with the palette's colour first
            ground.setAutoFillBackground(False)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical)
        self.scroll_bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_bar.hide()
        inner = self.verticalScrollBar()
        self.scroll_bar.valueChanged.connect(inner.setValue)
        inner.valueChanged.connect(self.scroll_bar.setValue)
        inner.rangeChanged.connect(self._show_range)

    def hold(self, group: GroupPanel) -> None:
        group.setParent(self._ground)
        group.show()

    def bring_into_view(self, group: GroupPanel) -> None:
        """Scrolls to a group, to its top if it is higher than the room."""
        if group.height() > self.viewport().height():
            self.verticalScrollBar().setValue(group.y())
        else:
            self.ensureWidgetVisible(group, 0, 0)

    @property
    def at_end(self) -> bool:
        """Is it scrolled to the newest run, or is there room for all?"""
        bar = self.verticalScrollBar()
        return bar.value() == bar.maximum()

    def lay_out(self, groups: Sequence[GroupPanel], heights: Sequence[GroupHeights], width: int, at_end: bool) -> None:
        """Places the groups; `width` is that of a group without the margins at its sides. `at_end`: the area was at the
        end before sizes changed, and stays there: a new run grows when ribbons and lens come."""
        px = self.px
        y = 0
        for group, own in zip(groups, heights, strict=True):
            height = group.height_with(own)
            group.setGeometry(px(MARGIN), y, width, height)
            group.arrange(own)
            y += height + px(PANEL_GAP)
        self._ground.setGeometry(0, self._ground.y(), width + 2 * px(MARGIN), max(0, y - px(PANEL_GAP)))
        if at_end and groups:
            self.bring_into_view(groups[-1])

    def _show_range(self, low: int, high: int) -> None:
        self.scroll_bar.setRange(low, high)
        self.scroll_bar.setPageStep(self.verticalScrollBar().pageStep())
        self.fit(self.scroll_bar.setSingleStep, 40)
        self.scroll_bar.setVisible(high > low)
