"""The ways of a recipe into and out of the window: files to open, drop, open again or save, a line to type or paste, a
sentence to copy. All are in the palette and in the menu of the recipe bar."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from playground.recipe.recipe import Recipe
from ui.actions import Actions
from ui.kit import keys
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.drawing import Themed
from ui.kit.drop_overlay import DropOverlay
from ui.kit.theme import Theme
from ui.recipe.bar import RecipeBar
from ui.recipe.offers import Offer
from ui.recipe.opened_files import Files
from ui.recipe.typed_lines import RecipeLines

RECENT = "recent"  # the value of a row that is no command
IN_MENU = ("open_recipe", "save_recipe", "type_recipe", "paste_recipe", "recipe_before", "copy_line", "copy_sentence")


class RecipeWays(Themed, QObject):
    def __init__(self, theme: Theme, window: QWidget, bar: RecipeBar, files: Files, lines: RecipeLines) -> None:
        super().__init__(theme, parent=window)
        self._bar, self._files, self._lines = bar, files, lines
        self._actions: Actions | None = None
        self.menu = ChoiceMenu(theme, "recipe_menu", "This recipe", least_width=320)
        self.menu.chosen.connect(self._chosen)
        # In a menu of its own: a click there replaces the recipe, which nobody should do by mistake for a command.
        self.recent_menu = ChoiceMenu(theme, "recent_menu", "Open a file again", least_width=320)
        self.recent_menu.chosen.connect(lambda path: files.open(Path(path)))
        self.overlay = DropOverlay(theme, window)
        self.overlay.dropped.connect(files.open)
        self.overlay.refused.connect(files.failed)
        bar.more.clicked.connect(self.open_menu)
        bar.pasted.connect(lines.paste)
        lines.taken.connect(bar.take_recipe)
        lines.opened.connect(files.recipe_opened)

    def wire(self, actions: Actions) -> None:
        self._actions = actions
        actions.on("open_recipe", self._files.ask)
        actions.on("save_recipe", lambda: self._files.save_recipe(self._settled()))
        actions.on("type_recipe", self._bar.type_line)
        actions.on("paste_recipe", self._lines.paste)
        actions.on("copy_line", lambda: self._lines.copy_line(self._settled()))
        actions.on("copy_sentence", lambda: self._lines.copy_sentence(self._settled()))

    def _settled(self) -> Recipe:
        self._bar.settle()
        return self._bar.recipe()

    def open_menu(self) -> None:
        if self.menu.isVisible():
            self.menu.close_popover()
            return
        self.recent_menu.close_popover()
        self.menu.set_choices(self._command_rows(), "")
        self.menu.open_below(self._bar.more)

    def to_open(self) -> Iterator[Offer]:
        """The recent files, for the palette."""
        for path in self._files.recent():
            yield Offer(f"Open {path.name} in {path.parent}", partial(self._files.open, path))

    def _command_rows(self) -> list[Choice]:
        assert self._actions is not None
        actions = [(name, self._actions[name]) for name in IN_MENU]
        rows = [Choice(name, action.text(), keys.words(action)) for name, action in actions]
        if known := len(self._files.recent()):
            rows.insert(1, Choice(RECENT, "Open a file again…", f"{known} files" if known > 1 else "1 file"))
        return rows

    def _recent_rows(self) -> list[Choice]:
        return [Choice(str(path), path.name, str(path.parent)) for path in self._files.recent()]

    def _chosen(self, value: str) -> None:
        assert self._actions is not None
        if value == RECENT:
            self.recent_menu.set_choices(self._recent_rows(), "")
            self.recent_menu.open_below(self._bar.more)
        else:
            self._actions[value].trigger()

    def rethemed(self) -> None:
        self.menu.set_theme(self.theme)
        self.recent_menu.set_theme(self.theme)
        self.overlay.set_theme(self.theme)
