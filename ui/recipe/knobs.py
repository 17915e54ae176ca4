"""The knobs: a popover with what else can be set in a recipe.

Knobs come from the catalogue, so those of a new job or model appear here by themselves. Knobs that act on live runs are
marked, and have a signal of their own."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from playground.lab.wire.knob import Knob
from playground.recipe.recipe import Recipe, changed, knobs_of
from ui.kit.button import Button
from ui.kit.cards import Separator
from ui.kit.choosing import Segments
from ui.kit.labels import Label
from ui.kit.popover import Popover
from ui.kit.theme import Theme
from ui.loop.frame_clock import BEATS_PER_S
from ui.recipe.knob_row import KnobRow
from ui.settings.settings import FRAME_RATES

WIDTH = 372
PADDING = 14
NUMBER_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


class KnobsPopover(Popover):
    recipe_changed = Signal(Recipe)
    live_knob_changed = Signal(str, object)  # name, value
    frame_rate_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "knobs_popover", "Knobs")
        self._recipe = Recipe()
        self._rows: dict[str, KnobRow] = {}
        self._knobs = self.in_column(edges=(PADDING, 0, PADDING, 9), gap=9)
        parts = (self._knobs, Separator(theme, strong=True), self._make_foot(theme))
        self._column = self.in_column(*parts, of=self, edges=(0, PADDING, 0, 12), gap=0)
        self._show()

    # --- what the window calls

    def show_recipe(self, recipe: Recipe) -> None:
        if recipe != self._recipe:
            self._recipe = recipe
            self._show()

    def recipe(self) -> Recipe:
        return self._recipe

    def show_frame_rate(self, rate: int) -> None:
        self.frame_rate.choose(str(rate))

    def differing(self) -> int:
        """How many knobs are not at their defaults."""
        return sum(value != self._default(name) for name, value in self._recipe.knobs.items())

    def row(self, name: str) -> KnobRow:
        return self._rows[name]

    # --- its parts

    def _make_foot(self, theme: Theme) -> QVBoxLayout:
        words = Label(theme, "Pictures per second", 13, color="t2")
        self.frame_rate = Segments(theme, "frame_rate", "Pictures per second")
        self.frame_rate.set_choices([one.title for one in FRAME_RATES], str(BEATS_PER_S))
        for _, rate, meaning in FRAME_RATES:
            self.frame_rate.segment(rate).setToolTip(meaning)
            self.frame_rate.segment(rate).setAccessibleDescription(meaning)
        self.frame_rate.chosen.connect(lambda rate: self.frame_rate_changed.emit(int(rate)))
        self._differ = Label(theme, "", 12, color="t3")
        self._differ.setObjectName("knobs_differ")
        self.reset = Button(theme, "reset_knobs", "Reset", kind="link", px=12, height=20, padding=0, press=self._reset)
        row, foot = self.in_row((words, 1), self.frame_rate), self.in_row((self._differ, 1), self.reset)
        return self.in_column(row, foot, edges=(PADDING, 8, PADDING - 4, 0), gap=4)

    # --- showing

    def _show(self) -> None:
        self._show_rows()
        for name, value in self._recipe.all_knobs().items():
            self._rows[name].show_value(value)
        self._show_differing()
        if self.isVisible():
            self.resize(self.fitting(self.window().size()))

    def _show_rows(self) -> None:
        wanted = {knob.name: knob for knob in knobs_of(self._recipe)}
        if wanted == {name: row.knob for name, row in self._rows.items()}:
            return
        for row in self._rows.values():
            self._knobs.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {name: self._make_row(knob) for name, knob in wanted.items()}

    def _make_row(self, knob: Knob) -> KnobRow:
        row = KnobRow(self.theme, knob)
        row.turned.connect(self._turn)
        self._knobs.addWidget(row)
        row.show()  # now, so that it counts when the popover is measured
        return row

    def _show_differing(self) -> None:
        count = self.differing()
        number = NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)
        self._differ.set_words(
            "All knobs are at their defaults"
            if not count
            else "One knob differs from its default"
            if count == 1
            else f"{number} knobs differ from their defaults"
        )
        self.reset.setVisible(count > 0)

    # --- turning

    def _default(self, name: str) -> float | int | str:
        return self._rows[name].knob.default

    def _turn(self, name: str, value: float | int | str) -> None:
        knobs = {**self._recipe.knobs, name: value}
        if value == self._default(name):
            del knobs[name]
        self._change(knobs=knobs)
        if self._rows[name].knob.live:
            self.live_knob_changed.emit(name, value)

    def _reset(self) -> None:
        live = [name for name in self._recipe.knobs if self._rows[name].knob.live]
        self._change(knobs={})
        for name in live:
            self.live_knob_changed.emit(name, self._default(name))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change(self, **fields: Any) -> None:
        recipe = changed(self._recipe, **fields)
        if recipe != self._recipe:
            self._recipe = recipe
            self._show()
            self.recipe_changed.emit(recipe)

    # --- as a popover

    def fitting(self, window: QSize) -> QSize:
        self._column.invalidate()
        self._column.activate()
        self.fit(self.setFixedWidth, WIDTH)
        return super().fitting(window)

    def sizeHint(self) -> QSize:
        return QSize(self.px(WIDTH), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_popover()
        super().keyPressEvent(event)
