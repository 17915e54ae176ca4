"""What was changed while a run was going on: a knob that is turned then holds from that moment, and no longer what the
recipe says. Whoever tells of the run's figures tells of it too.

A slider passes many values on its way. What follows within half a second is the same turn of the knob; one that ends
where it began was none."""

from __future__ import annotations

from playground.figures.records import Change
from playground.recipe.recipe import Recipe

SAME_TURN_S = 0.5


class Changes:
    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._made: list[Change] = []

    def note(self, knob: str, value: float | str, at_s: float) -> None:
        before, at_least = self.value(knob), at_s - SAME_TURN_S
        if self._made and self._made[-1].knob == knob and self._made[-1].at_s >= at_least:
            before = self._made.pop().before
        if value != before:
            self._made.append(Change(knob, value, before, at_s))

    def value(self, knob: str) -> float | str:
        """As it is now."""
        return next((one.value for one in reversed(self._made) if one.knob == knob), self._recipe.knob(knob))

    @property
    def all(self) -> tuple[Change, ...]:
        return tuple(self._made)
