"""Knobs that were turned while a run was going on: from then on the new value holds, not the recipe's, so these changes
are shown with the run's figures.

A slider passes many values on its way. Values within half a second of each other are one turn of the knob; a turn that
ends where it began is none."""

from __future__ import annotations

from msgspec.structs import astuple

from playground.figures.records import Change
from playground.recipe.recipe import Recipe

SAME_TURN_S = 0.5


class Changes:
    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._made: list[Change] = []
        self.plain: tuple[tuple[str, float | str, float | str, float], ...] = ()  # as a run's `Control` has them

    def note(self, knob: str, value: float | str, at_s: float) -> None:
        before, at_least = self.value(knob), at_s - SAME_TURN_S
        if self._made and self._made[-1].knob == knob and self._made[-1].at_s >= at_least:
            before = self._made.pop().before
        if value != before:
            self._made.append(Change(knob, value, before, at_s))
        self.plain = tuple(astuple(change) for change in self._made)

    def value(self, knob: str) -> float | str:
        """The knob's present value."""
        return next((one.value for one in reversed(self._made) if one.knob == knob), self._recipe.knob(knob))
