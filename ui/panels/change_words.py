"""Knobs that were turned while a run was going on, in words: for the table of runs, its tips and what is exported."""

from __future__ import annotations

from collections.abc import Iterable

from playground import catalogue
from playground.figures import Change
from playground.recipe import Recipe
from ui.panels.quantities import quantity


def change_words(change: Change, recipe: Recipe) -> str:
    """ "switch interval 5 ms → 210 ms at 3.2 s"."""
    knob = next(knob for knob in catalogue.knobs(recipe.job, recipe.model) if knob.name == change.knob)
    title = knob.title if knob.title.startswith("GIL") else knob.title[:1].lower() + knob.title[1:]
    before, value = quantity(change.before, knob.unit), quantity(change.value, knob.unit)
    return f"{title} {before} → {value} at {change.at_s:.1f} s"


def knobs_cell(recipe: Recipe) -> str:
    """All knobs as the run began, as one cell of a spreadsheet."""
    return "; ".join(f"{name}={_plain(value)}" for name, value in sorted(recipe.all_knobs().items()))


def changes_cell(changes: Iterable[Change]) -> str:
    """The same names and units as those of the knobs; from when in seconds of the run."""
    return "; ".join(f"{one.knob}={_plain(one.value)} from {one.at_s:.2f} s" for one in changes)


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
