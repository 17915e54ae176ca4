"""The Pythons that the window knows: those that have answered before at once, the others as they answer, and those that
the user has pointed at, which the settings keep. They also say what of a recipe its interpreter cannot run."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from playground import catalogue, interpreters
from playground.interpreters import Cache, Interpreter
from playground.lab import abilities
from playground.recipe import BadRecipe, Recipe
from ui.settings import SettingsFile
from ui.workers.interpreter_finder import InterpreterFinder

NOT_FOUND = "not found on this computer"


class KnownInterpreters(QObject):
    changed = Signal(list)  # of Interpreter, in order
    located = Signal(str)  # the path of one that the user has pointed at, and that can be a lab
    refused = Signal(str)  # why the one that was pointed at cannot

    def __init__(self, settings: SettingsFile, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self._found: dict[str, Interpreter] = {"": interpreters.own()}
        self._folders: list[str] = []  # of recipes: there may be environments beside them
        self._wanted: set[str] = set()  # of a recipe, or pointed at: listed wherever they are
        self._pointed_at: set[str] = set()  # and not answered yet
        self._own_folders = abilities.package_folders()
        self._begun = self._searched = False
        self._finder = InterpreterFinder("interpreters")
        self._asker = InterpreterFinder("interpreter")  # not held up by one that hangs among the others
        for thread in (self._finder, self._asker):
            thread.answered.connect(self._take)
        self._finder.searched.connect(self._end_search)

    def all(self) -> list[Interpreter]:
        return interpreters.in_order(self._found.values())

    def restore(self) -> None:
        """Those that can be a lab by an earlier answer that still holds. Nobody is asked."""
        self._found.update({one.path: one for one in Cache().all() if one.available})
        self.changed.emit(self.all())

    def search(self) -> None:
        """Look everywhere. Whoever has answered before and is as it was then is not asked again."""
        self._begun = True
        folders = abilities.package_folders()
        if folders != self._own_folders:
            self._own_folders = folders
            self._take(interpreters.own_anew())
        self._finder.search([*self._settings.settings.interpreters, *self._folders])

    def search_again(self) -> None:
        """Something may have been installed since."""
        if self._begun and not self._finder.isRunning():
            self.search()

    def look_beside(self, recipe: Path) -> None:
        """A recipe's folder may have virtual environments."""
        folder = str(recipe.absolute().parent)
        if folder not in self._folders:
            self._folders.append(folder)
            if self._begun:
                self.search()

    def locate(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Locate a Python", str(Path.home()))
        if path:
            self.add(path)

    def add(self, path: str) -> None:
        """One that the user has pointed at. It may be known by another name."""
        identity = interpreters.identity(Path(path))
        for one in self.all():
            if one.available and interpreters.identity(Path(one.executable)) == identity:
                self.located.emit(one.path)
                return
        self._pointed_at.add(path)
        self._want(path)

    def resolved(self, recipe: Recipe) -> Recipe:
        """With the path of an interpreter that it names shortly. One that nobody knows yet is asked who it is."""
        text = recipe.interpreter
        if interpreters.is_name(text):
            one = interpreters.matching(text, self.all())
            return msgspec.structs.replace(recipe, interpreter=one.path) if one else recipe
        if text not in self._found and text not in self._wanted:
            self._want(text)
        return recipe

    def still_looking_for(self, recipe: Recipe) -> bool:
        """It names its interpreter shortly, and that has not been found yet."""
        return interpreters.is_name(recipe.interpreter) and not self._searched

    def problem(self, recipe: Recipe) -> tuple[str, str] | None:
        """The field of a recipe that its interpreter does not go with, and why; None where it can run, or may yet."""
        text = recipe.interpreter
        one = self._found.get(text)
        if interpreters.is_name(text):
            return "interpreter", "Looking for Pythons …" if self.still_looking_for(
                recipe
            ) else f"{text} was {NOT_FOUND}."
        if text and not Path(text).exists() and not shutil.which(text):
            return "interpreter", f"{text} was {NOT_FOUND}."
        if one is None:
            return None
        if not one.available:
            return "interpreter", f"{one.title} cannot be used: {one.why}."
        if why := interpreters.reason(one, recipe.model):
            return "model", f"{catalogue.model(recipe.model).title} is unavailable in {one.title}: {why}." + (
                self._ways_out(one, recipe.model)
            )
        try:
            interpreters.check(recipe, one, self._found.values())
        except BadRecipe as problem:
            return problem.field, str(problem)
        return None

    def _ways_out(self, one: Interpreter, model: str) -> str:
        """The command itself is too long for a line; the model's row in the menu copies it."""
        copies = " The menu copies the command." if interpreters.mending_command(one, model) else ""
        able = (other for other in self.all() if other.available and other.models.get(model, "unknown") is None)
        return copies + next((f" {other.title} can run it." for other in able), "")

    def shut_down(self) -> None:
        for thread in (self._finder, self._asker):
            thread.shut_down()

    def _want(self, path: str) -> None:
        self._wanted.add(path)
        self._asker.ask(path)

    def _take(self, one: Interpreter) -> None:
        if self._found.get(one.path) != one:
            self._found[one.path] = one
            self.changed.emit(self.all())
        if one.path in self._pointed_at:
            self._pointed_at.remove(one.path)
            self._answer_to_user(one)

    def _answer_to_user(self, one: Interpreter) -> None:
        if one.available:
            kept = self._settings.settings.interpreters
            self._settings.change(interpreters=(*(path for path in kept if path != one.path), one.path))
            self.located.emit(one.path)
        else:
            self.refused.emit(f"{one.path} cannot be used: {one.why}.")

    def _end_search(self, paths: Iterable[str]) -> None:
        there = {"", *paths, *self._wanted}
        self._found = {path: one for path, one in self._found.items() if path in there}
        self._searched = True
        self.changed.emit(self.all())
