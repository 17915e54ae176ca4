"""The known Pythons, shown in the recipe's menus and the right column; and when the app looks for them."""

from __future__ import annotations

from playground.interpreters.known import Interpreter
from ui.recipe.bar import RecipeBar
from ui.recipe.current import CurrentRecipe
from ui.recipe.interpreter_choices import choices
from ui.recipe.known_interpreters import KnownInterpreters
from ui.recipe.packages import Packages
from ui.shell.right_column import Side


class ShownInterpreters:
    def __init__(
        self, known: KnownInterpreters, packages: Packages, bar: RecipeBar, side: Side, current: CurrentRecipe
    ) -> None:
        self._known, self._packages, self._bar, self._side, self._current = known, packages, bar, side, current
        known.changed.connect(self._on_changed)
        packages.changed.connect(self.show)
        bar.menus.opened.connect(self._look_again)

    def show(self) -> None:
        known, found = self._known, self._known.all()
        self._bar.set_interpreters(choices(found, known.unasked, self._packages, known.disk.there))
        self._side.show_packages([fact for one in found if one.path == "" for fact in self._packages.facts(one)])

    def _on_changed(self, found: list[Interpreter]) -> None:
        self.show()
        self._side.show_interpreters(found)
        self._current.resolve()

    def _look_again(self, menu: str) -> None:
        if menu in ("model", "interpreter"):
            self._known.search_again()
