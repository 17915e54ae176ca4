"""What the palette suggests besides the window's commands: the present recipe with job and model changed, ready to run.
Typing `4 proc` finds "Run 4 × Count primes as processes"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from playground import catalogue
from playground.recipe import BadRecipe, Recipe, changed, checked, sentence


def suggestions(
    recipe: Recipe,
    run: Callable[[Recipe], object],
    parent: QWidget,
    problem_of: Callable[[Recipe], object] = lambda _recipe: None,
) -> list[QAction]:
    """`problem_of` tells what of a recipe its interpreter cannot run."""
    actions = []
    for one in _recipes(recipe):
        if problem_of(one):
            continue
        action = QAction(f"Run {sentence(one)}", parent)
        action.triggered.connect(lambda _checked=False, wanted=one: run(wanted))
        actions.append(action)
    return actions


def _recipes(recipe: Recipe) -> Iterator[Recipe]:
    for model in catalogue.models():
        for job in catalogue.jobs():
            try:
                yield checked(changed(recipe, host="lab", model=model.name, job=job.name))
            except BadRecipe:  # not to be had here, or a number that this job does not take
                continue
