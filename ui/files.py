"""Files that the user opens and saves: recipes, and the figures of finished runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from playground import recipe as recipes
from playground.recipe import BadRecipe, Recipe

RECIPES = "Recipes (*.toml)"


class Files(QObject):
    recipe_opened = Signal(Recipe)
    opening = Signal(Path)  # the recipe's file, before it is opened
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def ask_for_recipe(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a recipe", "", RECIPES)
        if path:
            self.open_recipe(Path(path))

    def open_recipe(self, path: Path) -> None:
        self.opening.emit(path)
        try:
            self.recipe_opened.emit(recipes.checked(recipes.load(path)))
        except BadRecipe as problem:
            self.failed.emit(f"{path.name}: {problem}")

    def save_recipe(self, recipe: Recipe) -> None:
        path, _ = QFileDialog.getSaveFileName(self._window, "Save this recipe", "recipe.toml", RECIPES)
        if path:
            self.write(Path(path), recipes.to_toml(recipe))

    def export(self, kind: str, text: str) -> None:
        wanted = f"{kind.upper()} (*.{kind})"
        path, _ = QFileDialog.getSaveFileName(self._window, "Export finished runs", f"runs.{kind}", wanted)
        if path:
            self.write(Path(path), text)

    def write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as problem:
            self.failed.emit(f"{path} cannot be written: {problem.strerror}")
        else:
            self.done.emit(f"Saved to {path}")
