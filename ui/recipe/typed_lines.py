"""Recipes as text in this window: the line that is typed, and what goes through the clipboard.

A line has a short name for its interpreter where that finds it, so that it can be pasted on another machine."""

from __future__ import annotations

import re
from textwrap import dedent

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from playground.interpreters.known import is_name, short_names
from playground.recipe.line_reader import from_line
from playground.recipe.line_writer import to_line, to_sentence
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.recipe.recipe_file import LARGEST_CODE, from_toml
from ui.recipe.known_interpreters import KnownInterpreters

COPIED = "Copied"
# Begins lines of programs, and never a recipe.
PYTHON = re.compile(
    r"^\s*(?:(?:async )?def \w+|class \w+.*:|import \w+|from [\w.]+ import |@\w+|(?:for|while|with|if) .*:$)", re.M
)


class RecipeLines(QObject):
    taken = Signal(Recipe)  # from a line, which the user has seen in full
    opened = Signal(Recipe)  # from a whole recipe file that was pasted, and may bring code
    code_found = Signal(str)  # code was pasted where a recipe belongs
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, interpreters: KnownInterpreters, parent: QObject) -> None:
        super().__init__(parent)
        self._interpreters = interpreters

    def write(self, recipe: Recipe) -> str:
        names = short_names(self._interpreters.all()) if recipe.interpreter else {}
        name = names.get(recipe.interpreter, recipe.interpreter)
        return to_line(msgspec.structs.replace(recipe, interpreter=name))

    def sentence(self, recipe: Recipe) -> str:
        return to_sentence(recipe, self._python(recipe))

    def brief_sentence(self, recipe: Recipe) -> str:
        return to_sentence(recipe, self._python(recipe), brief=True)

    def _python(self, recipe: Recipe) -> str:
        known = (one.title for one in self._interpreters.all() if one.path == recipe.interpreter)
        return next(known, recipe.interpreter)

    def read(self, text: str) -> Recipe:
        """The recipe of a line; BadRecipe if it cannot be run."""
        recipe = from_line(text)
        try:
            recipe = checked(recipe)
        except BadRecipe as problem:
            if problem.field != "code":  # a line has no code; the editor has it
                raise
        # A half-typed path may be another program: a Python is asked who it is only when the recipe is taken.
        return self._interpreters.resolved(recipe) if is_name(recipe.interpreter) else recipe

    # -- the clipboard

    def copy_line(self, recipe: Recipe) -> None:
        try:
            self._copy(self.write(recipe))
        except BadRecipe as problem:
            self.failed.emit(str(problem))

    def copy_sentence(self, recipe: Recipe) -> None:
        self._copy(self.sentence(recipe))

    def paste(self) -> None:
        whole = QGuiApplication.clipboard().text()
        text = whole.strip()
        if not text:
            self.failed.emit("There is nothing to paste; copy a recipe first.")
        elif "\n" in text:
            self._paste_file(text, whole)
        else:
            try:
                self.taken.emit(self.read(text))
            except BadRecipe as problem:
                self.failed.emit(f"The clipboard does not hold a recipe: {problem}")

    def _paste_file(self, text: str, whole: str) -> None:
        try:
            self.opened.emit(checked(from_toml(text)))
        except BadRecipe as problem:
            if PYTHON.search(text) and len(text.encode("utf-8", "replace")) <= LARGEST_CODE:
                self.code_found.emit(dedent(whole.replace("\r\n", "\n").replace("\r", "\n")).strip("\n") + "\n")
            else:
                self.failed.emit(f"The clipboard does not hold a recipe: {problem}")

    def _copy(self, words: str) -> None:
        QGuiApplication.clipboard().setText(words)
        self.done.emit(COPIED)
