"""Starting a race: the menu of opponents, and, where code or a Python came from elsewhere, the question before it."""

from __future__ import annotations

from ui.code.coding import Coding
from ui.recipe.bar import RecipeBar
from ui.recipe.known_interpreters import KnownInterpreters
from ui.recipe.race_menu import RaceMenu
from ui.recipe.races import Races, opponents, pair


class RaceStart:
    def __init__(
        self, menu: RaceMenu, races: Races, bar: RecipeBar, coding: Coding, interpreters: KnownInterpreters
    ) -> None:
        self._menu, self._races = menu, races
        self._bar, self._coding, self._interpreters = bar, coding, interpreters
        menu.raced.connect(self.start)

    def open_menu(self) -> None:
        self._bar.settle()
        if self._bar.race.isEnabled():
            self._menu.title.set_words(f"Race {self._bar.chip_interpreter.words()} against")
            self._menu.set_choices(opponents(self._bar.recipe(), self._interpreters.all()), "")
            self._menu.open_below(self._bar.race)

    def start(self, opponent: str, at_once: bool) -> None:
        self._coding.flush()
        recipe = self._bar.recipe()
        pythons = self._interpreters.unasked_of(*pair(recipe, opponent))
        if self._coding.may_run(recipe, lambda: self.start(opponent, at_once), pythons):
            self._races.start(recipe, opponent, at_once)
