"""Files that the user opens, drops and saves: recipes, code, and the figures of finished runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from playground.files.visible import one_line, visible
from playground.files.whole_file import write_whole
from playground.recipe import recipe_file
from playground.recipe.recipe import BadRecipe, Recipe, checked
from ui.loop.disk import Disk
from ui.settings.last_folder import folder_to_begin
from ui.settings.settings_file import SettingsFile

ENDING = ".recipe.toml"  # what the packages tell the system that the app opens
RECIPES = f"Recipes (*{ENDING} *.toml)"
EITHER = "Recipes and code (*.toml *.py)"
MOST_RECENT = 10


class Files(QObject):
    recipe_opened = Signal(Recipe)  # the recipe may bring code
    code_opened = Signal(Path, str)
    opening = Signal(Path)  # the file of a recipe, before `recipe_opened`
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, settings: SettingsFile, disk: Disk) -> None:
        super().__init__(window)
        self._window, self._settings, self._disk = window, settings, disk
        self.recent()  # looks ahead, so that the answer is there when a menu asks

    # -- opening

    def ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a recipe or code", str(self.folder()), EITHER)
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        match path.suffix.casefold():
            case ".toml":
                self.open_recipe(path)
            case ".py":
                self.open_code(path)
            case _:
                name = one_line(path.name)
                self.failed.emit(f"{name} cannot be opened; allowed: a recipe (.toml) or Python code (.py)")

    def open_given(self, files: Sequence[str]) -> None:
        """Opens what was named at the start, or handed over by the system. A window shows one recipe at a time."""
        if files:
            self.open(Path(files[0]).absolute())
        if len(files) > 1:
            others = ", ".join(one_line(Path(file).name) for file in files[1:])
            self.failed.emit(f"A window shows one file at a time, so these were not opened: {others}")

    def open_recipe(self, path: Path) -> None:
        try:
            recipe = checked(recipe_file.load(path))
        except BadRecipe as problem:
            self.failed.emit(f"{one_line(path.name)}: {problem}")
            return
        self._remember(path)
        self.opening.emit(path)
        self.recipe_opened.emit(recipe)

    def open_code(self, path: Path) -> None:
        try:
            code = recipe_file.load_code(path)
        except BadRecipe as problem:
            self.failed.emit(f"{one_line(path.name)}: {problem}")
            return
        self._remember(path)
        self.code_opened.emit(path, code)

    # -- what was opened or saved before

    def folder(self) -> Path:
        """The folder that the user was in last; at first, the usual one for documents."""
        return folder_to_begin(self._settings.settings)

    def _beside(self, name: str) -> str:
        return str(self.folder() / name)

    def recent(self) -> list[Path]:
        """The recent files that still exist as far as is known, the newest first."""
        return [path for path in map(Path, self._settings.settings.recent) if self._disk.is_file(path)]

    def _remember(self, path: Path) -> None:
        newest = str(path.absolute())
        if visible(newest) != newest:  # half a character, say: settings are text, and could not be kept
            return
        others = (other for other in self._settings.settings.recent if other != newest)
        self._settings.change(recent=(newest, *others)[:MOST_RECENT])

    # -- saving

    def save_recipe(self, recipe: Recipe) -> None:
        start = self._beside(f"{recipe.workers}-{recipe.job}-{recipe.model}{ENDING}")
        path, _ = QFileDialog.getSaveFileName(self._window, "Save this recipe", start, RECIPES)
        if path and not Path(path).suffix:
            path += ENDING
            if Path(path).exists():  # the dialog has asked about a file of another name
                self.failed.emit(f"{path} is there already, and was not replaced. Choose it to replace it.")
                return
        if path:
            if recipe.job != "own":  # under another job code is kept for later, but is no part of the recipe
                recipe = msgspec.structs.replace(recipe, code="")
            if self.write(Path(path), recipe_file.to_toml(recipe)):
                self._remember(Path(path))

    def export(self, kind: str, text: str) -> None:
        wanted = f"{kind.upper()} (*.{kind})"
        start = self._beside(f"runs.{kind}")
        path, _ = QFileDialog.getSaveFileName(self._window, "Export finished runs", start, wanted)
        if path:
            self.write(Path(path), text)

    def write(self, path: Path, text: str) -> bool:
        try:
            write_whole(path, text.encode())
        except (OSError, UnicodeEncodeError) as problem:
            self.failed.emit(f"{path} cannot be written: {getattr(problem, 'strerror', None) or problem}")
            return False
        self.done.emit(f"Saved to {path}")
        return True
