"""What the palette suggests besides the window's commands: the present recipe with another job or model, ready to run.
Typing `4 proc` finds "Run 4 × Count primes as processes"; a whole line, `4 x primes as processes on 3.13`, is offered
itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from playground import catalogue, hosts
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked, sentence
from ui.loop import freeze_exit
from ui.recipe.offers import Offer


def suggested(
    recipe: Recipe, run: Callable[[Recipe], object], problem_of: Callable[[Recipe], object]
) -> Iterator[Offer]:
    """`problem_of` says what in a recipe its interpreter cannot run."""
    for one in _recipes(recipe):
        if not problem_of(one):
            yield Offer(f"Run {sentence(one)}", partial(run, one))


class TypedRecipe:
    """The one action that is made of the words typed in the palette."""

    def __init__(
        self,
        read: Callable[[str], Recipe],
        sentence_of: Callable[[Recipe], str],
        run: Callable[[Recipe], object],
        parent: QWidget,
    ) -> None:
        self._read, self._sentence_of = read, sentence_of
        self._recipe = Recipe()
        self._action = QAction(parent)
        self._action.triggered.connect(lambda _checked=False: run(self._recipe))

    def made_of(self, typed: str) -> QAction | None:
        try:
            self._recipe = self._read(typed)
        except BadRecipe:  # the user is looking for something else
            return None
        self._action.setText(f"Run {self._sentence_of(self._recipe)}")
        return self._action


def _recipes(recipe: Recipe) -> Iterator[Recipe]:
    for model in catalogue.models():
        place = hosts.usual_of(model.hosts)
        where: dict[str, Any] = {"host": place.name}
        if recipe.seconds is not None:
            where["seconds"] = min(recipe.seconds, freeze_exit.longest(place) or recipe.seconds)
        if not place.other_pythons:
            where["interpreter"] = ""
        for job in catalogue.jobs():
            try:
                yield checked(changed(recipe, model=model.name, job=job.name, **where))
            except BadRecipe:  # not available here, or a number that this job does not take
                continue
