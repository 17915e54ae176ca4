"""The time axis above the bands: a pyqtgraph axis, linked to the pulse's view, that writes its ticks the way people say
them: −3 s … now."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui.kit.drawing import Themed, width_of, write
from ui.kit.theme import Theme
from ui.stage.band_plot import TimeBox
from ui.stage.ticks import TICK_ROOM, tick_values, tick_words
from ui.stage.time_window import TimeWindow

HEIGHT = 16


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        super().__init__("top", showValues=False)
        self.window, self.theme = window, theme
        self.setHeight(theme.px(HEIGHT))

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        left, right = self.range
        width, theme, height = self.size().width(), self.theme, self.theme.px(HEIGHT)
        if right <= left or width < 2:
            return
        end = width
        if not self.window.offset:
            words = "end" if self.window.end is not None else "frozen" if self.window.frozen else "now"
            face = theme.font(11, 600)
            end -= width_of(words, face) + theme.px(12)
            write(painter, QRectF(0, 0, width, height), (words, face, theme.t1), "right")
        step, values = tick_values(left, right, width, theme.px(TICK_ROOM))
        for value in values:
            x = (value - left) / (right - left) * width
            text = (tick_words(value, step), theme.font(11), theme.t3)
            half = width_of(text[0], text[1]) / 2
            x = max(x, half)
            if x + half <= end:
                write(painter, QRectF(x - half, 0, half * 2 + 2, height), text)


class AxisRow(Themed, pg.GraphicsView):  # type: ignore[misc]
    """The widget around the axis, as wide as the plots."""

    def __init__(self, window: TimeWindow, theme: Theme, master: TimeBox) -> None:
        super().__init__(theme, accessible="time axis", background=None)
        self.axis = TimeAxis(window, theme)
        self.axis.linkToView(master)
        self.setCentralItem(self.axis)
        self.fit(self.setFixedHeight, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        window.frozen_changed.connect(lambda _: self.axis.update())

    def rethemed(self) -> None:
        self.axis.theme = self.theme
        self.axis.setHeight(self.px(HEIGHT))
        self.axis.update()
