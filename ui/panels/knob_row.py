"""One knob of the popover: its title and value above a slider or the choices."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QRect, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.lab.knob import Knob
from ui.panels.choosing import Segments, Slider
from ui.panels.controls import Painted, Themed, box, width_of, write
from ui.panels.labels import Label
from ui.panels.quantities import quantity
from ui.theme import Theme, font


class Scale:
    """Where on a slider a value of a knob lies, from 0 to 1: by its logarithm where the range spans two decades."""

    def __init__(self, knob: Knob) -> None:
        self._knob = knob
        self.logarithmic = knob.low > 0 and knob.high / knob.low > 100
        self._whole = isinstance(knob.default, int)

    def place(self, value: float) -> float:
        low, high = self._knob.low, self._knob.high
        if self.logarithmic:
            return log10(value / low) / log10(high / low)
        return (value - low) / (high - low)

    def value(self, place: float) -> float | int:
        """The value there, rounded to two digits, so that what is set can be said."""
        low, high = self._knob.low, self._knob.high
        raw = low * (high / low) ** place if self.logarithmic else low + (high - low) * place
        rounded = min(high, max(low, float(f"{raw:.2g}")))
        return round(rounded) if self._whole else rounded


class KnobRow(Themed, QWidget):
    """One knob: its title, "live" where it is, its value, and below them a slider or the choices."""

    turned = Signal(str, object)  # name, value

    def __init__(self, theme: Theme, knob: Knob) -> None:
        super().__init__()
        self.theme, self.knob, self._value = theme, knob, knob.default
        self._scale = Scale(knob)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(theme, knob.title, 13, color="t2"))
        if knob.live:
            head.addWidget(live_tag(theme))
        head.addStretch(1)
        column.addLayout(head)
        if knob.choices:
            self.choices = Segments(theme, f"knob_{knob.name}", knob.title, px=12, height=22)
            self.choices.set_choices(knob.choices)
            self.choices.chosen.connect(self._choose)
            head.addWidget(self.choices)
        else:
            self._words = Label(theme, "", 13, 600, "t1")
            head.addWidget(self._words)
            self.slider = Slider(theme, f"knob_{knob.name}", knob.title)
            self.slider.valueChanged.connect(self._slide)
            column.addWidget(self.slider)
        self.show_value(knob.default)

    def show_value(self, value: float | int | str) -> None:
        self._value = value
        if self.knob.choices:
            self.choices.choose(str(value))
            return
        self._words.set_words(quantity(value, self.knob.unit))
        # What the slider would say for this place is not told: it only shows it.
        self.slider.blockSignals(True)
        self.slider.setValue(round(self._scale.place(float(value)) * Slider.STEPS))
        self.slider.blockSignals(False)
        self.slider.setAccessibleDescription(self._words.words())
        self.slider.update()

    def value(self) -> float | int | str:
        return self._value

    def _choose(self, words: str) -> None:
        self._value = words
        self.turned.emit(self.knob.name, words)

    def _slide(self) -> None:
        value = self._scale.value(self.slider.place())
        if value != self._value:
            self._value = value
            self._words.set_words(quantity(value, self.knob.unit))
            self.slider.setAccessibleDescription(self._words.words())
            self.turned.emit(self.knob.name, value)


def live_tag(theme: Theme) -> Painted:
    face = font(10, 600)

    def draw(painter: QPainter, rect: QRect, theme: Theme) -> None:
        box(painter, QRectF(rect), 5, theme.ok_soft, None)
        write(painter, QRectF(rect), ("live", face, theme.ok), "center")

    tag = Painted(theme, QSize(round(width_of("live", face)) + 12, 16), draw)
    tag.setToolTip("Takes effect while it runs")
    return tag
