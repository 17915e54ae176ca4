"""One knob of the popover: its title and value above a slider or the choices. The value can be typed, with a unit or
without; a value that is not allowed is marked, and the title gives way to the range."""

from __future__ import annotations

from math import floor, log10
from re import compile

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from playground.lab.wire.knob import Knob
from ui.kit.cards import Painted
from ui.kit.choosing import Segments, Slider
from ui.kit.drawing import Themed, box, width_of, write
from ui.kit.drawn import Drawn
from ui.kit.labels import Label
from ui.kit.quantities import quantity
from ui.kit.theme import Face, Theme

FIELD = 92  # px
DECADES = 5  # that a slider which begins at 0 spans above its 0
ZERO = 0.03  # the part of a slider, at its left end, that means 0
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)  # where arrow keys stop, in each decade
UNITS: dict[str, dict[str, float]] = {
    "s": {"s": 1, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "min": 60},
    "ms": {"ms": 1, "s": 1e3, "µs": 1e-3, "us": 1e-3},
    "Hz": {"Hz": 1, "kHz": 1e3},
    "bytes": {"bytes": 1, "byte": 1, "KB": 1e3, "MB": 1e6},
    "KB": {"KB": 1, "MB": 1e3},
    "MB": {"MB": 1, "GB": 1e3},
}
TYPED = compile(r"([\d.,\s\u2009\u202f\xa0]+?)\s*([a-zA-Zµ]*)")


class Scale:
    """The place of a knob's value on a slider, from 0 to 1: logarithmic where the range spans two decades, even if it
    begins at 0."""

    def __init__(self, knob: Knob) -> None:
        self._knob = knob
        self._whole = isinstance(knob.default, int)
        self._from_zero = knob.low == 0 and not self._whole and knob.high > 10
        self.logarithmic = self._from_zero or (knob.low > 0 and knob.high / knob.low >= 100)
        self._least = knob.high / 10**DECADES if self._from_zero else knob.low  # where the logarithm begins
        self._left = ZERO if self._from_zero else 0.0

    def place(self, value: float) -> float:
        low, high = self._knob.low, self._knob.high
        if not self.logarithmic:
            return (value - low) / (high - low)
        if value < self._least:
            return self._left * value / self._least
        return self._left + (1 - self._left) * log10(value / self._least) / log10(high / self._least)

    def value(self, place: float) -> float | int:
        """The value at a place, rounded to two digits, so that it reads well."""
        low, high = self._knob.low, self._knob.high
        if not self.logarithmic:
            raw = low + (high - low) * place
        elif place < self._left:
            raw = low
        else:
            raw = self._least * (high / self._least) ** ((place - self._left) / (1 - self._left))
        return self._allowed(float(f"{raw:.2g}"))

    def step(self, value: float, by: int) -> float | int:
        """The value that an arrow key goes to: the next round number, or in a short range the next step."""
        if not self.logarithmic:
            size = 1 if self._whole else (self._knob.high - self._knob.low) / 20
            return self._allowed(value + by * size)
        if value <= self._least:
            return self._allowed(
                self._knob.low if by < 0 else self._least if value < self._least else self._next(value, by)
            )
        return self._allowed(self._next(value, by))

    def _next(self, value: float, by: int) -> float:
        decade = 10.0 ** floor(log10(value) + 1e-9)
        steps = [step * size for size in (decade / 10, decade, decade * 10) for step in STEPS]
        if by > 0:
            return next(step for step in steps if step > value * 1.001)
        lower = [step for step in steps if step < value * 0.999]
        return lower[-1] if lower[-1] >= self._least * 0.999 else self._knob.low

    def _allowed(self, value: float) -> float | int:
        within = min(self._knob.high, max(self._knob.low, value))
        return round(within) if self._whole else float(f"{within:.6g}")


def read_value(knob: Knob, text: str, shown: str) -> float | int | None:
    """The value that was typed: in its own unit, else in the one shown now, else in the knob's."""
    found = TYPED.fullmatch(text.strip())
    number = _number(found[1]) if found else None
    if found is None or number is None:
        return None
    units = UNITS.get(knob.unit, {knob.unit: 1.0})
    named = {unit.casefold(): size for unit, size in units.items()}
    if found[2] and found[2].casefold() not in named:
        return None
    tried = [found[2]] if found[2] else [shown, knob.unit]
    values = [float(f"{number * named.get(unit.casefold(), 1.0):.9g}") for unit in tried]
    whole = isinstance(knob.default, int)
    able = [round(value) if whole and value == round(value) else value for value in values]
    return next((value for value in able if knob.problem(value) is None), None)


def _number(text: str) -> float | None:
    try:
        return float("".join(text.split()).replace(",", "."))
    except ValueError:
        return None


class KnobField(Themed, QLineEdit):
    """A field for the value of a knob; up and down go to the next value."""

    stepped = Signal(int)
    left = Signal()
    wrong = Drawn(False)

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, f"{name}_value", accessible)
        self.fit(self.setFont, Face(13, 600))
        self.setFrame(False)
        self.setMaxLength(20)
        self.fit(self.setFixedSize, FIELD, 26)
        self.fit(self.setTextMargins, 6, 0, 7, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        line = theme.warn if self.wrong else theme.accent if self.hasFocus() else theme.line1
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self.px(6), theme.panel, line, self.px(2) if self.hasFocus() else 1)
        painter.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.wrong:
            event.accept()  # the value is not taken, and the popover stays
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class KnobRow(Themed, QWidget):
    """One knob: its title, "live" if it acts on live runs, its value, and below them a slider or the choices."""

    turned = Signal(str, object)  # name, value

    def __init__(self, theme: Theme, knob: Knob) -> None:
        super().__init__(theme)
        self.knob, self._value = knob, knob.default
        self._scale = Scale(knob)
        self._title = Label(theme, knob.title, 13, color="t2")
        head = self.in_row(self._title, *([live_tag(theme)] if knob.live else []), ..., gap=8)
        column = self.in_column(head, of=self, gap=2)
        if knob.choices:
            self.choices = Segments(theme, f"knob_{knob.name}", knob.title, px=12, height=22)
            self.choices.set_choices(knob.choices)
            self.choices.chosen.connect(self._take)
            head.addWidget(self.choices)
        else:
            self.field = KnobField(theme, f"knob_{knob.name}", f"{knob.title}: its value")
            self.field.textEdited.connect(self._type)
            self.field.stepped.connect(self._step)
            self.field.left.connect(lambda: self.show_value(self._value))
            head.addWidget(self.field)
            self.slider = Slider(theme, f"knob_{knob.name}", knob.title)
            self.slider.valueChanged.connect(lambda: self._turn(self._scale.value(self.slider.place())))
            self.slider.stepped.connect(self._step)
            column.addWidget(self.slider)
        self._explain()
        self.show_value(knob.default)

    def _explain(self) -> None:
        """Says in tool tips all over the row what the knob does."""
        knob = self.knob
        words = knob.text if knob.choices else f"{knob.text}: {self._range()}"
        for part in (self, self._title, *((self.choices,) if knob.choices else (self.field, self.slider))):
            part.setToolTip(words)
            part.setAccessibleDescription(words)

    def show_value(self, value: float | int | str) -> None:
        self._value = value
        if self.knob.choices:
            self.choices.choose(str(value))
            return
        if not (self.field.hasFocus() and self.field.isModified()):
            self.field.setText(quantity(value, self.knob.unit))
            self._set_wrong(False)
        # The slider only shows the value here; the value that it would round to must not be emitted.
        self.slider.blockSignals(True)
        self.slider.setValue(round(self._scale.place(float(value)) * Slider.STEPS))
        self.slider.blockSignals(False)
        self.slider.setAccessibleName(f"{self.knob.title}: {quantity(value, self.knob.unit)}")
        self.slider.update()

    def value(self) -> float | int | str:
        return self._value

    def _take(self, value: float | int | str) -> None:
        if value != self._value:
            self._value = value
            self.turned.emit(self.knob.name, value)

    def _step(self, by: int) -> None:
        self._turn(self._scale.step(float(self._value), by))

    def _type(self, text: str) -> None:
        shown = quantity(self._value, self.knob.unit).rpartition(" ")[2]
        value = read_value(self.knob, text, shown)
        self._set_wrong(value is None)
        if value is not None:
            self._take(value)

    def _turn(self, value: float | int) -> None:
        self.field.setModified(False)
        self._take(value)
        self.show_value(value)

    def _range(self) -> str:
        """The range of values, in the units in which they are shown."""
        return " to ".join(quantity(value, self.knob.unit) for value in (self.knob.low, self.knob.high))

    def _set_wrong(self, wrong: bool) -> None:
        self.field.wrong = wrong
        self._title.set_words(f"Allowed: {self._range()}" if wrong else self.knob.title)
        self._title.set_ink("warn" if wrong else "t2")


def live_tag(theme: Theme) -> Painted:
    def draw(painter: QPainter, rect: QRect, theme: Theme) -> None:
        box(painter, QRectF(rect), theme.px(5), theme.ok_soft, None)
        write(painter, QRectF(rect), ("live", theme.font(10, 600), theme.ok), "center")

    words = round(width_of("live", theme.scaled(1.0).font(10, 600)))
    tag = Painted(theme, QSize(words + 12, 16), draw)
    tag.setToolTip("Takes effect while it runs")
    return tag
