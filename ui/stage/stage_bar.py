"""The bar over the stage: live or frozen, the length of the time window, the lens, and the legend."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.kit import icons
from ui.kit.button import Button, icon_button
from ui.kit.controls import Control
from ui.kit.drawing import RING, Themed, box, width_of, write
from ui.kit.menu import Menu
from ui.kit.theme import Theme
from ui.stage.legend import Legend
from ui.stage.time_window import LENGTHS, TimeWindow, length_words

HEIGHT = 34
BUTTON = 26
GAP = 10  # px between the pill and the legend
LEAST_PILL = 90  # px: room for "Frozen"
LONGEST_END, LONGEST_SHORT_END = "Run 888, ended 59 min ago", "Ended 59 min ago"
ROOM_FOR_RUN = 960  # px of the bar: in a narrower one the number of a run would cost the legend its words


class LivePill(Control):
    """Says whether the picture is live, frozen, or stands at an end; a click freezes it, or goes back to live."""

    radius = 6.0

    def __init__(self, theme: Theme, window: TimeWindow) -> None:
        super().__init__(theme, "live", "Live")
        self._window = window
        self.words = ""
        self._brief = False
        self.show_words()
        window.frozen_changed.connect(lambda _: self.show_words())

    def show_words(self) -> None:
        """Called twice a second; the words change once a second at most."""
        window = self._window
        whole = window.end.words(window.now) if window.end is not None else "Frozen" if window.frozen else "Live"
        words = whole[whole.find(", ") + 2 :].capitalize() if self._brief and ", " in whole else whole
        if words == self.words:
            return
        self.words = words
        self.setAccessibleName(
            f"{whole}: press to go back to live" if window.frozen else "Live: the picture follows. Press to freeze it"
        )
        self.setToolTip("Back to live" if window.frozen else "Freeze the picture; the work goes on")
        self.updateGeometry()
        self.update()

    def set_brief(self, brief: bool) -> None:
        """Leaves out the number of the run, or not."""
        if brief != self._brief:
            self._brief = brief
            self.show_words()

    def sizeHint(self) -> QSize:
        return QSize(self._width(self.words), self.px(BUTTON) + 2 * self.px(RING))

    def most_width(self) -> int:
        """The width with the longest words."""
        return max(map(self._width, ("Live", "Frozen", LONGEST_SHORT_END if self._brief else LONGEST_END)))

    def _width(self, words: str) -> int:
        return ceil(width_of(words, self.theme.font(13, 500))) + self.px(34) + 2 * self.px(RING)

    def draw(self, painter: QPainter) -> None:
        rect, theme, px, still = self.seen(), self.theme, self.px, self._window.frozen
        ink, fill = (theme.accent, theme.accent_soft) if still else (theme.ok, theme.ok_soft)
        box(painter, rect, px(self.radius), fill, ink if self.hovered() else None)
        start = rect.left() + px(10.0)
        if still:
            square = QRectF(start - px(3), rect.center().y() - px(6), px(12), px(12))
            icons.paint(painter, "pause", square, ink, px(1.5))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink))
            painter.drawEllipse(QPointF(start + px(3.5), rect.center().y()), px(3.5), px(3.5))
        room = QRectF(start + px(14), rect.top(), rect.right() - start - px(14), rect.height())
        write(painter, room, (self.words, theme.font(13, 500), ink))


class LengthButton(Button):
    """The length of the time window; opens a list of the usual lengths."""

    def __init__(self, theme: Theme, window: TimeWindow) -> None:
        super().__init__(theme, "window_length", px=13, weight=400, height=BUTTON, padding=11, gap=4, accessible="–")
        self.window_of_time = window
        self.clicked.connect(self.open)
        window.changed.connect(self.show_length)
        self.show_length()
        self.setToolTip("How much time is shown")

    def show_length(self) -> None:
        words = length_words(self.window_of_time.span)
        self.set_words(words)
        self.setAccessibleName(f"Window length: {words}")

    def open(self) -> None:
        self.menu().popup(self.mapToGlobal(self.rect().bottomLeft()))

    def menu(self) -> Menu:
        menu = Menu(self, "menu_window_length", self.theme)
        for length in LENGTHS:
            action = menu.addAction(length_words(length))
            action.setCheckable(True)
            action.setChecked(length == self.window_of_time.span)
            action.triggered.connect(lambda _=False, length=length: self.window_of_time.set_span(length))
        return menu

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(px(84) + 2 * px(RING), px(BUTTON) + 2 * px(RING))

    def draw(self, painter: QPainter) -> None:
        super().draw(painter)
        rect, px = self.seen(), self.px
        square = QRectF(rect.right() - px(23), rect.center().y() - px(6), px(12), px(12))
        icons.paint(painter, "down", square, self.theme.t2, px(1.5))


class StageBar(Themed, QWidget):
    lens_toggled = Signal(bool)

    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme)
        self._window = window
        self.fit(self.setFixedHeight, HEIGHT)
        self.live = LivePill(theme, window)
        self.length = LengthButton(theme, window)
        self.zoom_out = self._step("zoom_out", "dash", "Show more time", 1)
        self.zoom_in = self._step("zoom_in", "plus", "Show less time", -1)
        self.lens = Button(theme, "lens", "Lens", "lens", px=13, height=BUTTON, padding=9, icon_px=14, gap=6)
        self.lens.setCheckable(True)
        self.lens.setToolTip("100 ms in detail, of any moment")
        self.legend = Legend(theme)
        self._buttons = (self.length, self.zoom_out, self.zoom_in, self.lens)
        # Last, as the pill hugs its words, which change by themselves; room that it may need is kept beside it.
        self.in_row(*self._buttons, self._pill_and_room(), GAP, (self.legend, 1), of=self, gap=0)
        self.live.clicked.connect(lambda: window.freeze(not window.frozen))
        self.lens.toggled.connect(self.lens_toggled)

    def _pill_and_room(self) -> QWidget:
        self._pill_room = QWidget()
        self.in_row(self.live, ..., of=self._pill_room)
        self._pill_room.setFixedWidth(self.live.most_width())
        return self._pill_room

    def resizeEvent(self, event: QResizeEvent) -> None:
        px = self.px
        self.live.set_brief(event.size().width() < px(ROOM_FOR_RUN))
        buttons = sum(part.sizeHint().width() for part in self._buttons)
        room = event.size().width() - buttons - px(GAP) - self.legend.minimumSizeHint().width()
        self._pill_room.setFixedWidth(max(px(LEAST_PILL), min(room, self.live.most_width())))
        super().resizeEvent(event)

    def _step(self, name: str, icon: str, words: str, direction: int) -> Button:
        button = icon_button(self.theme, name, icon, words, side=BUTTON, icon_px=12, kind="plain")
        button.clicked.connect(lambda: self._window.step(direction))
        return button
