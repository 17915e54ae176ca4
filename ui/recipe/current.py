"""The present recipe: the same in bar, knobs and code, kept for the next start, with its history."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from playground.recipe.recipe import Recipe
from ui.code.coding import Coding
from ui.recipe.bar import RecipeBar
from ui.recipe.history import RecipeHistory
from ui.recipe.knobs import KnobsPopover
from ui.recipe.known_interpreters import KnownInterpreters
from ui.settings.settings_file import SettingsFile

Problem = tuple[str, str]  # the field that keeps a recipe from running, and why


def first_problem(*looks: Callable[[Recipe], Problem | None]) -> Callable[[Recipe], Problem | None]:
    """A look that finds the first problem that any of these finds."""
    return lambda recipe: next((found for look in looks if (found := look(recipe)) is not None), None)


class CurrentRecipe(QObject):
    went = Signal(Recipe)  # back or forth in the history
    noted = Signal()  # the history has another step, or one less

    def __init__(
        self, bar: RecipeBar, knobs: KnobsPopover, coding: Coding, known: KnownInterpreters, settings: SettingsFile
    ) -> None:
        super().__init__(bar)
        self._bar, self._knobs, self._coding = bar, knobs, coding
        self._interpreters, self._settings = known, settings
        self._history = RecipeHistory()

    def show(self, recipe: Recipe) -> None:
        recipe = self._coding.with_code(self._interpreters.resolved(recipe))
        self._history.note(recipe)
        self._coding.show_recipe(recipe)
        self._bar.show_recipe(recipe)
        self._knobs.show_recipe(recipe)
        self._bar.set_problem(None)
        self.noted.emit()

    @property
    def depth(self) -> int:
        """How many steps there are back."""
        return self._history.depth

    def change(self, recipe: Recipe) -> None:
        """Takes a change by the user, and keeps it for the next start."""
        self.show(recipe)
        self._settings.change(recipe=recipe)

    def resolve(self) -> None:
        """The known Pythons have changed: the recipe's may be among them now."""
        recipe = self._bar.recipe()
        if self._interpreters.resolved(recipe) != recipe:
            self.show(recipe)

    def back(self) -> None:
        self._go_to(self._history.back())

    def forth(self) -> None:
        self._go_to(self._history.forth())

    def _go_to(self, recipe: Recipe | None) -> None:
        if recipe is not None:
            self.change(recipe)
            self.went.emit(recipe)
