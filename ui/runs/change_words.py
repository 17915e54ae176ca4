"""Knobs that were turned during a run, in words: for the table of runs, its tool tips and exports."""

from __future__ import annotations

from collections.abc import Iterable

from playground import catalogue
from playground.figures.records import Change
from playground.recipe.recipe import Recipe
from ui.kit.quantities import quantity


def changes_words(changes: Iterable[Change], recipe: Recipe) -> list[str]:
    """ "switch interval 5 ms → 210 ms at 3.2 s"; for a knob that was turned often, the first and last value."""
    turns: dict[str, list[Change]] = {}
    for change in changes:
        turns.setdefault(change.knob, []).append(change)
    return [_turned(each, recipe) for each in turns.values()]


def _turned(turns: list[Change], recipe: Recipe) -> str:
    first, last = turns[0], turns[-1]
    knob = next(knob for knob in catalogue.knobs(recipe.job, recipe.model) if knob.name == first.knob)
    title = knob.title if knob.title.startswith("GIL") else knob.title[:1].lower() + knob.title[1:]
    values = [quantity(value, knob.unit) for value in (first.before, first.value, last.value)]
    if len(turns) == 1:
        return f"{title} {values[0]} → {values[1]} at {first.at_s:.1f} s"
    if len(turns) == 2:
        return f"{title} {' → '.join(values)} at {first.at_s:.1f} and {last.at_s:.1f} s"
    return f"{title} {values[0]} → … → {values[2]}, {len(turns)} turns from {first.at_s:.1f} to {last.at_s:.1f} s"


def knobs_cell(recipe: Recipe) -> str:
    """All knobs at the beginning of the run, as one cell of a spreadsheet."""
    return "; ".join(f"{name}={_plain(value)}" for name, value in sorted(recipe.all_knobs().items()))


def changes_cell(changes: Iterable[Change]) -> str:
    """The changes, with the names and units of `knobs_cell`; times are in seconds of the run."""
    return "; ".join(f"{one.knob}={_plain(one.value)} from {one.at_s:.2f} s" for one in changes)


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"  # a million has seven digits
